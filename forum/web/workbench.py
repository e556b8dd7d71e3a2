"""The workbench: where a moderator makes a lesson from threads, and another one reviews it."""

import re
from functools import partial
from typing import Any

import flask
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import claims, lessons
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons import undo as lesson_undo
from forum.domain.lessons.workbench import desk as workbench_desk
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.domain.themes import tags
from forum.infra.i18n import _
from forum.models.lessons import LessonState
from forum.models.spaces import Audience
from forum.policy.actions import may_moderate
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.web import excerpt_places
from forum.web.forms import attach, errors_on
from forum.web.forms.workbench import (
    ClaimForm,
    ExcerptForm,
    ReturnForm,
    Reworded,
    SourceForm,
    SubmissionForm,
    TextForm,
)
from forum.web.http import links, transactions
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete, form_method

bp = Blueprint("workbench", __name__)
PARTS = ("claims", "thread", "text", "review")


@bp.get("/workbench")
@open_to(moderators)
def index() -> ResponseReturnValue:
    return render_template(
        "workbench/index.html",
        drafts=workbench_desk.drafts_of(actor()),
        waiting=workbench_desk.waiting_for(actor()),
        overdue=workbench_desk.overdue_for(actor()),
    )


@bp.get("/workbench/<int:lesson_id>")
@open_to(moderators)
def show(lesson_id: int) -> ResponseReturnValue:
    lesson = workbench_draft.lesson(actor(), lesson_id)
    if lesson.state == LessonState.PUBLISHED:
        return redirect(links.to_lesson(str(lesson.public_id)), 303)
    return _review(lesson_id) if lesson.state == LessonState.IN_REVIEW else _workbench(lesson_id)


@bp.get("/workbench/<int:lesson_id>/preview")
@open_to(moderators)
def preview(lesson_id: int) -> ResponseReturnValue:
    return render_template("workbench/preview.html", page=lesson_page.preview(actor(), lesson_id))


@bp.post("/threads/<int:thread_id>/lessons")
@open_to(moderators)
def create(thread_id: int) -> ResponseReturnValue:
    lesson = lessons.draft(actor(), thread_id, title=request.form.get("title", ""))
    return redirect(links.to_draft(lesson), 303)


@bp.post("/lessons/<public_id>/versions")
@open_to(moderators)
def revise(public_id: str) -> ResponseReturnValue:
    lesson = lesson_page.page(actor(), public_id).lesson
    lessons.revise(actor(), lesson.id)
    return redirect(links.to_draft(lesson), 303)


@bp.post("/workbench/<int:lesson_id>/text")
@open_to(moderators)
def save(lesson_id: int) -> ResponseReturnValue:
    form = TextForm()
    if form.validate():
        names, saved_count = tags.split(form.tags.data or ""), form.saved_count.data or 0
        try:
            with errors_on(form):
                lessons.save(actor(), lesson_id, saved_count=saved_count, tags=names, **form.values())
                flask.flash(_("Saved."), "ok")
                return _back(lesson_id, "text")
        except Conflict as error:
            return _conflict(lesson_id, form, error), 409
    return _workbench(lesson_id, part="text", text_form=form), 422


@bp.post("/workbench/<int:lesson_id>/claims")
@open_to(moderators)
def add_claim(lesson_id: int) -> ResponseReturnValue:
    form = ClaimForm()
    if form.validate():
        with errors_on(form):
            claim = claims.add(actor(), lesson_id, text=form.text.data)
            return _back(lesson_id, "claims", claim=claim.id, _anchor=f"claim-{claim.id}")
    return _workbench(lesson_id, claim_form=form), 422


@bp.post("/workbench/claims/<int:claim_id>")
@form_method
@open_to(moderators)
def change_claim(claim_id: int) -> ResponseReturnValue:
    lesson_id = claims.lesson_of(actor(), claim_id)
    text = request.form.get("text", "")
    try:
        claims.reword(actor(), claim_id, text=text)
    except Invalid as error:
        return _workbench(lesson_id, reworded=Reworded(claim_id, text, error.message)), 422
    return _back(lesson_id, "claims", claim=claim_id, _anchor=f"claim-{claim_id}")


@change_claim.delete
@open_to(moderators)
def remove_claim(claim_id: int) -> ResponseReturnValue:
    lesson_id = claims.lesson_of(actor(), claim_id)
    claims.remove(actor(), claim_id)
    return _back(lesson_id, "claims")


@bp.post("/workbench/<int:lesson_id>/excerpts")
@open_to(moderators)
def quote(lesson_id: int) -> ResponseReturnValue:
    form = ExcerptForm()
    if form.validate():
        with errors_on(form):
            claim_id = form.claim_id.data
            if claim_id is None:
                raise Invalid("claim_id", _("Choose one of these."))
            words, stance = form.words.data, form.stance.data
            with transactions.looking_up():
                post_id, place = excerpt_places.place_of(form, lesson_id, *_position())
            claims.quote(actor(), claim_id, post_id=post_id, place=place, words=words, stance=stance)
            return _back(lesson_id, "claims", claim=claim_id, _anchor=f"claim-{claim_id}")
    return _workbench(lesson_id, excerpt_form=form), 422


@bp.post("/workbench/excerpts/<int:excerpt_id>")
@form_delete(otherwise=404)
@open_to(moderators)
def unquote(excerpt_id: int) -> ResponseReturnValue:
    claim_id, lesson_id = claims.unquote(actor(), excerpt_id)
    return _back(lesson_id, "claims", claim=claim_id, _anchor=f"claim-{claim_id}")


@bp.post("/workbench/<int:lesson_id>/sources")
@open_to(moderators)
def add_source(lesson_id: int) -> ResponseReturnValue:
    form = SourceForm()
    number = re.search(r"(?:/threads/)?(\d{1,18})(?!\d)", form.address.data or "")
    if not form.validate() or number is None:
        return _workbench(lesson_id, source_form=form), 422
    try:
        lessons.add_source(actor(), lesson_id, int(number[1]))
    except NotFound:
        attach(form, Invalid("address", _("There is no such thread, or you may not read it.")))
        return _workbench(lesson_id, source_form=form), 422
    return _back(lesson_id, "claims", thread=number[1])


@bp.post("/workbench/<int:lesson_id>/submission")
@open_to(moderators)
def submit(lesson_id: int) -> ResponseReturnValue:
    form = SubmissionForm()
    form.offer(list(Audience))
    if form.validate():
        with errors_on(form):
            lessons.submit(actor(), lesson_id, audience=Audience(form.audience.data))
            flask.flash(_("Sent. Somebody else now reviews it."), "ok")
            return redirect(url_for("workbench.index"), 303)
    return _workbench(lesson_id, part="review", submission_form=form), 422


@bp.post("/workbench/<int:lesson_id>/publication")
@open_to(moderators)
def publish(lesson_id: int) -> ResponseReturnValue:
    lesson = lessons.publish(actor(), lesson_id)
    flask.flash(_("Published as %(number)s.", number=lesson.public_id), "ok")
    return redirect(links.to_lesson(str(lesson.public_id)), 303)


@bp.post("/workbench/<int:lesson_id>/return")
@open_to(moderators)
def send_back(lesson_id: int) -> ResponseReturnValue:
    form = ReturnForm()
    if form.validate():
        with errors_on(form):
            lessons.send_back(actor(), lesson_id, note=form.note.data)
            flask.flash(_("Sent back to its maker with your note."), "ok")
            return redirect(url_for("workbench.index"), 303)
    return _review(lesson_id, return_form=form), 422


@bp.post("/workbench/<int:lesson_id>/recall")
@open_to(moderators)
def ask_back(lesson_id: int) -> ResponseReturnValue:
    lesson_undo.ask_back(actor(), lesson_id)
    flask.flash(_("The lesson is a draft on your workbench again."), "ok")
    return _back(lesson_id, "claims")


@bp.post("/workbench/<int:lesson_id>")
@form_delete(otherwise=404)
@open_to(moderators)
def destroy(lesson_id: int) -> ResponseReturnValue:
    lesson_undo.discard(actor(), lesson_id)
    flask.flash(_("The draft is deleted. The thread itself stays as it was."), "ok")
    return redirect(url_for("workbench.index"), 303)


def _workbench(lesson_id: int, *, part: str | None = None, **forms: Any) -> str:
    part = part or request.args.get("part", "claims")
    thread_id, page = _position()
    workbench = workbench_draft.workbench(actor(), lesson_id, thread_id=thread_id, page=page or 1)
    context: dict[str, Any] = {
        "text_form": forms.get("text_form") or TextForm.of(workbench.version, workbench.tags),
        "reworded": forms.get("reworded"),
        "claim_form": forms.get("claim_form") or ClaimForm(formdata=None),
        "excerpt_form": forms.get("excerpt_form") or ExcerptForm(formdata=None),
        "source_form": forms.get("source_form") or SourceForm(formdata=None),
        "submission_form": forms.get("submission_form")
        or SubmissionForm(formdata=None, data={"audience": workbench.lesson.audience.value}),
    }
    context["excerpt_form"].offer(workbench.claims)
    context["submission_form"].offer([option.audience for option in workbench.audiences])
    return render_template(
        "workbench/show.html",
        workbench=workbench,
        part=part if part in PARTS else "claims",
        addresses=_page_addresses(workbench, part),
        active=request.values.get("claim", type=int) or request.values.get("claim_id", type=int),
        **context,
    )


def _page_addresses(workbench: workbench_draft.Workbench, part: str) -> list[str]:
    """The addresses of the pages of the thread beside the draft."""
    if workbench.thread is None:
        return []
    lesson_id, thread_id = workbench.lesson.id, workbench.thread.id
    address = partial(url_for, "workbench.show", lesson_id=lesson_id, part=part, thread=thread_id)
    return [address(page=number) for number in range(1, workbench.pages + 1)]


def _review(lesson_id: int, return_form: ReturnForm | None = None) -> str:
    page = lesson_page.preview(actor(), lesson_id)
    return render_template(
        "workbench/review.html",
        page=page,
        answer=workbench_draft.review_answer(actor(), lesson_id),
        return_form=return_form or ReturnForm(formdata=None),
        may_ask_back=bool(may_moderate(actor(), page.lesson.space_id)),
    )


def _conflict(lesson_id: int, form: TextForm, error: Conflict) -> str:
    """Both texts: what was typed here, and what somebody else saved; sending again stores what is typed."""
    workbench = workbench_draft.workbench(actor(), lesson_id)
    saved = TextForm.of(workbench.version, workbench.tags)
    form.saved_count.data = workbench.version.saved_count
    form.saved_count.raw_data = None
    return render_template(
        "workbench/conflict.html", workbench=workbench, form=form, theirs=saved, reason=error.reason
    )


def _position() -> tuple[int | None, int | None]:
    """The thread beside the draft, and the page of it; None where the form does not say."""
    return request.values.get("thread", type=int), request.values.get("page", type=int)


def _back(lesson_id: int, part: str, **more: Any) -> Any:
    thread_id, page = _position()
    position: dict[str, Any] = {"thread": thread_id, "page": page}
    return redirect(url_for("workbench.show", lesson_id=lesson_id, part=part, **(position | more)), 303)
