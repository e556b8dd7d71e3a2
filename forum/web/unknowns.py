"""The agenda of what lessons do not know: by theme, with the cities that wonder about a question too."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons.unknowns import agenda, sharing
from forum.domain.lessons.unknowns.agenda_queries import Choice
from forum.domain.themes.labels import AXES
from forum.policy.unknowns import may_share
from forum.web.http import links, list_filters
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_method

bp = Blueprint("unknowns", __name__)
OURS, OPEN, ANSWERED = "ours", "open", "answered"
KINDS = ("", OURS, OPEN, ANSWERED)
FIRST_ANSWERED = 5  # below the open ones; all of them have a page of their own


@bp.get("/unknowns")
@open_to(anyone)
def index() -> ResponseReturnValue:
    """Return the agenda, narrowed as the address says."""
    who, held = viewer(), sharing.speaks_as(viewer())
    city = held.city if held is not None else None
    kind, axis = request.args.get("show", ""), request.args.get("axis", "")
    kind = kind if kind in KINDS and (kind != OURS or city) else ""
    choice = Choice(axis if axis in AXES else "", request.args.get("lesson", "")[:16])
    counts = agenda.counts(who, choice, city)
    if kind == OURS:
        choice = Choice(choice.axis, choice.lesson, city or "")
    cursor = request.args.get("after")
    asked = agenda.open_questions(who, choice, cursor=cursor) if kind != ANSWERED else None
    answered = _answered(choice, kind, cursor)
    answer = may_share(who, city)
    return render_template(
        "unknowns/index.html",
        choice=choice,
        kind=kind,
        city=city,
        counts=counts,
        asked=asked,
        more_asked=_address(kind, choice, asked.next_cursor) if asked and asked.next_cursor else None,
        first_asked=_address(kind, choice) if asked and cursor else None,
        answered=answered,
        more_answered=_more_answered(choice, kind, answered),
        first_answered=_address(kind, choice) if kind == ANSWERED and cursor else None,
        why_not="" if answer else answer.reason,
        here=_address(kind, choice, cursor),
        addresses={one: _address(one, choice) for one in KINDS},
        axis_addresses={one: _address(kind, Choice(one, choice.lesson)) for one in ("", *map(str, AXES))},
        left_out=list_filters.left_out(_taken(choice, kind), ("after",)),
    )


@bp.post("/unknowns/<int:unknown_id>/sharing")
@form_method
@open_to(members)
def share(unknown_id: int) -> ResponseReturnValue:
    """Say that one's city wonders about a question too."""
    return _back(sharing.share(actor(), unknown_id).id)


@share.delete
@open_to(members)
def take_back(unknown_id: int) -> ResponseReturnValue:
    """Take that back."""
    sharing.take_back(actor(), unknown_id)
    return _back(unknown_id)


def _answered(choice: Choice, kind: str, cursor: str | None) -> Any:
    """The answered questions: some of them below the first page of open ones, or a page of their own."""
    if kind == ANSWERED:
        return agenda.answered_questions(viewer(), choice, cursor=cursor)
    if kind == "" and cursor is None:
        return agenda.answered_questions(viewer(), choice, limit=FIRST_ANSWERED)
    return None


def _more_answered(choice: Choice, kind: str, answered: Any) -> str | None:
    if answered is None or answered.next_cursor is None:
        return None
    return _address(ANSWERED, choice, answered.next_cursor if kind == ANSWERED else None)


def _address(kind: str, choice: Choice, cursor: str | None = None) -> str:
    narrowed: dict[str, Any] = {"show": kind, "axis": choice.axis, "lesson": choice.lesson, "after": cursor}
    return url_for(".index", **{name: value or None for name, value in narrowed.items()})


def _taken(choice: Choice, kind: str) -> dict[str, tuple[str, ...]]:
    """Of each kind what the list is narrowed by, as it stands in the address."""
    taken = {"show": kind, "axis": choice.axis, "lesson": choice.lesson}
    return {name: (value,) if value else () for name, value in taken.items()}


def _back(unknown_id: int) -> ResponseReturnValue:
    there = links.own_path(request.form.get("then")) or url_for(".index")
    return redirect(f"{there.partition('#')[0]}#unknown-{unknown_id}", 303)
