"""Objections of authors to a hidden post, and what is decided on them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.moderation import objections, settlers
from forum.domain.spaces import spaces
from forum.domain.threads import rendering
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.post_reports import ObjectionForm, StaysHiddenForm
from forum.web.http import transactions, unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method
from forum.web.settling import to_list

bp = Blueprint("objections", __name__)


@bp.get("/posts/<int:post_id>/objection")
@open_to(members)
def new(post_id: int) -> ResponseReturnValue:
    page = _page(post_id, ObjectionForm(formdata=None))
    unread.opened_post("objection_declined", post_id)
    return page


@bp.post("/posts/<int:post_id>/objection")
@open_to(members)
def make(post_id: int) -> ResponseReturnValue:
    form = ObjectionForm()
    if form.validate():
        with errors_on(form):
            objections.make(actor(), post_id, words=form.words.data or "")
            flash(_("Your objection is sent. Somebody else than who hid the post looks at it."), "ok")
            return redirect(url_for(".new", post_id=post_id), 303)
    transactions.only_look()
    return _page(post_id, form), 422


@bp.get("/posts/<int:post_id>/objection/decision")
@open_to(members)
def ask(post_id: int) -> ResponseReturnValue:
    return _decision(post_id, StaysHiddenForm(formdata=None))


@bp.post("/posts/<int:post_id>/objection/decision")
@form_method
@open_to(members)
def decide(post_id: int) -> ResponseReturnValue:
    form = StaysHiddenForm()
    if form.validate():
        with errors_on(form):
            post = objections.keep_hidden(actor(), post_id, answer=form.answer.data or "")
            flash(_("The post stays hidden. Its author reads why."), "ok")
            return redirect(to_list(post.thread), 303)
    transactions.only_look()
    return _decision(post_id, form), 422


@decide.delete
@open_to(members)
def restore(post_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        _thread, seen = settlers.place(actor(), post_id)
        rendered = rendering.of(actor(), seen) if seen.hidden_at is not None else None
    post = objections.restore(actor(), post_id, rendered=rendered)
    flash(_("This post can be read again."), "ok")
    return redirect(to_list(post.thread), 303)


def _page(post_id: int, form: ObjectionForm) -> str:
    thread, post, made = objections.asked(actor(), post_id)
    return render_template(
        "post_reports/object.html",
        thread=thread,
        post=post,
        form=form,
        made=made,
        is_looked_at=settlers.is_looked_at(post, thread),
    )


def _decision(post_id: int, form: StaysHiddenForm) -> str:
    found = objections.to_decide(actor(), post_id)
    space = spaces.by_id(actor(), found.thread.space_id)
    return render_template("post_reports/decide.html", found=found, space=space, form=form)
