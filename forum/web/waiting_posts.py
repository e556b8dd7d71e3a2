"""What somebody sent and a moderator did not let appear yet: read, changed, and taken back by its author."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain import draft_places
from forum.domain.held_posts import queue, waiting
from forum.domain.held_posts.draft_places import WAITING_POST
from forum.domain.held_posts.waiting import Own
from forum.domain.threads import post_store
from forum.infra.i18n import _, lazy
from forum.models.held import HeldBecause, HeldPost
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.web import careful, draft_slots
from forum.web.forms import errors_on
from forum.web.forms.held import WaitingPostForm
from forum.web.http import links, transactions, unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("waiting_posts", __name__)
# A word is never named: whoever knows which it is writes around it.
BECAUSE = {
    HeldBecause.WORD: lazy("A moderator looks at it first."),
    HeldBecause.EVERYBODY: lazy("In this space a moderator looks at every post first, for now."),
    HeldBecause.GUEST: lazy("In this space a moderator looks at the posts of guests first."),
    HeldBecause.NEWCOMER: lazy("In this space a moderator looks at somebody's first post first."),
    HeldBecause.PERSON: lazy("A moderator looks first at what you write in this space."),
    HeldBecause.LINK: lazy("In this space a moderator looks at somebody's first link first."),
}


@bp.get("/waiting-posts")
@open_to(members)
def index() -> ResponseReturnValue:
    unread.opened("post_refused")
    return render_template("held/own.html", own=waiting.own(actor()), because=BECAUSE)


@bp.get("/waiting-posts/<int:held_id>")
@open_to(members)
def show(held_id: int) -> ResponseReturnValue:
    try:
        one = waiting.one(actor(), held_id)
    except NotFound:
        post = waiting.appeared(actor(), held_id)
        if post is None:
            raise
        address = url_for("threads.short", thread_id=post.thread_id, _anchor=f"post-{post.number}")
        return redirect(address, 303)
    slot = draft_slots.slot(WAITING_POST, held_id)
    if one.state == waiting.REFUSED and (words := draft_slots.unsendable()):
        return redirect(words, 303)
    form = draft_slots.fill(partial(WaitingPostForm.of, one.is_reply), slot, seen=one.revision)
    as_sent = {"title": one.title, "body": one.body, "seen": one.revision}
    return _page(one, form or WaitingPostForm.of(one.is_reply, formdata=None, **as_sent), slot)


@bp.post("/waiting-posts/<int:held_id>")
@form_method
@open_to(members)
def change(held_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        one = waiting.one(actor(), held_id)
        form = WaitingPostForm.of(one.is_reply)
        complete = form.validate() and not careful.finds(form)
    if complete:
        with errors_on(form):
            with transactions.looking_up():
                rendered = post_store.render_body(actor(), form.body.data or "")
            typed = {"title": form.title.data if form.title else "", "body": form.body.data or ""}
            seen = form.seen.data or 0
            waiting.change(actor(), held_id, seen=seen, rendered=rendered, **typed)
            draft_slots.accepted(WAITING_POST, held_id)
            flash(_("Changed. It still waits for a moderator."), "ok")
            return redirect(url_for(".show", held_id=held_id), 303)
    return _page(one, form, draft_slots.slot(WAITING_POST, held_id)), 422


@change.delete
@open_to(members)
def throw_away(held_id: int) -> ResponseReturnValue:
    waiting.throw_away(actor(), held_id)
    flash(_("Thrown away. Nobody reads it."), "ok")
    return redirect(url_for(".index"), 303)


@bp.post("/waiting-posts/<int:held_id>/withdrawal")
@open_to(members)
def take_back(held_id: int) -> ResponseReturnValue:
    try:
        draft = waiting.take_back(actor(), held_id, enter=draft_places.places)
    except Invalid as error:
        raise Conflict(error.message) from error
    flash(_("You took it back: it is a draft again, and nobody else reads it."), "ok")
    return redirect(draft_slots.address(draft) or url_for("drafts.index"), 303)


def arrived(held: HeldPost) -> ResponseReturnValue:
    """Lead whoever sent something that waits to it: in its thread, or to the page of their story."""
    flash(_("Your post waits for a moderator. You are told when it appears."), "care")
    thread = held.thread
    if thread is None:
        return redirect(url_for("waiting_posts.show", held_id=held.id), 303)
    page = links.to_page_of(thread, thread.last_number)
    return redirect(f"{page}#waiting", 303)


def of_thread(thread: Any) -> dict[str, Any]:
    """Return what of the viewer waits in a thread, for its last page (a query, none where nothing does)."""
    waits = thread.has_held and thread.number == thread.pages
    return {"held": waiting.in_thread(actor(), thread.id) if waits else [], "held_because": BECAUSE}


def _page(one: Own, form: WaitingPostForm, slot: draft_slots.Slot) -> str:
    is_changed = slot.opened is not None and slot.opened.base_revision != one.revision
    return render_template(
        "held/own_one.html",
        one=one,
        form=form,
        slot=slot,
        is_changed=is_changed,
        is_promised=one.state == waiting.WAITING and queue.is_looked_at(one.id),
        because=BECAUSE,
    )
