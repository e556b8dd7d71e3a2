"""Mentions in a text that is being written: whom it would mention, and who is suggested for a handle half typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, or_, select

from forum.domain.people import capacities, found_by
from forum.domain.people.bylines import Byline, byline
from forum.domain.threads import mentions, posts, quotes
from forum.infra import rates
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.models.accounts import Member
from forum.models.profiles import MemberWord, WordSource
from forum.models.spaces import Audience, Membership, Space
from forum.models.threads import Post, Thread
from forum.policy.actions import may_edit, may_reply, may_start
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values
from forum.policy.standing import belonging
from forum.policy.visibility import audience, audience_within, get_visible

MOST = 8  # suggested at once
# Looked at for it: writers of a thread, members of a space, names and words of names in the network.
MOST_WRITERS, MOST_NEAR, MOST_CALLED = 500, 2_000, 200
IN_ORDER = (Member.sort_key, Member.id)
MOST_ASKED = "240 per 10 minutes"
_READER: Any = reader_param(signed_in=True)


@dataclass(frozen=True, slots=True)
class InThread:
    """A reply in a thread."""

    thread_id: int


@dataclass(frozen=True, slots=True)
class InPost:
    """A change of a post."""

    post_id: int


@dataclass(frozen=True, slots=True)
class InSpace:
    """A new thread for an audience of a space."""

    space_id: int
    audience: Audience


Destination = InThread | InPost | InSpace


def drawn(actor: Actor, html: str, destination: Destination | None) -> object:
    """Return the HTML of a post with this destination, as its readers would get it (None: without names and quotes)."""
    readers = _readers(actor, destination)
    names = mentions.preview(actor, html, readers)
    return quotes.preview(_thread_id(actor, destination) if readers is not None else None, html, names)


def suggest(actor: Actor, typed: str, destination: Destination | None) -> list[Byline]:
    """Return who may read there, of those whom the actor finds, with a name or handle that begins so; TooOften.

    Nobody where the actor may not write. Who writes in the thread comes first; then, for who belongs to its space, who
    does too.
    """
    rates.spend("suggest", f"member:{actor.id}", limit=MOST_ASKED)
    typed = typed[: Member.NAME_MAX].lower()
    words = sort_key(typed).split("\t")[0]
    readers = _readers(actor, destination)
    if readers is None or not words:
        return []
    near = _near(actor, destination)
    # The rule of who may read is the dearest to ask: of very many who are called so, only for the first.
    called_so = select(_called_near(near, words, typed).subquery().c.id).union(*_called_far(words))
    here = case(*((Member.id.in_(ids), rank) for rank, ids in enumerate(near)), else_=len(near))
    query = (
        readers.with_only_columns(Member.id, Member.name, Member.handle)
        .where(Member.id.in_(called_so), Member.id != actor.id, finds(_READER.id))
        .order_by(here, Member.sort_key, Member.id)
        .limit(MOST)
    )
    rows = db.session.execute(query, reader_values(actor)).all()
    held = capacities.current_of([row.id for row in rows]) if rows else {}
    return [byline(row.name, row.handle, held.get(row.id)) for row in rows]


def _near(actor: Actor, destination: Destination | None) -> list[Select[Any]]:
    """Select the ids of who wrote in the thread lately, and of who belongs to the space: so many at most.

    Who does not belong to the space must not learn from the order, or by a handle, who does.
    """
    thread_id = _thread_id(actor, destination)
    space_id = destination.space_id if isinstance(destination, InSpace) else _space_of(thread_id)
    posts_there = select(Post.author_id).where(
        Post.thread_id == thread_id, Post.hidden_at.is_(None), Post.deleted_at.is_(None)
    )
    writers = posts_there.order_by(Post.number.desc()).limit(MOST_WRITERS).subquery()
    roles = select(Membership.member_id).where(
        Membership.space_id == space_id, Membership.space_id.in_(actor.roles), belonging(Membership)
    )
    members = roles.order_by(Membership.since_at.desc(), Membership.id.desc()).limit(MOST_NEAR).subquery()
    return [select(writers.c.author_id), select(members.c.member_id)]


def _space_of(thread_id: int | None) -> Any:
    return select(Thread.space_id).where(Thread.id == thread_id).scalar_subquery()


def _called_near(near: Sequence[Select[Any]], words: str, handle: str) -> Select[Any]:
    """Select who of these few has a name with a word that begins so, or such a handle."""
    called = or_(
        Member.sort_key.startswith(words, autoescape=True),
        Member.sort_key.contains(f" {words}", autoescape=True),
        Member.handle.startswith(handle, autoescape=True),
    )
    return select(Member.id).where(or_(*(Member.id.in_(ids) for ids in near)), called)


def _called_far(words: str) -> list[Select[Any]]:
    """Select the first in the network whose name begins so, and whose name has a word that does: both from an index."""
    end = words + found_by.LAST
    names = select(Member.id, Member.sort_key).where(Member.sort_key >= words, Member.sort_key <= end)
    first = names.order_by(*IN_ORDER).limit(MOST_CALLED).subquery()
    # Of names alone, so that nobody is lost behind many functions that begin alike.
    said = select(MemberWord.member_id).where(
        MemberWord.source == WordSource.NAME, found_by.begins(MemberWord, words, end)
    )
    spoken = said.order_by(MemberWord.word, MemberWord.member_id).limit(MOST_CALLED).subquery()
    return [select(first.c.id), select(spoken.c.member_id)]


def _readers(actor: Actor, destination: Destination | None) -> Select[Member] | None:
    """Select the members who will read what the actor writes there; None where they may not write."""
    try:
        match destination:
            case InThread(thread_id):
                thread: Thread = get_visible(Thread, actor, thread_id)
                return audience(thread) if may_reply(actor, thread) else None
            case InPost(post_id):
                thread, post = posts.place(actor, post_id)
                return audience(thread) if may_edit(actor, post, thread) else None
            case InSpace(space_id, level):
                space: Space = get_visible(Space, actor, space_id)
                is_allowed = may_start(actor, space) and level.rank <= space.widest_audience.rank
                return audience_within(space.id, level) if is_allowed else None
    except NotFound:
        pass
    return None


def _thread_id(actor: Actor, destination: Destination | None) -> int | None:
    """The thread in which something is written; None for a new one. To be asked where the actor may write."""
    if isinstance(destination, InPost):
        return posts.place(actor, destination.post_id)[0].id
    return destination.thread_id if isinstance(destination, InThread) else None
