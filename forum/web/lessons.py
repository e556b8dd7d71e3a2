"""The library and the pages of lessons: the current version, older ones, and what changed between them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.choices import Counts
from forum.domain.house_rules import versions as policies
from forum.domain.indexing import lost
from forum.domain.lessons import ageing, comparison, confirming, ending, library, library_facets
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.dispute_places import EVIDENCE
from forum.domain.lessons.library_choice import KINDS, Choice
from forum.domain.lessons.report_places import FORMS
from forum.domain.lessons.signal_places import SIGNAL
from forum.domain.lessons.views import LessonPage
from forum.domain.mailing import unread_notices
from forum.domain.search import in_library, language
from forum.domain.search.choice import LESSONS
from forum.domain.search.in_library import Part
from forum.domain.search.language import Question
from forum.domain.search.results import LITERALLY
from forum.infra import i18n
from forum.infra.paging import id_of
from forum.policy.ageing import may_affirm, may_signal
from forum.policy.disputing import may_dispute
from forum.policy.ending import may_end
from forum.policy.errors import Invalid
from forum.policy.reporting import may_report
from forum.web import draft_slots
from forum.web.http import indexing, links, list_filters, transactions
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.lesson_filters import LessonFilters, Shown, chosen

bp = Blueprint("lessons", __name__)
LAST_PAGE = 100


@bp.get("/lessons")
@open_to(anyone)
def index() -> ResponseReturnValue:
    typed = request.args.get("q", "")
    try:
        question = language.read(typed)
        if question.filters:  # typed between the words, of what may be more than lessons
            asked: dict[str, Any] = {kind: request.args.getlist(kind) for kind in KINDS}
            return redirect(url_for("search.index", q=typed, kind=LESSONS, **asked), 303)
        if typed.strip():
            found = lost.unless_lost(lambda: _searched(typed, question), None)
            # Without its index the page of search says so, and looks at titles.
            return found if found is not None else redirect(url_for("search.index", q=typed), 303)
    except Invalid as error:
        return _library(typed, error.message), 422
    return _library()


def _library(typed: str = "", wrong: str = "") -> str:
    """The library, page after page; `wrong`: what is said of the words that were typed."""
    who, cursor = viewer(), request.args.get("after")
    shown = _shown()
    page = library.page(who, shown.choice, sort=shown.sort, cursor=cursor)
    counts = library.counts(who, shown.choice)
    spelt = library_facets.add(who, shown.choice, counts)
    return _listed(
        shown,
        LessonFilters(shown, counts, spelt),
        counts,
        typed=typed,
        wrong=wrong,
        cards=page.rows,
        older=shown.address(after=page.next_cursor) if page.next_cursor else None,
        newer=shown.address() if cursor else None,
    )


def _searched(typed: str, question: Question) -> str:
    """The lessons that have what was typed, the best first; Invalid."""
    shown, number = _shown(question.words), min(id_of(request.args.get("page")) or 1, LAST_PAGE)
    found = in_library.answer(
        viewer(),
        question,
        Part(shown.choice, shown.sort, number),
        literally=shown.literally,
        address=request.remote_addr or "",
    )
    return _listed(
        shown,
        LessonFilters(shown, found.counts, found.spelt),
        found.counts,
        typed=typed,
        found=found,
        everywhere=url_for("search.index", q=typed),
        literal=shown._replace(literally=True).address(),
        older=shown.address(page=number + 1) if number < found.pages else None,
        newer=shown.address(page=number - 1) if number > 1 else None,
    )


def _shown(words: str = "") -> Shown:
    """What is shown for the address of this request, of lessons with these words if any were asked."""
    shown = Shown(Choice.of(request.args.getlist), "", words, bool(words and request.args.get(LITERALLY)))
    wanted = request.args.get("sort", "")
    return shown._replace(sort=wanted if wanted in shown.sorts else next(iter(shown.sorts)))


def _listed(shown: Shown, filters: LessonFilters, counts: Counts, **more: Any) -> str:
    """The page of a list of lessons."""
    number = i18n.number(counts.total) + ("+" if "" in counts.at_least else "")
    return render_template(
        "lessons/index.html",
        total=counts.total,
        number=number,
        filters=filters,
        chosen=chosen(shown),
        chosen_values=[(kind, value) for kind, values in shown.choice.values.items() for value in values],
        order=shown.sorts[shown.sort],
        to_orders=shown.address(filters="open", _anchor="filter-sort"),
        left_out=list_filters.left_out(
            _taken(shown), ("after", "q", *(("page", LITERALLY) if shown.words else ()))
        ),
        here=shown.address(),
        unfiltered=shown._replace(choice=Choice()).address(),
        **more,
    )


def _taken(shown: Shown) -> dict[str, Sequence[str]]:
    """Of each kind the values in the address that the list is narrowed by: as they stand there."""
    asked = request.args.get("addressee", "")
    return {
        **shown.choice.values,
        "sort": (shown.sort,),
        "addressee": (asked,) if shown.choice.addressee else (),
    }


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
    more: dict[str, Any] = {"ended": ending.of_page(who, page)}
    if more["ended"] is not None:
        indexing.is_at(None)
    if page.is_current:
        more |= {
            "ending": may_end(who, page.lesson),
            "reporting": may_report(who, page.lesson),
            "signalling": may_signal(who, page.lesson),
            "affirming": may_affirm(who, page.lesson),
            "signals": ageing.signals(page.facts.signals),
            "disputing": may_dispute(who, page.lesson, is_note=page.is_note),
            "confirmation": confirming.of_page(who, page.lesson, page.facts),
        }
    if not page.origin.hidden:  # the day of its publication may lead to who stands masked
        more["policy"] = policies.number_of(page.version.policy_id)
    return render_template(
        "lessons/show.html", page=page, left=draft_slots.left(*FORMS, EVIDENCE, SIGNAL), **more
    )
