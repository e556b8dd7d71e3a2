"""Threads: reading one, beginning one, answering, closing, and who may read it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from forum.domain.audit import undoable
from forum.domain.audit.undoable import OpenAct
from forum.domain.draft_places import EDIT, REPLY, STORY, SUMMARY
from forum.domain.held_posts import sending
from forum.domain.house_rules import acceptance
from forum.domain.lessons import of_thread
from forum.domain.mailing import unread_notices
from forum.domain.moderation import locking
from forum.domain.spaces import spaces
from forum.domain.threads import audiences, post_store, read_marks, written_for
from forum.domain.threads import page as thread_page
from forum.domain.threads import views as thread_views
from forum.domain.threads.sendings import SentBefore
from forum.infra.i18n import _
from forum.models.held import HeldPost
from forum.models.spaces import Audience
from forum.models.undo import UndoKind
from forum.policy.actions import require
from forum.policy.errors import Conflict
from forum.policy.measures import refusal_unseen
from forum.web import (
    answering,
    careful,
    composer,
    draft_slots,
    merged,
    previews,
    sendings,
    similar,
    under_story,
    waiting_posts,
)
from forum.web.forms import errors_on
from forum.web.forms.moderation import LockForm
from forum.web.forms.posts import check_body
from forum.web.forms.threads import ReplyForm, ThreadForm
from forum.web.http import indexing, links, submitted_fields, transactions, unsent_forms
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_method

bp = Blueprint("threads", __name__)


@bp.get("/threads/new")
@open_to(members)
def compose() -> ResponseReturnValue:
    own_spaces = composer.open_spaces(actor())
    if own_spaces:
        asked: dict[str, Any] = {
            name: request.args.get(name) for name in ("audience", "title", "need", "axis", composer.ASK)
        }
        return redirect(url_for(".new", slug=own_spaces[0].slug, **asked), 303)
    muted_until = min(actor().muted.values()) if actor().writes_nowhere else None
    return render_template("threads/no_space.html", muted_until=muted_until)


@bp.get("/spaces/<slug>/threads/new")
@open_to(members)
def new(slug: str) -> ResponseReturnValue:
    return composer.page(spaces.by_slug(viewer(), slug))


@bp.post("/spaces/<slug>/threads")
@open_to(members)
@draft_slots.kept_when_refused
def start(slug: str) -> ResponseReturnValue:
    with transactions.looking_up():
        form, space = ThreadForm(), spaces.by_slug(actor(), slug)
    if previews.is_asked():
        transactions.only_look()
        html, status = previews.of(form)
        return composer.page(space, form, html), status
    if similar.is_asked():
        transactions.only_look()
        return composer.page(space, form)
    with transactions.looking_up():  # a title that is left out is made of the text
        chosen = composer.offer(form, space, composer.open_spaces(actor()))
        recognised = careful.look(form)  # also where something else is wrong: all is said at once
        complete = form.validate() and not recognised
    if complete:
        try:
            with errors_on(form):
                with transactions.looking_up():
                    rendered = post_store.render_body(actor(), form.body.data or "")
                who = actor()
                thread = sending.start(who, chosen.id, rendered=rendered, **form.values())
                draft_slots.accepted(STORY, space.id)
                if isinstance(thread, HeldPost):
                    return waiting_posts.arrived(thread)
                if not sendings.say_it_stood_there(thread, form):
                    flash(composer.posted(thread), "ok")
                return redirect(links.to_thread(thread), 303)
        except SentBefore as error:
            return sendings.ask_about_story(error, form, space, chosen)
    else:
        transactions.only_look()
        check_body(form, actor())
    return composer.page(space, form), 422


@bp.get("/threads/<int:thread_id>")
@open_to(anyone)
@merged.led_on
def short(thread_id: int) -> ResponseReturnValue:
    number = request.args.get("page", type=int)
    thread = thread_page.page(viewer(), thread_id, number or 1)
    return redirect(links.to_page(thread, number) if number else links.to_unread(thread), 303)


@bp.get("/threads/<int:thread_id>-<slug>")
@open_to(anyone)
@merged.led_on
def show(thread_id: int, slug: str) -> ResponseReturnValue:
    thread = thread_page.page(viewer(), thread_id, request.args.get("page", 1, type=int))
    if slug != thread.slug:
        return redirect(links.to_page(thread, thread.number), 303)
    indexing.is_at(links.to_page(thread, thread.number) if thread.title else None)
    return _page(thread)


@bp.post("/threads/<int:thread_id>/replies")
@open_to(members)
@draft_slots.kept_when_refused
def reply(thread_id: int) -> ResponseReturnValue:
    form = ReplyForm()
    if previews.is_asked():
        return _previewed(thread_id, form)
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                with transactions.looking_up():
                    rendered = post_store.render_body(actor(), form.body.data or "")
                who = actor()
                post = sending.reply(who, thread_id, rendered=rendered, **form.values())
                draft_slots.accepted(REPLY, thread_id)
                if isinstance(post, HeldPost):
                    return waiting_posts.arrived(post)
                sendings.say_it_stood_there(post, form)
                return redirect(links.to_thread(post.thread, number=post.number), 303)
        except SentBefore as error:
            return sendings.ask_about_reply(error, form, thread_id)
    else:
        transactions.only_look()
        check_body(form, actor())
    return _last_page(thread_id, form), 422


@bp.post("/threads/<int:thread_id>/lock")
@form_method
@open_to(members)
def lock(thread_id: int) -> ResponseReturnValue:
    form = LockForm()
    try:
        with errors_on(form):
            thread = locking.lock(actor(), thread_id, reason=form.reason.data or "")
            flash(_("This thread is closed. Everybody who could read it still can."), "ok")
            return redirect(links.to_thread(thread), 303)
    except Conflict as error:
        return _as_it_was(thread_id, error)
    return _page(thread_page.page(actor(), thread_id), not_closed=form.reason), 422


@lock.delete
@open_to(members)
def reopen(thread_id: int) -> ResponseReturnValue:
    try:
        thread = locking.reopen(actor(), thread_id)
    except Conflict as error:
        return _as_it_was(thread_id, error)
    flash(_("You can reply in this thread again."), "ok")
    return redirect(links.to_thread(thread), 303)


def _as_it_was(thread_id: int, error: Conflict) -> ResponseReturnValue:
    """Somebody did it already, or it was done on another page: the thread says so, with the reason to copy."""
    transactions.only_look()
    flash(error.reason, "ok")
    return _page(thread_page.page(actor(), thread_id), unsent=unsent_forms.request_fields()), 409


def _last_page(thread_id: int, form: ReplyForm, preview: str | None = None) -> str:
    """The page that an answer to the form of a reply stands on: it marks nothing as read."""
    transactions.only_look()
    last = thread_page.page(viewer(), thread_id)
    require(last.may_reply)
    last = last if last.pages == 1 else thread_page.page(viewer(), thread_id, last.pages)
    return _page(last, form, preview)


def _previewed(thread_id: int, form: ReplyForm) -> ResponseReturnValue:
    transactions.only_look()
    html, status = previews.of(form)
    return _last_page(thread_id, form, html), status


def _page(
    thread: thread_views.ThreadPage,
    form: ReplyForm | None = None,
    preview: str | None = None,
    not_closed: Field | None = None,
    unsent: Sequence[submitted_fields.Field] = (),
) -> str:
    who = viewer()
    # Whoever goes on writing is led to the form, past posts that stay new.
    opens_draft = "draft" in request.args
    if who and form is None and not opens_draft and thread.posts:
        first, last = thread.posts[0].number, thread.last_shown
        if last > thread.read_number:
            transactions.afterwards(lambda: read_marks.mark_read(who, thread.id, first=first, last=last))
        if thread.has_notices:
            transactions.afterwards(lambda: unread_notices.read_thread(who, thread.id, last=last))
    slot = draft_slots.slot(REPLY, thread.id, begun=thread.has_draft) if who else None
    if form is None and slot and thread.may_reply:
        form = answering.form_of(slot)
    return render_template(
        "threads/show.html",
        thread=thread,
        form=form,
        **answering.drawn(thread, form),
        answer_at=answering.addresses(thread),
        slot=slot,
        left=draft_slots.left(EDIT, SUMMARY),
        rules=acceptance.due(who, thread.space_id) if thread.must_accept and thread.may_reply else None,
        acts_to_undo=_acts_to_undo(thread),
        preview=preview,
        **waiting_posts.of_thread(thread),
        not_closed=not_closed,
        unsent=unsent,
        blank=_blank_form,
        **under_story.of(who, thread),
        lessons=of_thread.lessons_of_thread(who, thread.id) if thread.has_lessons else [],
        audience=_readers(thread),
        readers=written_for.readers_of(thread),
        audiences=_other_audiences(thread),
        addresses=[links.to_page(thread, number) for number in range(1, thread.pages + 1)],
        tag_urls={
            tag.name: url_for("spaces.show", slug=thread.space_slug, tag=tag.slug) for tag in thread.tags
        },
    )


def _acts_to_undo(thread: thread_views.ThreadPage) -> list[OpenAct]:
    """What the reader can still undo; whoever may not write there now puts no post back."""
    who = viewer()
    if who is None or not thread.has_acts:
        return []
    acts, stays_gone = undoable.open_acts(who, thread_id=thread.id), refusal_unseen(who, thread.space_id)
    return [act for act in acts if act.kind != UndoKind.TAKE_BACK or not stays_gone]


def _readers(thread: thread_views.ThreadPage) -> audiences.AudienceOption | None:
    """Who would read a reply, for who may write one."""
    if not thread.may_reply:
        return None
    return audiences.option(thread.space_id, thread.space_name, Audience(thread.audience))


def _blank_form() -> ReplyForm:
    return ReplyForm(formdata=None)


def _other_audiences(thread: thread_views.ThreadPage) -> list[Audience]:
    """The audiences that this reader may choose; for more readers a moderator asks the authors first."""
    who, rank = viewer(), Audience(thread.audience).rank
    if who is None or not (thread.moderates or thread.author_id == who.id):
        return []
    only_author = thread.author_id == who.id and thread.alone
    may_widen = (only_author and not refusal_unseen(who, thread.space_id)) or (
        thread.moderates and not (thread.hidden or thread.withdrawn)
    )
    return [
        level
        for level in Audience
        if (level.rank < rank and (thread.moderates or only_author))
        or (not thread.archived_at and rank < level.rank <= thread.widest_audience.rank and may_widen)
    ]
