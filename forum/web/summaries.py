"""Where a thread stands: written, its history, and who may write it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import SUMMARY
from forum.domain.summaries import keepers, summaries
from forum.domain.summaries import page as summary_page
from forum.infra import text
from forum.infra.i18n import _
from forum.infra.paging import LARGEST_NUMBER, id_of
from forum.infra.word_diff import pieces
from forum.models.threads import Thread
from forum.policy.actions import may_moderate
from forum.policy.errors import Conflict, Forbidden
from forum.web import careful, draft_slots
from forum.web.forms import errors_on
from forum.web.forms.summaries import KeeperForm, SummaryForm
from forum.web.http import transactions
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_delete

bp = Blueprint("summaries", __name__)
PLACE = "summary"  # on the page of the thread


@bp.get("/threads/<int:thread_id>/summary")
@open_to(anyone)
def history(thread_id: int) -> ResponseReturnValue:
    thread = summary_page.story(viewer(), thread_id)
    changes, before = summary_page.history(
        thread, before=id_of(request.args.get("before"), LARGEST_NUMBER) or None
    )
    older = url_for(".history", thread_id=thread.id, before=before) if before else None
    return render_template("summaries/history.html", thread=thread, changes=changes, older=older)


@bp.get("/threads/<int:thread_id>/summary/versions/new")
@open_to(members)
def write(thread_id: int) -> ResponseReturnValue:
    slot = draft_slots.slot(SUMMARY, thread_id)
    try:
        thread = summaries.to_write(actor(), thread_id)
    except Forbidden:
        if words := draft_slots.unsendable():
            return redirect(words, 303)
        raise
    now = summary_page.of_thread(thread.id)
    number = now.number if now else 0
    form = draft_slots.fill(SummaryForm, slot, seen=number)
    if slot.opened is not None and slot.opened.base_revision != number:
        return _beside(thread, form, summaries.meanwhile(), slot)
    return _form(thread, form, slot=slot)


@bp.post("/threads/<int:thread_id>/summary/versions")
@open_to(members)
@draft_slots.kept_when_refused
def save(thread_id: int) -> ResponseReturnValue:
    form = SummaryForm()
    if "leave" in request.form:
        thread, now = summaries.to_write(actor(), thread_id), summary_page.of_thread(thread_id)
        is_changed = text.typed(form.text.data or "") != (now.typed if now else "")
        return _to_thread(thread, **draft_slots.leave(SUMMARY, thread_id, is_changed=is_changed))
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                typed, seen = form.text.data or "", form.seen.data
                thread = summaries.save(actor(), thread_id, typed=typed, seen=seen)
                draft_slots.accepted(SUMMARY, thread_id)
                flash(_("Saved. The version before stays in the history."), "ok")
                return _to_thread(thread)
        except Conflict as error:
            transactions.only_look()
            return _beside(summaries.to_write(actor(), thread_id), form, error.reason), 409
    transactions.only_look()
    return _form(summaries.to_write(actor(), thread_id), form), 422


@bp.post("/threads/<int:thread_id>/summary/keepers")
@open_to(members)
def ask(thread_id: int) -> ResponseReturnValue:
    form = KeeperForm()
    if form.validate():
        with errors_on(form):
            thread = keepers.ask(actor(), thread_id, handle=form.handle.data or "")
            flash(_("Asked. They find it among their notifications."), "ok")
            return _to_form(thread)
    transactions.only_look()
    thread = summaries.to_write(actor(), thread_id)
    return _form(thread, asking=form), 422


@bp.post("/threads/<int:thread_id>/summary/keepers/<int:member_id>")
@form_delete()
@open_to(members)
def take_back(thread_id: int, member_id: int) -> ResponseReturnValue:
    thread = keepers.take_back(actor(), thread_id, member_id)
    flash(_("They are no longer asked. What they wrote stays."), "ok")
    return _to_form(thread)


def _beside(thread: Thread, form: SummaryForm, conflict: str, slot: draft_slots.Slot | None = None) -> str:
    """Both texts: that of the other one with what differs in it, and one's own in the form, to save on top of it."""
    now = summary_page.of_thread(thread.id)
    theirs = now.typed if now else ""
    form.seen.raw_data = [str(now.number if now else 0)]
    return _form(
        thread,
        form,
        slot=slot,
        conflict=conflict,
        theirs=now,
        differences=pieces(theirs, form.text.data or ""),
    )


def _form(
    thread: Thread,
    form: SummaryForm | None = None,
    asking: KeeperForm | None = None,
    slot: draft_slots.Slot | None = None,
    **more: object,
) -> str:
    who = actor()
    moderates = bool(may_moderate(who, thread.space_id))
    if form is None:
        now = summary_page.of_thread(thread.id)
        data = {"text": now.typed if now else "", "seen": now.number if now else 0}
        form = SummaryForm(formdata=None, data=data)
    return render_template(
        "summaries/write.html",
        thread=thread,
        form=form,
        slot=slot or draft_slots.slot(SUMMARY, thread.id),
        asking=asking or KeeperForm(formdata=None),
        keepers=keepers.of_thread(who, thread.id) if moderates else [],
        offered=keepers.offered(who, thread.id) if moderates else [],
        moderates=moderates,
        **more,
    )


def _to_thread(thread: Thread, **said: Any) -> ResponseReturnValue:
    values = {"_anchor": PLACE, **said}
    return redirect(url_for("threads.show", thread_id=thread.id, slug=thread.slug, **values), 303)


def _to_form(thread: Thread) -> ResponseReturnValue:
    return redirect(url_for(".write", thread_id=thread.id), 303)
