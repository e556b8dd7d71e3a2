"""Moderators delete a post for everybody, or leave words out of it."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.audit import undoable
from forum.domain.lessons import impact
from forum.domain.moderation import copied_words, deleting, leaving_out, shortened
from forum.domain.moderation.shortened import Shortened
from forum.infra.i18n import _
from forum.models.undo import UndoKind
from forum.web.desk_returns import back_to_desk, on_from_desk, place_on_desk, told_on_desk
from forum.web.forms import errors_on
from forum.web.forms.sealing import DeletionForm, LeavingOutForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("sealing", __name__)
LOOK = "look"  # the button that shows first what would become of the post


@bp.get("/posts/<int:post_id>/deletion")
@open_to(members)
def ask_deletion(post_id: int) -> ResponseReturnValue:
    return _deletion(post_id, DeletionForm(formdata=None))


@bp.post("/posts/<int:post_id>/deletion")
@open_to(members)
@told_on_desk
def delete(post_id: int) -> ResponseReturnValue:
    form = DeletionForm()
    if form.validate():
        with errors_on(form):
            post = deleting.delete(actor(), post_id, reason=form.reason.data or "", rule=form.chosen_rule)
            sentence = _("This post is deleted. Its author reads your reason.")
            act_id = undoable.of_post(actor(), post, UndoKind.DELETE_POST)
            if desk := back_to_desk(sentence, act_id):
                return desk
            flash(sentence, "ok")
            return redirect(links.to_page_of(post.thread, post.number), 303)
    transactions.only_look()
    return _deletion(post_id, form), 422


@bp.get("/posts/<int:post_id>/left-out")
@open_to(members)
def ask_words(post_id: int) -> ResponseReturnValue:
    return _words(post_id, LeavingOutForm(formdata=None))


@bp.post("/posts/<int:post_id>/left-out")
@open_to(members)
@told_on_desk
def leave_out(post_id: int) -> ResponseReturnValue:
    form, made = LeavingOutForm(), None
    if LOOK in request.form:
        transactions.only_look()
        with errors_on(form):
            made = shortened.of(actor(), post_id, words=form.words.data or "")
        return _words(post_id, form, made), 200 if made else 422
    if form.validate():
        with errors_on(form):
            with transactions.looking_up():
                made = shortened.of(actor(), post_id, words=form.words.data or "")
            typed = {"words": form.words.data or "", "reason": form.reason.data or ""}
            post = leaving_out.leave_out(actor(), post_id, **typed, rule=form.chosen_rule, made=made)
            sentence = _("That is left out. Its author reads your reason.")
            act_id = undoable.of_post(actor(), post, UndoKind.LEAVE_OUT)
            if desk := back_to_desk(sentence, act_id, still_waits=True):
                return desk
            flash(sentence, "ok")
            return redirect(links.to_thread(post.thread, number=post.number), 303)
    transactions.only_look()
    return _words(post_id, form, made), 422


def _deletion(post_id: int, form: DeletionForm) -> str:
    thread, post = deleting.asked(actor(), post_id)
    form.offer_rules(thread.space_id)
    losses = impact.of_post(actor(), post_id)
    return render_template(
        "sealing/deletion.html", thread=thread, post=post, form=form, losses=losses, at_desk=place_on_desk()
    )


def _words(post_id: int, form: LeavingOutForm, made: Shortened | None = None) -> str:
    thread, post = shortened.asked(actor(), post_id)
    form.offer_rules(thread.space_id)
    found = losses = None
    if made is not None:
        found = copied_words.elsewhere(actor(), thread, post, made.words)
        losses = impact.of_places(actor(), thread.id, leaving_out.places(post, made.words))
    return render_template(
        "sealing/words.html",
        thread=thread,
        post=post,
        form=form,
        made=made,
        found=found,
        losses=losses,
        at_desk=place_on_desk(),
        from_desk=on_from_desk(),
    )
