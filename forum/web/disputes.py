"""Counter-evidence against the claims of a lesson: all of it on one page, the form, and what those concerned do."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import dispute_places, disputes, own_cases
from forum.domain.lessons import page as lesson_page
from forum.infra.i18n import _
from forum.infra.paging import id_of
from forum.policy.actions import may_moderate
from forum.policy.disputing import may_dispute
from forum.policy.errors import Conflict, Forbidden
from forum.policy.holding import may_edit_draft
from forum.web import careful, draft_slots
from forum.web.desk_returns import back_to_desk, is_from_desk, told_on_desk
from forum.web.forms import errors_on
from forum.web.forms.disputes import EvidenceForm, ReplyForm, SentenceForm
from forum.web.http import links, transactions
from forum.web.http.access import anyone, members, moderators, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_delete

bp = Blueprint("disputes", __name__)


@bp.get("/lessons/<public_id>/counter-evidence")
@open_to(anyone)
def index(public_id: str) -> ResponseReturnValue:
    return _all(public_id)


@bp.get("/lessons/<public_id>/counter-evidence/new")
@open_to(members)
def new(public_id: str) -> ResponseReturnValue:
    try:
        about = disputes.to_dispute(actor(), public_id)
    except Forbidden:
        if words := draft_slots.unsendable():
            return redirect(words, 303)
        raise
    lesson_id = about[0].lesson.id
    slot = draft_slots.slot(dispute_places.EVIDENCE, lesson_id)
    form = draft_slots.fill(EvidenceForm, slot)
    return _form(about, form or EvidenceForm(formdata=None, claim=request.args.get("claim")))


@bp.post("/lessons/<public_id>/counter-evidence")
@open_to(members)
@draft_slots.kept_when_refused
def bring(public_id: str) -> ResponseReturnValue:
    form = EvidenceForm()
    about = disputes.to_dispute(actor(), public_id)
    lesson_id = about[0].lesson.id
    if "leave" in request.form:
        said = draft_slots.leave(dispute_places.EVIDENCE, lesson_id, is_changed=True)
        return redirect(url_for("lessons.show", public_id=public_id, **said), 303)
    conflict = ""
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                typed = {"words": form.words.data or "", "post": form.post.data or ""}
                claim, own = id_of(form.claim.data) or 0, bool(form.with_report.data)
                made = disputes.bring(actor(), public_id, claim=claim, with_report=own, **typed)
                draft_slots.accepted(dispute_places.EVIDENCE, lesson_id)
                flash(
                    _("Thank you. A moderator decides on it; until then only you and the makers read it."),
                    "ok",
                )
                return _to(public_id, made.id)
        except Conflict as error:
            conflict = error.reason
    transactions.only_look()
    return _form(about, form, conflict=conflict), 409 if conflict else 422


@bp.post("/lessons/<public_id>/counter-evidence/<int:evidence_id>")
@form_delete()
@open_to(members)
def take_back(public_id: str, evidence_id: int) -> ResponseReturnValue:
    disputes.take_back(actor(), public_id, evidence_id)
    flash(_("What you brought is taken back. Nobody can read it now."), "ok")
    return redirect(links.to_lesson(public_id), 303)


@bp.post("/lessons/<public_id>/counter-evidence/<int:evidence_id>/acceptance")
@open_to(moderators)
@told_on_desk
def accept(public_id: str, evidence_id: int) -> ResponseReturnValue:
    evidence = disputes.accept(actor(), public_id, evidence_id)
    if is_from_desk() and evidence.decided_by_id != actor().id:
        raise Conflict(_("A moderator decided on this evidence already."))
    sentence = _("It stands beside the claim now. Who is quoted there, and who makes the lesson, can reply.")
    if back := back_to_desk(sentence):
        return back
    flash(sentence, "ok")
    return _to(public_id, evidence_id)


@bp.post("/lessons/<public_id>/counter-evidence/<int:evidence_id>/refusal")
@open_to(moderators)
@told_on_desk
def decline(public_id: str, evidence_id: int) -> ResponseReturnValue:
    return _said(
        "decline",
        public_id,
        evidence_id,
        lambda reason: disputes.decline(*_which(public_id, evidence_id), reason=reason),
    )


@bp.post("/lessons/<public_id>/counter-evidence/<int:evidence_id>/end")
@open_to(moderators)
def settle(public_id: str, evidence_id: int) -> ResponseReturnValue:
    return _said(
        "end",
        public_id,
        evidence_id,
        lambda reason: disputes.settle(*_which(public_id, evidence_id), reason=reason),
    )


@bp.post("/lessons/<public_id>/counter-evidence/<int:evidence_id>/next-answer")
@open_to(moderators)
def answer_in_draft(public_id: str, evidence_id: int) -> ResponseReturnValue:
    return _said(
        "next",
        public_id,
        evidence_id,
        lambda words: disputes.answer_in_draft(*_which(public_id, evidence_id), words=words),
    )


@bp.post("/lessons/<public_id>/counter-evidence/<int:evidence_id>/reply")
@open_to(members)
@draft_slots.kept_when_refused
def reply(public_id: str, evidence_id: int) -> ResponseReturnValue:
    form = ReplyForm()
    if form.validate() and not careful.finds(form):
        with errors_on(form):
            disputes.reply(actor(), public_id, evidence_id, words=form.words.data or "")
            draft_slots.accepted(dispute_places.REPLY, evidence_id)
            return _to(public_id, evidence_id)
    transactions.only_look()
    return _all(public_id, replying=(evidence_id, form)), 422


def _which(public_id: str, evidence_id: int) -> Any:
    return actor(), public_id, evidence_id


def _said(what: str, public_id: str, evidence_id: int, verb: Callable[[str], Any]) -> ResponseReturnValue:
    """Do what a moderator said a sentence with, or show the page again with what is wrong with that."""
    form = SentenceForm()
    if form.validate_on_submit():
        with errors_on(form):
            verb(form.reason.data or "")
            back = back_to_desk(_("Declined. Whoever brought it reads your reason."))
            return back or _to(public_id, evidence_id)
    transactions.only_look()
    return _all(public_id, refused=(what, evidence_id, form.reason)), 422


def _to(public_id: str, evidence_id: int) -> ResponseReturnValue:
    return redirect(url_for(".index", public_id=public_id, _anchor=f"evidence-{evidence_id}"), 303)


def _all(public_id: str, **more: Any) -> str:
    who = viewer()
    page = lesson_page.page(who, public_id)
    replying = more.pop("replying", (0, None))
    slots = {one.id: draft_slots.slot(dispute_places.REPLY, one.id) for one in page.evidence if one.may_reply}
    forms = {
        key: replying[1]
        if key == replying[0]
        else draft_slots.fill(ReplyForm, slot)
        or ReplyForm(formdata=None, words=next(one.own_reply for one in page.evidence if one.id == key))
        for key, slot in slots.items()
    }
    for key, form in forms.items():  # several of them stand on the page
        form.words.id, form.people_seen.id = f"words-{key}", f"people_seen-{key}"
    moderates = bool(may_moderate(who, page.lesson.space_id))
    return render_template(
        "disputes/index.html",
        page=page,
        moderates=moderates,
        own_cases=own_cases.on(who, page.lesson) if who is not None and moderates else set(),
        drafting=bool(may_edit_draft(who, page.lesson)),
        bringing=may_dispute(who, page.lesson, is_note=page.is_note),
        slots=slots,
        forms=forms,
        **more,
    )


def _form(about: Any, form: EvidenceForm, **more: Any) -> str:
    titled, claims, own_report = about
    form.claim.choices = [(str(claim.root), f"{claim.position}. {claim.text}") for claim in claims]
    slot = draft_slots.slot(dispute_places.EVIDENCE, titled.lesson.id)
    return render_template(
        "disputes/write.html", about=titled, form=form, slot=slot, own_report=own_report, **more
    )
