"""The desk of moderators: everything that needs a human, in the order of what was promised; settled in place."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.desk import hands, notes, people, places, waiting
from forum.domain.desk import page as desk_page
from forum.domain.desk.page import Wanted
from forum.domain.desk.queues.registry import BY_NAME
from forum.domain.handovers.kinds import KINDS
from forum.domain.moderation import set_aside
from forum.domain.spaces import spaces
from forum.domain.spaces.spaces import SpaceFacts
from forum.infra.i18n import _
from forum.web.desk_returns import back_to_desk, just_done, told_on_desk
from forum.web.forms import errors_on
from forum.web.forms.desk import NoteForm
from forum.web.http.access import curators, members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("desk", __name__)


@bp.get("/desk")
@open_to(curators)
def index() -> ResponseReturnValue:
    return _page(None)


@bp.get("/spaces/<slug>/moderation")
@open_to(members)
def of_space(slug: str) -> ResponseReturnValue:
    space = spaces.by_slug(actor(), slug)
    spaces.require_moderator(actor(), space.id)
    return _page(space)


@bp.post("/desk/items/<item_key>/taking")
@form_method
@open_to(members)
@told_on_desk
def take(item_key: str) -> ResponseReturnValue:
    seen = request.form.get("seen", type=int)
    item = hands.take(actor(), item_key, seen=seen)
    flash(_("You took this on: other moderators see that."), "ok")
    return _to(item.key)


@take.delete
@open_to(members)
@told_on_desk
def give_back(item_key: str) -> ResponseReturnValue:
    item = hands.give_back(actor(), item_key)
    flash(_("You gave this back: whoever comes first takes it."), "ok")
    return _to(item.key)


@bp.post("/desk/items/<item_key>/notes")
@open_to(members)
@told_on_desk
def note(item_key: str) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate():
        with errors_on(form):
            item = notes.write(actor(), item_key, words=form.words.data or "")
            flash(_("Kept: only moderators of this space read it."), "ok")
            return _to(item.key)
    slug = request.args.get("slug")  # of the desk on which it was typed
    space = spaces.by_slug(actor(), slug) if slug else None
    if space is not None:
        spaces.require_moderator(actor(), space.id)
    return _page(space, key=item_key, note_form=form), 422


@bp.post("/threads/<int:thread_id>/no-answer")
@open_to(members)
@told_on_desk
def needs_no_answer(thread_id: int) -> ResponseReturnValue:
    act = set_aside.story(actor(), thread_id)
    sentence = _(
        "This story no longer waits for an answer. It stays where it is, and anybody can still answer it."
    )
    return back_to_desk(sentence, act.id if act is not None else None) or redirect(url_for(".index"), 303)


def _to(key: str) -> ResponseReturnValue:
    return back_to_desk() or redirect(url_for(".index", item=key), 303)


def _page(space: SpaceFacts | None, *, key: str | None = None, note_form: NoteForm | None = None) -> str:
    kind, after = request.args.get("kind"), request.args.get("after")
    key = key or request.args.get("item")
    wanted = Wanted(space.id if space is not None else None, kind, after, key)
    desk = desk_page.of(actor(), wanted)
    if space is None and not actor().deputy_in:  # what waits for a deputy stands elsewhere, and counts too
        g.on_desk = min(desk.count, waiting.MOST)

    def place(**query: Any) -> str:
        address = {"kind": kind, "after": after, **query}
        if space is None:
            return url_for(".index", **address)
        return url_for(".of_space", slug=space.slug, **address)

    return render_template(
        "desk/index.html",
        desk=desk,
        space=space,
        kind=kind,
        place=place,
        done=just_done(),
        note_form=note_form or NoteForm(formdata=None),
        queues=BY_NAME,
        own_spaces=places.named(actor()) if space is None else [],
        hand_over_kinds=KINDS,
        people=people.of_space(space.id) if space is not None else None,
        older=place(after=desk.next_cursor) if desk.next_cursor else None,
        newer=place(after=None) if after else None,
    )
