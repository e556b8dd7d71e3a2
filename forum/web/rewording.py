"""Another title for a thread, threads pinned to their space, and what authors read of changes by moderators."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from forum.domain.desk import unattended
from forum.domain.moderation import leaving_out_objections, pinning, retitling, rewordings
from forum.infra.i18n import _
from forum.policy.actions import may_edit
from forum.web.forms import errors_on
from forum.web.forms.sealing import TitleForm
from forum.web.http import links, transactions, unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("rewording", __name__)


@bp.get("/threads/<int:thread_id>/title")
@open_to(members)
def ask(thread_id: int) -> ResponseReturnValue:
    thread = retitling.asked(actor(), thread_id)
    form = TitleForm(formdata=None, title=thread.title)
    return render_template("sealing/title.html", thread=thread, form=form)


@bp.post("/threads/<int:thread_id>/title")
@open_to(members)
def retitle(thread_id: int) -> ResponseReturnValue:
    form = TitleForm()
    if form.validate():
        with errors_on(form):
            title, reason = form.title.data or "", form.reason.data or ""
            thread = retitling.retitle(actor(), thread_id, title=title, reason=reason)
            flash(_("The thread has this title now. Its author reads your reason."), "ok")
            return redirect(links.to_thread(thread), 303)
    transactions.only_look()
    thread = retitling.asked(actor(), thread_id)
    return render_template("sealing/title.html", thread=thread, form=form), 422


@bp.post("/threads/<int:thread_id>/pin")
@form_method
@open_to(members)
def pin(thread_id: int) -> ResponseReturnValue:
    thread = pinning.pin(actor(), thread_id)
    flash(_("This thread stands on top of the page of its space."), "ok")
    return redirect(links.to_thread(thread), 303)


@pin.delete
@open_to(members)
def unpin(thread_id: int) -> ResponseReturnValue:
    thread = pinning.unpin(actor(), thread_id)
    flash(_("This thread is no longer pinned."), "ok")
    return redirect(links.to_thread(thread), 303)


@bp.get("/posts/<int:post_id>/rewordings")
@open_to(members)
def told(post_id: int) -> ResponseReturnValue:
    thread, post, changes = rewordings.of_own(actor(), post_id)
    for kind in ("words_left_out", "left_out_kept", "left_out_lifted", "thread_retitled"):
        unread.opened_post(kind, post_id)
    waiting = [change.sealing_id for change in changes if change.sealing_id and change.waits]
    looked_at = leaving_out_objections.looked_at(waiting) if waiting else set()
    return render_template(
        "sealing/told.html",
        thread=thread,
        post=post,
        changes=changes,
        may_edit=bool(may_edit(actor(), post, thread)),
        looked_at=looked_at,
        are_told=len(looked_at) < len(waiting) and unattended.are_told(thread.space_id),
    )
