"""The log and its figures as files for a spreadsheet.

A file is sent once it is whole: one that was cut off would look like a log in which nothing else happened.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response

from forum.domain.audit.figures import FEWEST, Month
from forum.domain.audit.kinds import KINDS, ROLES
from forum.domain.audit.reading import LogLine
from forum.domain.handovers.kinds import KINDS as HAND_OVERS
from forum.infra import csv_text, i18n
from forum.infra.i18n import _
from forum.models.moderation import Action


def of_log(lines: Iterable[LogLine], name: str) -> Response:
    """Return the lines of a log as a file."""
    return _file(_log(lines), name)


def of_figures(months: Iterable[Month], name: str) -> Response:
    """Return figures of months as a file."""
    return _file(_figures(months), name)


def fewer() -> str:
    """Return what stands for a number that is not told."""
    return _("fewer than %(number)s", number=FEWEST)


def _log(lines: Iterable[LogLine]) -> Iterator[Iterable[Any]]:
    yield (
        *(_("Day"), _("Hour"), _("What"), _("By whom"), _("Role"), _("About whom"), _("Capacity")),
        *(_("Thread"), _("Number of the thread"), _("Post"), _("Details"), _("Reason")),
        *(_("House rule"), _("Version of the house rules")),
    )
    for line in lines:
        yield (
            i18n.local_day(line.created_at).isoformat(),
            i18n.hour(line.created_at),
            KINDS[Action(line.action)].name,
            line.actor_name,
            ROLES[line.role],
            line.subject_name or "",
            ", ".join(part for part in (line.job, line.organisation) if part),
            line.thread_title or "",
            line.thread_id or "",
            line.post_number or "",
            _details(line),
            line.reason,
            f"{line.rule.number}. {line.rule.heading}" if line.rule else "",
            line.rule.version if line.rule else "",
        )


def _details(line: LogLine) -> str:
    """What was changed into what, in codes and names as they stand in the log."""
    if line.handed_over:
        return str(HAND_OVERS[line.handed_over].in_log)
    changed = (
        f"{change.part}: {change.before} → {change.after}"
        if change.before
        else f"{change.part}: {change.after}"
        for change in line.changes
    )
    return "; ".join(changed)


def _figures(months: Iterable[Month]) -> Iterator[Iterable[Any]]:
    yield _("Month"), _("Space"), _("What"), _("How often")
    for month in months:
        for space in month.spaces:
            name = space.name or _("Of no space")
            for action, count in space.counts:
                yield f"{month.first_day:%Y-%m}", name, KINDS[action].name, count
            yield f"{month.first_day:%Y-%m}", name, _("Everything else, each"), fewer()


def _file(rows: Iterable[Iterable[Any]], name: str) -> Response:
    answer = Response("".join(csv_text.lines(rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
