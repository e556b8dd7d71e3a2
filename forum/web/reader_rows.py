"""The table before an act: who sees something now, and who then."""

from collections.abc import Sequence
from typing import NamedTuple

from forum.domain.regrouping.dry_run import DryRun
from forum.domain.regrouping.plans import MOST_NAMES, Plan
from forum.infra.bidi import isolated
from forum.infra.i18n import _, ngettext

LOST, GAINED = "lost", "gained"


class Row(NamedTuple):
    """Readers of one fate: what they are called, some of their names and how many others, and what they see.

    `turn` is LOST, GAINED, or nothing where they see it before and after.
    """

    who: str
    now: str
    then: str
    turn: str = ""
    names: Sequence[str] = ()
    others: int = 0


def of_readers(run: DryRun) -> list[Row]:
    """Return the rows of an act on a thread as a whole."""
    sight, wrote = run.sight, run.authors_lose
    rows = []
    if kept := sight.before - sight.lost.number:
        rows.append(Row(_members(kept), _visible(), _visible()))
    if sight.lost.number:
        rows.append(_losing(_members(sight.lost.number), sight.lost.names, sight.lost.unnamed))
    if wrote:
        rows.append(
            Row(
                ngettext("%(num)d of them wrote here", "%(num)d of them wrote here", len(wrote)),
                _visible(),
                _("not visible, not even their own posts"),
                LOST,
                wrote[:MOST_NAMES],
                max(0, len(wrote) - MOST_NAMES),
            )
        )
    if sight.visitors_lose:
        rows.append(_losing(_("Visitors without an account")))
    if sight.gained.number:
        rows.append(_gaining(_members(sight.gained.number), sight.gained.names, sight.gained.unnamed))
    if sight.visitors_gain:
        rows.append(_gaining(_("Visitors without an account")))
    return rows


def of_plan(plan: Plan) -> list[Row]:
    """Return the rows of a split or a merge: only who loses sight of posts, as nobody gains it."""
    rows = []
    if plan.lost.count:
        rows.append(_losing(_members(plan.lost.count), plan.lost.names, plan.lost.others))
    if plan.target is not None and plan.lost_of_target.count:
        who = ngettext(
            "%(num)d reader of “%(title)s”",
            "%(num)d readers of “%(title)s”",
            plan.lost_of_target.count,
            title=isolated(plan.target.title),
        )
        rows.append(_losing(who, plan.lost_of_target.names, plan.lost_of_target.others))
    if plan.from_visitors:
        rows.append(_losing(_("Visitors without an account")))
    return rows


def _losing(who: str, names: Sequence[str] = (), others: int = 0) -> Row:
    return Row(who, _visible(), _gone(), LOST, names, others if names else 0)


def _gaining(who: str, names: Sequence[str] = (), others: int = 0) -> Row:
    return Row(who, _gone(), _visible(), GAINED, names, others if names else 0)


def _members(number: int) -> str:
    return ngettext("%(num)d member", "%(num)d members", number)


def _visible() -> str:
    return _("visible")


def _gone() -> str:
    return _("not visible, not even the title")
