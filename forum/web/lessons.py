"""The library and the pages of lessons: the current version, older ones, and what changed between them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import comparison, library, library_facets, library_sorts
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.library_choice import KINDS, Choice
from forum.domain.lessons.views import LessonPage
from forum.domain.mailing import unread_notices
from forum.domain.search.choice import LESSONS
from forum.web.http import indexing, links, list_filters, transactions
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.http.list_filters import Filter
from forum.web.lesson_filters import SORTS, LessonFilters, address_of, chosen_text

bp = Blueprint("lessons", __name__)


@bp.get("/lessons")
@open_to(anyone)
def index() -> ResponseReturnValue:
    if words := request.args.get("q"):
        asked: dict[str, Any] = {kind: request.args.getlist(kind) for kind in KINDS}
        return redirect(url_for("search.index", q=words, kind=LESSONS, **asked), 303)
    who, cursor, wanted = viewer(), request.args.get("after"), request.args.get("sort", "")
    choice, sort = Choice.of(request.args.getlist), wanted if wanted in SORTS else library_sorts.LATEST
    page = library.page(who, choice, sort=sort, cursor=cursor)
    counts = library.counts(who, choice)
    spelt = library_facets.add(who, choice, counts)
    return render_template(
        "lessons/index.html",
        page=page,
        total=counts.total,
        filters=LessonFilters(choice, counts, sort, spelt),
        chosen=[
            Filter(value, chosen_text(kind, value), address_of(choice.without(kind), sort), True, "")
            for kind, values in choice.values.items()
            for value in values
        ],
        chosen_values=[(kind, value) for kind, values in choice.values.items() for value in values],
        order=SORTS[sort],
        to_orders=address_of(choice, sort, filters="open", _anchor="filter-sort"),
        left_out=list_filters.left_out(_taken(choice, sort), ("after", "q")),
        here=address_of(choice, sort),
        unfiltered=address_of(Choice(), sort),
        older=address_of(choice, sort, after=page.next_cursor) if page.next_cursor else None,
        newer=address_of(choice, sort) if cursor else None,
    )


def _taken(choice: Choice, sort: str) -> dict[str, Sequence[str]]:
    """Of each kind the values in the address that the list is narrowed by: as they stand there."""
    asked = request.args.get("addressee", "")
    return {**choice.values, "sort": (sort,), "addressee": (asked,) if choice.addressee else ()}


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
