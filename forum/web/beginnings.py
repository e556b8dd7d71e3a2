"""A lesson is begun from a thread, or the thread is added to one that is there: shown first, never in the way."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import first_axis
from forum.domain.lessons.workbench import beginnings
from forum.domain.search import similar
from forum.domain.search.similar import SimilarLesson
from forum.models.threads import Thread
from forum.policy.errors import NotFound
from forum.web.forms.workbench import BeginForm
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor

bp = Blueprint("beginnings", __name__)


@bp.post("/threads/<int:thread_id>/evidence")
@open_to(moderators)
def add_evidence(thread_id: int) -> ResponseReturnValue:
    lesson_id = request.form.get("lesson", type=int)
    if lesson_id is None:
        raise NotFound
    lesson = beginnings.add_thread(actor(), thread_id, lesson_id)
    return redirect(url_for("workbench.show", lesson_id=lesson.id, thread=thread_id), 303)


def page(thread_id: int, form: BeginForm) -> ResponseReturnValue:
    """Return the page that asks for the theme of a lesson and its thread; nothing is wrong with who was not asked."""
    thread = first_axis.asked_about(actor(), thread_id)
    return _page(thread, form, _existing(thread, form))


def first(thread_id: int, form: BeginForm) -> ResponseReturnValue | None:
    """Return the page with the lessons that are there; none where it was shown, or where there are none."""
    if form.asked.raw_data:
        return None
    thread = first_axis.asked_about(actor(), thread_id)
    existing = _existing(thread, form)
    return _page(thread, form, existing) if existing else None


def _existing(thread: Thread, form: BeginForm) -> list[beginnings.Existing]:
    alike = similar.lessons_like(actor(), thread.title)
    ids = [one.public_id for one in alike if isinstance(one, SimilarLesson)]
    return beginnings.of(actor(), thread, form.title.data or "", ids)


def _page(thread: Thread, form: BeginForm, existing: list[beginnings.Existing]) -> ResponseReturnValue:
    if not form.asked.raw_data:
        form.axis.errors, form.asked.data = [], "1"
    page = render_template("workbench/begin.html", thread=thread, form=form, existing=existing)
    return page, 422 if form.errors else 200
