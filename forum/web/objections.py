"""Objections of authors to a hidden post, and what is decided on them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.desk import unattended
from forum.domain.house_rules import grounds
from forum.domain.moderation import objections, settlers
from forum.domain.moderation.draft_places import OBJECTION
from forum.domain.threads import rendering
from forum.infra.i18n import _
from forum.models.threads import Post, Thread
from forum.web import decisions, draft_slots
from forum.web.desk_returns import told_on_desk, told_when_decided
from forum.web.draft_slots import Slot
from forum.web.forms import errors_on
from forum.web.forms.post_reports import PostObjectionForm, StaysHiddenForm
from forum.web.http import transactions, unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

Asked = tuple[Thread, Post, objections.OwnObjection | None]
bp = Blueprint("objections", __name__)


@bp.get("/posts/<int:post_id>/objection")
@open_to(members)
def new(post_id: int) -> ResponseReturnValue:
    thread, post, made = _asked(post_id)
    slot = draft_slots.slot(OBJECTION, post.id, begun=made is None)
    form = draft_slots.fill(PostObjectionForm, slot) or PostObjectionForm(formdata=None)
    page = _page((thread, post, made), form, slot)
    unread.opened_post("objection_declined", post_id)
    return page


@bp.post("/posts/<int:post_id>/objection")
@open_to(members)
@draft_slots.kept_when_refused
def make(post_id: int) -> ResponseReturnValue:
    form = PostObjectionForm()
    if form.validate():
        with errors_on(form):
            objections.make(actor(), post_id, words=form.words.data or "")
            draft_slots.accepted(OBJECTION, post_id)
            # The page that follows says who looks at it, or that nobody can yet.
            flash(_("Your objection is sent."), "ok")
            return redirect(url_for(".new", post_id=post_id), 303)
    transactions.only_look()
    return _page(_asked(post_id), form, draft_slots.slot(OBJECTION, post_id)), 422


@bp.get("/posts/<int:post_id>/objection/decision")
@open_to(members)
@told_when_decided("objections", "post_id")
def ask(post_id: int) -> ResponseReturnValue:
    return _decision(post_id, StaysHiddenForm(formdata=None))


@bp.post("/posts/<int:post_id>/objection/decision")
@form_method
@open_to(members)
@told_on_desk
def decide(post_id: int) -> ResponseReturnValue:
    form = StaysHiddenForm()
    if form.validate():
        with errors_on(form):
            post = objections.keep_hidden(
                actor(), post_id, answer=form.answer.data or "", rule=form.chosen_rule
            )
            return decisions.done(_("The post stays hidden. Its author reads why."), post.thread.space_id)
    transactions.only_look()
    return _decision(post_id, form), 422


@decide.delete
@open_to(members)
@told_on_desk
def restore(post_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        _thread, seen = settlers.place(actor(), post_id)
        rendered = rendering.of(actor(), seen) if seen.hidden_at is not None else None
    post = objections.restore(actor(), post_id, rendered=rendered)
    return decisions.done(_("This post can be read again."), post.thread.space_id)


def _asked(post_id: int) -> Asked:
    return objections.asked(actor(), post_id)


def _page(asked: Asked, form: PostObjectionForm, slot: Slot) -> str:
    thread, post, made = asked
    if post.sealed_at is not None:
        form.words.label.text = _("Why should it not have been deleted?")
    is_looked_at = settlers.is_looked_at(post, thread)
    return render_template(
        "post_reports/object.html",
        thread=thread,
        post=post,
        form=form,
        slot=slot,
        made=made,
        rule=grounds.of_post(post.id, *objections.GONE),
        is_looked_at=is_looked_at,
        are_told=made is not None and not is_looked_at and unattended.are_told(thread.space_id),
    )


def _decision(post_id: int, form: StaysHiddenForm) -> str:
    found = objections.to_decide(actor(), post_id)
    return decisions.page("post_reports/decide.html", found, form, space_id=found.thread.space_id)
