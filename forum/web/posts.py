"""One post: changing one's own, withdrawing it, and putting it back."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import EDIT
from forum.domain.held_posts import sending
from forum.domain.lessons import impact
from forum.domain.moderation import taking_back
from forum.domain.threads import post_store, posts, rendering
from forum.infra import text
from forum.infra.i18n import _
from forum.infra.word_diff import Piece, pieces
from forum.policy.actions import may_delete, require
from forum.policy.errors import Conflict, Forbidden
from forum.policy.measures import refusal_unseen
from forum.web import answering, careful, draft_slots, previews
from forum.web.forms import errors_on
from forum.web.forms.posts import PostForm, check_body
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("posts", __name__)


@bp.get("/posts/<int:post_id>/revisions/new")
@open_to(members)
def change(post_id: int) -> ResponseReturnValue:
    slot = draft_slots.slot(EDIT, post_id)
    try:
        source = posts.source(actor(), post_id)
    except Forbidden:
        if words := draft_slots.unsendable():
            return redirect(words, 303)
        raise
    data = {"title": source.title, "body": source.body, "seen_revision": source.revision}
    form = draft_slots.fill(partial(PostForm.of, source), slot, seen_revision=source.revision)
    changed = slot.opened is not None and slot.opened.base_revision != source.revision
    conflict = _("This post was changed somewhere else while you were writing.") if changed else ""
    return _form(source, form or PostForm.of(source, data=data), conflict, slot=slot)


@bp.post("/posts/<int:post_id>/revisions")
@open_to(members)
@draft_slots.kept_when_refused
def edit(post_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        source = posts.source(actor(), post_id)
    form = PostForm.of(source)
    if "leave" in request.form:
        return _left(source, form)
    if previews.is_asked():
        transactions.only_look()
        html, status = previews.of(form)
        return _form(source, form, preview=html), status
    if form.validate() and not careful.finds(form):
        title = form.title.data if form.title else None
        try:
            with errors_on(form):
                body, seen = form.body.data or "", form.seen_revision.data
                with transactions.looking_up():
                    rendered = post_store.render_body(actor(), body)
                who, key = actor(), request.form.get("idempotency_key")
                post = sending.edit(
                    who,
                    post_id,
                    body=body,
                    title=title,
                    seen_revision=seen,
                    rendered=rendered,
                    idempotency_key=key,
                )
                draft_slots.accepted(EDIT, post_id)
                flash(_("Your post is changed. The earlier version is kept."), "ok")
                return redirect(links.to_thread(post.thread, number=post.number), 303)
        except Conflict as error:
            form.seen_revision.raw_data = [str(source.revision)]
            return _form(source, form, conflict=error.reason), 409
    else:
        transactions.only_look()
        check_body(form, actor())
    return _form(source, form), 422


@bp.get("/posts/<int:post_id>/withdrawal")
@open_to(members)
def ask_withdrawal(post_id: int) -> ResponseReturnValue:
    thread, post = posts.place(actor(), post_id)
    require(may_delete(actor(), post))
    losses = impact.of_post(actor(), post_id, taken_back=True)
    stays_gone = bool(refusal_unseen(actor(), thread.space_id))
    return render_template(
        "posts/withdrawal.html", thread=thread, post=post, losses=losses, stays_gone=stays_gone
    )


@bp.post("/posts/<int:post_id>/withdrawal")
@form_method
@open_to(members)
def withdrawal(post_id: int) -> ResponseReturnValue:
    post = taking_back.take_back(actor(), post_id)
    flash(_("You took your post back. Nobody else can read it now."), "ok")
    return redirect(links.to_page_of(post.thread, post.number), 303)


@withdrawal.delete
@open_to(members)
def put_back(post_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        rendered = rendering.again(actor(), post_id)
    post = taking_back.put_back(actor(), post_id, rendered=rendered)
    flash(_("Your post can be read again."), "ok")
    return redirect(links.to_thread(post.thread, number=post.number), 303)


def _left(source: posts.Source, form: PostForm) -> ResponseReturnValue:
    """Leave the post as it is: what was typed is thrown away, and for a day it can be put back."""
    title = form.title.data if form.title else source.title
    typed = (text.typed(title or ""), text.typed(form.body.data or ""))
    is_changed = typed != (source.title, source.body)
    said = draft_slots.leave(EDIT, source.post_id, is_changed=is_changed)
    return redirect(links.to_post(source.thread_id, source.thread_slug, source.number, **said), 303)


def _differences(source: posts.Source, form: PostForm) -> list[Piece]:
    """What the text in the form would change in the text as it is now."""
    typed = text.typed(form.body.data or "")
    return pieces(source.body, typed) if len(typed) <= text.MAX_LENGTH else []


def _form(
    source: posts.Source,
    form: PostForm,
    conflict: str = "",
    preview: str | None = None,
    slot: draft_slots.Slot | None = None,
) -> str:
    return render_template(
        "posts/change.html",
        source=source,
        form=form,
        slot=slot or draft_slots.slot(EDIT, source.post_id),
        conflict=conflict,
        differences=_differences(source, form) if conflict else [],
        preview=preview,
        quoted=answering.in_text(source.thread_id, form),
        quote_word=answering.quote_word(),
        back=url_for("threads.short", thread_id=source.thread_id),
    )
