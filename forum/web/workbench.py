"""The workbench: where a moderator makes a lesson from threads, and another one reviews it."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import lessons, review_requests
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons import undo as lesson_undo
from forum.domain.lessons.workbench import desk_page
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.infra.i18n import _
from forum.infra.paging import id_of
from forum.models.lessons import LessonState
from forum.models.spaces import Audience
from forum.policy.errors import Invalid, NotFound
from forum.web import beginnings, draft_slots, lesson_texts, review_pages, reviewers
from forum.web import workbench_pages as pages
from forum.web.forms import attach, errors_on
from forum.web.forms.workbench import (
    AskForm,
    BeginForm,
    SourceForm,
    SubmissionForm,
)
from forum.web.http import links, unread
from forum.web.http.access import curators, members, moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete
from forum.web.reviews_over import told_when_over

bp = Blueprint("workbench", __name__)


@bp.get("/workbench")
@open_to(curators)
def index() -> ResponseReturnValue:
    name, after = request.args.get("queue"), request.args.get("after")
    desk = desk_page.of(actor(), name, after)
    following = desk.chosen.found.next_cursor if desk.chosen else None
    return render_template(
        "workbench/index.html",
        desk=desk,
        older=url_for(".index", queue=name, after=following) if following else None,
        newer=url_for(".index", queue=name) if desk.chosen and after else None,
    )


@bp.get("/workbench/<int:lesson_id>")
@open_to(members)
@told_when_over
def show(lesson_id: int) -> ResponseReturnValue:
    lesson = workbench_draft.lesson(actor(), lesson_id)
    if lesson.state != LessonState.DRAFT and (words := draft_slots.unsendable()):
        return redirect(words, 303)
    if lesson.state == LessonState.PUBLISHED:
        return redirect(links.to_lesson(str(lesson.public_id)), 303)
    unread.opened_lesson(lesson_id)
    return (
        review_pages.review(lesson_id)
        if lesson.state == LessonState.IN_REVIEW
        else pages.workbench(lesson_id)
    )


@bp.get("/workbench/<int:lesson_id>/preview")
@open_to(moderators)
def preview(lesson_id: int) -> ResponseReturnValue:
    return render_template("workbench/preview.html", page=lesson_page.preview(actor(), lesson_id))


@bp.post("/threads/<int:thread_id>/lessons")
@open_to(moderators)
def create(thread_id: int) -> ResponseReturnValue:
    form = BeginForm()
    with errors_on(form):
        if page := beginnings.first(thread_id, form):
            return page
        lesson = lessons.draft(actor(), thread_id, title=form.title.data or "", axis=form.axis.data)
        return redirect(links.to_draft(lesson), 303)
    return beginnings.page(thread_id, form)


@bp.post("/lessons/<public_id>/versions")
@open_to(moderators)
def revise(public_id: str) -> ResponseReturnValue:
    lesson = lesson_page.page(actor(), public_id).lesson
    lessons.revise(actor(), lesson.id)
    return redirect(links.to_draft(lesson), 303)


@bp.post("/workbench/<int:lesson_id>/text")
@open_to(moderators)
@draft_slots.kept_when_refused
def save(lesson_id: int) -> ResponseReturnValue:
    return lesson_texts.save(lesson_id)


@bp.post("/workbench/<int:lesson_id>/sources")
@open_to(moderators)
def add_source(lesson_id: int) -> ResponseReturnValue:
    form = SourceForm()
    number = re.search(r"(?:/threads/)?(\d{1,18})(?!\d)", form.address.data or "")
    if not form.validate() or number is None:
        return pages.workbench(lesson_id, source_form=form), 422
    try:
        lessons.add_source(actor(), lesson_id, id_of(number[1]))
    except NotFound:
        attach(form, Invalid("address", _("There is no such thread, or you may not read it.")))
        return pages.workbench(lesson_id, source_form=form), 422
    return pages.back(lesson_id, "claims", thread=number[1])


@bp.post("/workbench/<int:lesson_id>/submission")
@open_to(moderators)
def submit(lesson_id: int) -> ResponseReturnValue:
    form = SubmissionForm()
    form.offer(list(Audience))
    if form.validate():
        with errors_on(form):
            audience = Audience(form.audience.data)
            if reviewers.looks_up(form, lesson_id, audience):
                return pages.workbench(lesson_id, part="review", submission_form=form), 422
            asked_id = reviewers.chosen(form)
            lessons.submit(
                actor(), lesson_id, audience=audience, asked_id=asked_id, note=form.message.data or ""
            )
            flash(_("Sent. Whoever you asked hears of it by e-mail."), "ok")
            return redirect(url_for("workbench.index"), 303)
    return pages.workbench(lesson_id, part="review", submission_form=form), 422


@bp.post("/workbench/<int:lesson_id>/reviewers")
@open_to(moderators)
def ask_reviewer(lesson_id: int) -> ResponseReturnValue:
    form = AskForm()
    if form.validate():
        with errors_on(form):
            audience = workbench_draft.lesson(actor(), lesson_id).audience
            if reviewers.looks_up(form, lesson_id, audience):
                return review_pages.review(lesson_id, ask_form=form), 422
            asked_id = reviewers.chosen(form)
            review_requests.ask(actor(), lesson_id, asked_id=asked_id, note=form.message.data or "")
            flash(_("Asked. Whoever you asked hears of it by e-mail."), "ok")
            return redirect(url_for(".show", lesson_id=lesson_id), 303)
    return review_pages.review(lesson_id, ask_form=form), 422


@bp.post("/workbench/<int:lesson_id>/recall")
@open_to(moderators)
def ask_back(lesson_id: int) -> ResponseReturnValue:
    lesson_undo.ask_back(actor(), lesson_id)
    flash(_("The lesson is a draft on your workbench again."), "ok")
    return pages.back(lesson_id, "claims")


@bp.post("/workbench/<int:lesson_id>")
@form_delete(otherwise=404)
@open_to(moderators)
def destroy(lesson_id: int) -> ResponseReturnValue:
    lesson_undo.discard(actor(), lesson_id)
    flash(_("The draft is deleted. The thread itself stays as it was."), "ok")
    return redirect(url_for("workbench.index"), 303)
