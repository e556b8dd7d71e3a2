"""Mentions in a text that is being written: whom it would mention, and who is suggested for a handle half typed."""

from dataclasses import dataclass

from sqlalchemy import Select, or_, select

from forum.domain.people import capacities
from forum.domain.people.bylines import Byline, byline
from forum.domain.threads import mentions, posts, quotes
from forum.infra import rates
from forum.infra.db import db
from forum.infra.sort_keys import sort_key
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space
from forum.models.threads import Thread
from forum.policy.actions import may_edit, may_reply, may_start
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.known import known
from forum.policy.visibility import audience, audience_within, get_visible

MOST, MOST_CALLED = 6, 200  # suggested at once, and looked at for it
IN_ORDER = (Member.sort_key, Member.id)
MOST_ASKED = "240 per 10 minutes"


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
    """Return who may read there, of those whom the actor knows of, with a name or handle that begins so; TooOften.

    Nobody where the actor may not write.
    """
    rates.spend("suggest", f"member:{actor.id}", limit=MOST_ASKED)
    handle, words = typed.lower(), sort_key(typed).split("\t")[0]
    readers = _readers(actor, destination)
    if readers is None or not words:
        return []
    called = or_(
        Member.sort_key.startswith(words, autoescape=True),
        Member.sort_key.contains(f" {words}", autoescape=True),
        Member.handle.startswith(handle, autoescape=True),
    )
    # The rule of who may read is the dearest to ask: of very many who are called so, only for the first.
    called_so = select(Member.id).where(called, Member.id != actor.id, known(actor))
    ids = db.session.scalars(called_so.order_by(*IN_ORDER).limit(MOST_CALLED)).all()
    query = readers.with_only_columns(Member.id, Member.name, Member.handle).where(Member.id.in_(ids))
    rows = db.session.execute(query.order_by(*IN_ORDER).limit(MOST)).all()
    held = capacities.current_of([row.id for row in rows])
    return [byline(row.name, row.handle, held.get(row.id)) for row in rows]


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
