"""One page of a thread: the thread itself, twenty posts by number, and what the reader may do with each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select

from forum.domain.people.bylines import byline, held, speaker
from forum.domain.themes.tags import TagName
from forum.domain.threads import answers as reply_to
from forum.domain.threads import changes, moved, page_queries, quotes, unread_queries
from forum.domain.threads.lists import reply_count
from forum.domain.threads.numbering import PAGE_SIZE
from forum.domain.threads.views import Answered, PostView, ThreadPage
from forum.infra import clock, days, text
from forum.infra.columns import read_codes
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.infra.statements import select_rows
from forum.models.spaces import Role
from forum.models.threads import Post, PostRevision
from forum.policy.actions import (
    may_classify,
    may_delete,
    may_edit,
    may_hide,
    may_move,
    may_nominate,
    may_put_back,
    may_reply,
    may_respond,
    may_restore,
    may_summarise,
)
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.measures import refusal_unseen
from forum.policy.words import may_delete_post, may_retitle


def page(reader: Actor | None, thread_id: int, number: int = 1) -> ThreadPage:
    """Return one page of a thread; NotFound (two queries; more for hidden or moved posts and for changes)."""
    head = _head(reader, thread_id)
    pages = max(1, -(-head.last_number // PAGE_SIZE))
    if not 1 <= number <= pages:
        raise NotFound
    posts = _posts(reader, thread_id, PAGE_SIZE * (number - 1))
    moderates = reader is not None and reader.roles.get(head.space_id) == Role.MODERATOR
    thread = _thread(reader, head, number, pages, moderates)
    # They are about the opening post, and go out of sight with it.
    if head.has_changes and number == 1 and head.title and head.hidden_at is None:
        thread.changes = changes.of_thread(reader, head)
    if posts and posts[0].read_ahead is not None:
        thread.read_number = max(thread.read_number, posts[0].read_ahead)
    thread.must_accept = bool(head.must_accept)
    thread.may_nominate = bool(may_nominate(reader, head))
    thread.is_pinned, thread.archived_at = bool(head.is_pinned), head.archived_at
    thread.may_retitle = moderates and bool(may_retitle(reader, head))
    thread.is_nominated, thread.has_nominations = head.is_nominated, moderates and head.has_nominations
    # Where nobody else has posted there is hardly a second page; the verb asks for hidden posts on all of them.
    thread.may_move = thread.may_move and all(post.hidden_at is None for post in posts)
    thread.posts = _views(reader, head, posts, moderates, thread.read_number)
    if reader is not None and head.has_ahead:
        read = unread_queries.read_ahead(reader.id, thread_id)
        for post in thread.posts:
            post.is_new = post.is_new and post.number not in read
    if head.has_moved:
        before = PAGE_SIZE * (number - 1)
        thread.moved = moved.on_page(reader, thread_id, before, before + PAGE_SIZE)
    return thread


def _thread(reader: Actor | None, head: Any, number: int, pages: int, moderates: bool) -> ThreadPage:
    alone = not (head.others_wrote or head.has_responses or head.has_summary)
    return ThreadPage(
        id=head.id,
        slug=head.slug,
        title=head.title,
        need=head.need.value,
        axis=head.axis.value if head.axis else None,
        audience=head.audience.value,
        space_id=head.space_id,
        space_name=head.space_name,
        space_slug=head.space_slug,
        widest_audience=head.widest_audience,
        cities=read_codes(head.cities),
        reply_count=reply_count(head),
        locked=head.locked_at is not None,
        hidden=head.hidden_at is not None,
        withdrawn=head.withdrawn_at is not None,
        new_count=head.new_count,
        first_unread=head.first_unread,
        read_number=head.read_number or 0,
        last_number=head.last_number,
        tags=_tags(head),
        has_lessons=head.has_lessons,
        has_responses=bool(head.has_responses and head.title) and head.hidden_at is None,
        has_acts=bool(head.has_acts),
        has_held=bool(head.has_held),
        has_summary=head.has_summary and head.hidden_at is None,
        number=number,
        pages=pages,
        author_id=head.author_id,
        alone=alone,
        moderates=moderates,
        may_reply=may_reply(reader, head),
        may_respond=may_respond(reader, head),
        may_summarise=may_summarise(reader, head, asked=bool(head.asked_to_summarise)),
        speaks_as=byline(reader.name, "", held(head), days.today(reader.timezone)) if reader else None,
        may_classify=bool(may_classify(reader, head)),
        may_move=bool(may_move(reader, head, others_wrote=not alone)) and not head.has_lessons,
        follow_level=head.follow_level if reader else None,
        space_level=head.space_level if reader else None,
        comes_at_once=bool(reader and head.comes_at_once),
        has_notices=reader is not None and bool(head.has_notices),
        has_draft=reader is not None and bool(head.has_draft),
    )


def _head(reader: Actor | None, thread_id: int) -> Any:
    values = {
        "reader_id": reader.id if reader else None,
        "thread_id": thread_id,
        "now": clock.now(),
        "today": days.today(reader.timezone if reader else None),
    }
    head = select_rows(page_queries.head(reader is not None), values).one_or_none()
    if head is None:
        raise NotFound
    return head


def _posts(reader: Actor | None, thread_id: int, before: int) -> Sequence[Any]:
    values = {
        "reader_id": reader.id if reader else None,
        "thread_id": thread_id,
        "first": before,
        "last": before + PAGE_SIZE,
    }
    return select_rows(page_queries.posts(reader is not None), values).all()


def _answered(reader: Actor | None, thread_id: int, posts: Sequence[Any]) -> dict[int | None, Answered]:
    """The posts that these answer, by their ids; a query for those that stand in another thread now, if any do."""
    here: dict[int | None, Answered] = {
        row.answers_id: Answered(thread_id, row.answers_number, row.answers_name)
        for row in posts
        if row.answers_number is not None
    }
    gone = {row.answers_id for row in posts if row.answers_id is not None} - set(here)
    return {**here, **reply_to.elsewhere(reader, gone)} if gone else here


def _views(
    reader: Actor | None, head: Any, posts: Sequence[Any], moderates: bool, read: int
) -> list[PostView]:
    today = days.today()
    html = quotes.draw(_html(reader, posts, moderates))
    answered = _answered(reader, head.id, posts)
    since = head.read_moment
    stays_gone = reader is not None and bool(refusal_unseen(reader, head.space_id))
    views = []
    for row in posts:
        view = PostView(
            row.id,
            row.number,
            speaker(row, today, said_at=row.created_at, found=bool(row.author_found)),
            row.kind.value if row.kind else None,
            row.created_at,
            html.get(row.id, ""),
            row.edited_at is not None,
            row.edited_at,
            revision=row.revision,
            heading=row.heading if row.deleted_at is None and row.html else "",
            answers=answered.get(row.answers_id),
        )
        is_own = reader is not None and row.author_id == reader.id
        if row.deleted_at is not None:
            view.state = "deleted"
        elif row.hidden_at is not None:
            view.state = "hidden" if row.sealed_at is None else "sealed"
            view.reason = row.hidden_reason if is_own or moderates else ""
            view.is_own_hidden, view.has_objected = is_own, is_own and bool(row.has_objected)
        if reader is not None and reader.approved_at is not None:
            view.may_keep, view.is_kept = view.state == "shown", bool(row.is_kept)
        if is_own:
            view.may_edit = bool(may_edit(reader, row, head))
            view.may_delete = bool(may_delete(reader, row))
            view.may_put_back = bool(may_put_back(reader, row)) and not stays_gone
        elif since is not None:
            view.is_new = row.number > read and row.created_at > since and view.state == "shown"
        if moderates:
            view.may_hide = bool(may_hide(reader, row, head))
            view.may_delete_it = bool(may_delete_post(reader, row, head))
            view.may_restore = bool(may_restore(reader, row, head))
        views.append(view)
    return views


def _html(reader: Actor | None, posts: Sequence[Any], moderates: bool) -> dict[int, str]:
    """The HTML of the posts that this reader may read: hidden ones for their authors and the space's moderators."""
    html = {
        row.id: row.html for row in posts if row.html and row.deleted_at is None and row.hidden_at is None
    }
    hidden = [
        row.id
        for row in posts
        if row.hidden_at is not None
        and row.sealed_at is None
        and row.deleted_at is None
        and reader is not None
        and (moderates or row.author_id == reader.id)
    ]
    if not hidden:
        return html
    bodies = db.session.execute(
        select(PostRevision.post_id, PostRevision.body)
        .join(Post, and_(Post.id == PostRevision.post_id, Post.revision == PostRevision.number))
        .where(Post.id.in_(hidden))
    )
    return html | {row.post_id: text.render(row.body) for row in bodies}


def _tags(head: Any) -> list[TagName]:
    """The tags; they belong to the opening post and disappear with it."""
    if not head.tag_words or not head.title:
        return []
    pairs = [line.split("\t", 1) for line in head.tag_words.split("\n")]
    return sorted((TagName(name, slug) for slug, name in pairs), key=lambda tag: sort_key(tag.name))
