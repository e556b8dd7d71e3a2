"""The map of what there is and what is missing: axes by needs, as a page, and as a picture to print."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import coverage
from forum.domain.lessons.coverage import Cell, Coverage
from forum.domain.spaces import spaces
from forum.domain.themes import labels
from forum.domain.threads.overview_counts import MOST
from forum.infra import days
from forum.infra.i18n import _, ngettext
from forum.models.cities import BY_CODE
from forum.models.themes import Need
from forum.policy.actions import may_edit_network
from forum.policy.actors import Actor
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer

bp = Blueprint("coverage", __name__)
DRAWN = 12  # spines in one place; of more there is a number


@dataclass(frozen=True, slots=True)
class Shelf:
    """A cell as pages draw it: what it counts in words, and where each count leads."""

    cell: Cell
    lessons: str
    lessons_at: str
    threads: str
    threads_at: str
    unanswered: str
    unanswered_at: str
    ask_at: str

    @property
    def axis(self) -> str:
        """The code of its axis."""
        return self.cell.axis

    @property
    def need(self) -> str:
        """The code of its need."""
        return self.cell.need

    @property
    def spines(self) -> list[str]:
        """The first of what is there: lessons, those to look at again, threads without a lesson, without an answer."""
        cell = self.cell
        kinds = {
            "": cell.lessons - cell.overdue,
            "old": cell.overdue,
            "open": cell.threads - cell.unanswered,
            "asked": cell.unanswered,
        }
        return [kind for kind, number in kinds.items() for _time in range(min(number, DRAWN))][:DRAWN]

    @property
    def more(self) -> int:
        """How many are not drawn."""
        return max(0, self.cell.lessons + self.cell.threads - DRAWN)


@bp.get("/coverage")
@open_to(anyone)
def show() -> ResponseReturnValue:
    """Return the map, of one city where the reader may ask for that."""
    return render_template("coverage/show.html", **_context())


@bp.get("/coverage.svg")
@open_to(anyone)
def picture() -> ResponseReturnValue:
    """Return the same map as a picture for paper: in black, with patterns."""
    page = render_template("coverage/map.svg", **_context(), day=days.today())
    return Response(page, mimetype="image/svg+xml")


def _context() -> dict[str, Any]:
    who = viewer()
    offered, asked = _cities(who), request.args.get("city")
    city = asked if asked in offered else None
    found = coverage.of(who, city)
    return {
        "coverage": found,
        "summary": _in_words(found, city),
        "shelves": [[_shelf(cell, city, found) for cell in row.values()] for row in found.cells.values()],
        "needs": list(Need),
        "unanswered_at": _unanswered_at(city),
        "city": city,
        "cities": offered,
        "not_shown": asked if asked and city is None else "",
        "most": MOST,
        "tends": bool(may_edit_network(who)),
    }


def _cities(who: Actor | None) -> list[str]:
    """The cities whose own map somebody may ask for: those of their spaces; editors and administrators, any."""
    if who is None or who.approved_at is None:
        return []
    if who.network_roles:
        return list(BY_CODE)
    return list(dict.fromkeys(space.city for space in spaces.of_member(who) if space.city))


def _shelf(cell: Cell, city: str | None, found: Coverage) -> Shelf:
    threads = ngettext("%(num)d open thread", "%(num)d open threads", cell.threads)
    unanswered = ngettext("%(num)d without an answer", "%(num)d without an answer", cell.unanswered)
    if found.may_be_more:
        threads, unanswered = (_("at least %(threads)s", threads=each) for each in (threads, unanswered))
    place: dict[str, Any] = {"axis": cell.axis, "need": cell.need}
    return Shelf(
        cell=cell,
        lessons=ngettext("%(num)d lesson", "%(num)d lessons", cell.lessons),
        lessons_at=url_for("lessons.index", **place, city=city),
        threads=threads,
        threads_at=url_for("overview.index", **place, city=city, lesson="without"),
        unanswered=unanswered,
        unanswered_at=_unanswered_at(city, **place),
        ask_at=url_for("threads.compose", **place, ask=1),
    )


def _unanswered_at(city: str | None, **place: Any) -> str:
    return url_for("overview.index", **place, city=city, state="unanswered", lesson="without")


def _in_words(found: Coverage, city: str | None) -> list[str]:
    """What there is and what is missing, in sentences."""
    lessons = ngettext("%(num)d lesson", "%(num)d lessons", found.lessons)
    threads = ngettext("%(num)d open thread", "%(num)d open threads", min(found.threads, MOST))
    if found.may_be_more:
        threads = _("at least %(threads)s", threads=threads)
    gaps = ngettext(
        "%(num)d of the %(all)d places is empty: there is nothing there that you may read.",
        "%(num)d of the %(all)d places are empty: there is nothing there that you may read.",
        found.gaps,
        all=len(found.all_cells),
    )
    there = (
        _(
            "In %(city)s: %(lessons)s and %(threads)s.",
            lessons=lessons,
            threads=threads,
            city=labels.city_name(city),
        )
        if city
        else _("%(lessons)s and %(threads)s of the network.", lessons=lessons, threads=threads)
    )
    without_answer = [_without_answer(found)] if found.unanswered else []
    return [there, *without_answer, gaps if found.gaps else _("No place is empty.")]


def _without_answer(found: Coverage) -> str:
    if found.may_be_more:
        return ngettext(
            "At least %(num)d of these threads has no answer yet.",
            "At least %(num)d of these threads have no answer yet.",
            found.unanswered,
        )
    return ngettext(
        "%(num)d of these threads has no answer yet.",
        "%(num)d of these threads have no answer yet.",
        found.unanswered,
    )
