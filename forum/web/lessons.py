"""The library and the pages of lessons: the current version, older ones, and what changed between them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import comparison, library
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.library import Choice
from forum.domain.lessons.views import LessonPage
from forum.domain.mailing import unread_notices
from forum.domain.search.choice import LESSONS
from forum.domain.themes import labels
from forum.web.http import indexing, links, list_filters, transactions
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.http.list_filters import Filter

bp = Blueprint("lessons", __name__)
NAMES: dict[str, Any] = {
    "outcome": labels.OUTCOMES,
    "axis": labels.AXES,
    "need": labels.NEEDS,
}
SHOWN = 6  # cities that stand open


@bp.get("/lessons")
@open_to(anyone)
def index() -> ResponseReturnValue:
    chosen = Choice.of(**{name: request.args.get(name) for name in library.KNOWN})
    selected: dict[str, Any] = {name: getattr(chosen, name) for name in library.KNOWN}
    if words := request.args.get("q"):
        return redirect(url_for("search.index", q=words, kind=LESSONS, **selected), 303)
    page = library.page(viewer(), **selected, cursor=request.args.get("after"))
    counts = library.counts(viewer(), chosen)
    filters = {kind: _filter(kind, selected, counts.by[kind]) for kind in library.KNOWN}
    return render_template(
        "lessons/index.html",
        page=page,
        total=counts.total,
        chosen=list_filters.of_choice(filters),
        filters=filters,
        chosen_values=[(name, value) for name, value in selected.items() if value],
        shown=SHOWN,
        left_out=list_filters.left_out({name: (value,) for name, value in selected.items()}, ("after",)),
        here=_address(**selected),
        older=_address(**selected, after=page.next_cursor) if page.next_cursor else None,
        newer=_address(**selected) if request.args.get("after") else None,
    )


@bp.get("/lessons/<public_id>")
@open_to(anyone)
def show(public_id: str) -> ResponseReturnValue:
    return _page(lesson_page.page(viewer(), public_id))


@bp.get("/lessons/<public_id>/v/<number>")
@open_to(anyone)
def version(public_id: str, number: str) -> ResponseReturnValue:
    page = lesson_page.page(viewer(), public_id, number)
    indexing.is_at(links.to_lesson(public_id) if page.is_current else None)
    return _page(page)


@bp.get("/lessons/<public_id>/compare")
@open_to(anyone)
def compare(public_id: str) -> ResponseReturnValue:
    versions = comparison.compare(
        viewer(), public_id, older=request.args.get("from"), newer=request.args.get("to")
    )
    return render_template("lessons/compare.html", comparison=versions)


def _page(page: LessonPage) -> str:
    who, lesson_id = viewer(), page.lesson.id
    if who and page.has_notices:
        transactions.afterwards(lambda: unread_notices.read_lesson(who, lesson_id))
    return render_template("lessons/show.html", page=page)


def _address(**values: Any) -> str:
    return url_for("lessons.index", **values)


def _filter(kind: str, selected: dict[str, Any], counts: dict[str, int]) -> list[Filter]:
    names = {code: NAMES[kind][code] if kind in NAMES else labels.city_name(code) for code in counts}
    return list_filters.of_kind(kind, names, selected, _address, counts)
