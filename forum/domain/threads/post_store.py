"""Reading and writing posts: a thread is locked for who writes in it, and its counts stay equal to its posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, delete, false, func, select, update
from sqlalchemy.orm.attributes import set_committed_value

from forum.domain.lines import clean_line, within
from forum.domain.people import capacities
from forum.domain.threads import mentions, quotes
from forum.infra import rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import upsert
from forum.models.accounts import Capacity, Level
from forum.models.responses import ThreadResponse
from forum.models.summaries import SummaryVersion
from forum.models.threads import Post, PostRevision, Thread, ThreadCity
from forum.policy.actors import Actor
from forum.policy.errors import Invalid, NotFound
from forum.policy.visibility import get_visible, visible

MOST_RENDERINGS = "300 per hour"  # of texts to post, to look at first and to show again


def locked_thread(actor: Actor | None, thread_id: int) -> Thread:
    """Return a thread that the actor may see, locked until the end of this transaction; NotFound."""
    thread: Thread = get_visible(Thread, actor, thread_id, lock=True)
    return thread


def locked_post(actor: Actor | None, post_id: int) -> tuple[Thread, Post]:
    """Return a post that the actor may see and its thread, which is locked; NotFound."""
    while True:
        thread_id = db.session.scalar(visible(Post, actor, Post.thread_id).where(Post.id == post_id))
        if thread_id is None:
            raise NotFound
        try:
            thread = locked_thread(actor, thread_id)
        except NotFound:
            # A thread that was merged into another between the two shows no more, and its posts stand there.
            if db.session.scalar(select(Post.thread_id).where(Post.id == post_id)) == thread_id:
                raise
            continue
        post = db.session.scalars(
            select(Post).where(Post.id == post_id).execution_options(populate_existing=True)
        ).one()
        # Else it moved to another thread between the two, and nothing of it is locked yet.
        if post.thread_id == thread.id:
            set_committed_value(post, "thread", thread)
            return thread, post


def clean_title(title: str) -> str:
    """Return a title fit to be stored; Invalid at `title`."""
    return clean_line(title, field="title", limit=Thread.TITLE_MAX, missing=_("Choose a title."))


def render_body(actor: Actor, body: str) -> str:
    """Return the HTML of a text that somebody sent; Invalid at `body` when nothing is in it, or too much; TooOften.

    Verbs do this first of all: it is the dearest thing they do, and nobody should wait for it at a lock.
    """
    body = within(text.typed(body), field="body", limit=text.MAX_LENGTH)
    count_rendering(actor)
    html = text.render(body)
    if text.is_blank(text.plain(html)):
        raise Invalid("body", _missing(html))
    mentions.check(html)
    quotes.check(html)
    return html


def _missing(html: str) -> str:
    if text.marks(html):
        return _("Add some words of your own: a quote alone does not say what you think of it.")
    return _("Write something first.")


def count_rendering(actor: Actor) -> None:
    """Count one text that is rendered for a member; TooOften."""
    rates.spend("render", f"member:{actor.id}", limit=MOST_RENDERINGS)


def add_revision(post: Post, body: str, html: str, *, title: str, editor_id: int, at: datetime) -> None:
    """Add the text of a post as it is at this moment."""
    db.session.add(
        PostRevision(
            post_id=post.id,
            number=post.revision,
            body=text.typed(body),
            plain=text.plain(html),
            title=title,
            created_at=at,
            editor_id=editor_id,
        )
    )
    db.session.flush()


def begin_history_anew(thread: Thread) -> None:
    """Keep the earlier texts of a thread's posts from its readers: other people will read it than when they stood."""
    db.session.execute(update(Post).where(Post.thread_id == thread.id).values(history_from=Post.revision))


def latest_revision(post: Post) -> PostRevision:
    """Return the text of a post as it was last written."""
    return db.session.scalars(
        select(PostRevision).where(PostRevision.post_id == post.id, PostRevision.number == post.revision)
    ).one()


def others_wrote(thread: Thread) -> bool:
    """Return whether anybody but its author has a post in a thread, also one that is hidden or withdrawn."""
    others = select(Post.id).where(Post.thread_id == thread.id, Post.author_id != thread.author_id).limit(1)
    return db.session.scalar(others) is not None


def others_took_part(thread: Thread) -> bool:
    """Return whether anybody but its author wrote in a thread, responded to it or said where it stands.

    They did so for those who could read it then.
    """
    of_others = (
        select(kind.id).where(kind.thread_id == thread.id).limit(1)
        for kind in (ThreadResponse, SummaryVersion)
    )
    return others_wrote(thread) or any(db.session.scalar(query) is not None for query in of_others)


def has_hidden(thread: Thread) -> bool:
    """Return whether a post in a thread is hidden by a moderator."""
    hidden = select(Post.id).where(Post.thread_id == thread.id, Post.hidden_at.is_not(None)).limit(1)
    return db.session.scalar(hidden) is not None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a thread keeps of its posts, as they have it: `said_at` is when each city last said something."""

    post_count: int
    cities: list[str]
    answered_at: datetime | None
    said_at: dict[str, datetime]


def counts(author_id: int, groups: Iterable[Any]) -> Counts:
    """Return the counts of a thread by its author from the rows of STANDING for it."""
    groups = sorted(groups, key=lambda group: group.number)
    said_at: dict[str, datetime] = {}
    for group in groups:
        if group.city:
            said_at[group.city] = max(group.last_at, said_at.get(group.city, group.last_at))
    answered_at = min((group.at for group in groups if group.author_id != author_id), default=None)
    return Counts(sum(group.posts for group in groups), list(said_at), answered_at, said_at)


def recount(thread: Thread) -> None:
    """Make counts, cities and first answer of a thread equal to the posts that still stand; the thread is locked."""
    db.session.flush()
    found = counts(thread.author_id, db.session.execute(_OF_ONE, {"thread_id": thread.id}))
    before = thread.cities
    thread.post_count, thread.cities, thread.answered_at = found.post_count, found.cities, found.answered_at
    db.session.flush()
    _keep_cities(thread.id, found.said_at, gone=set(before) - set(found.cities))


def _keep_cities(thread_id: int, said_at: dict[str, datetime], *, gone: Iterable[str]) -> None:
    if gone:
        db.session.execute(
            delete(ThreadCity).where(ThreadCity.thread_id == thread_id, ThreadCity.city.in_(gone))
        )
    rows = [{"thread_id": thread_id, "city": city, "said_at": at} for city, at in said_at.items()]
    upsert(ThreadCity, rows, keys=("thread_id", "city"))


# The city for which a post was written, where the capacity of its author counts.
_CITY: Any = capacities.lit_city(Post.created_at).label("city")
STANDING = (
    select(
        Post.thread_id,
        Post.author_id,
        _CITY,
        func.count().label("posts"),
        func.min(Post.number).label("number"),
        func.min(Post.created_at).label("at"),
        func.max(Post.created_at).label("last_at"),
    )
    .outerjoin(Capacity, Capacity.id == Post.capacity_id)
    .where(Post.hidden_at.is_(None), Post.deleted_at.is_(None))
    .group_by(Post.thread_id, Post.author_id, _CITY)
)
# Whether somebody from the field told each thread, as its opening post has it, also one that does not stand.
TOLD_BY_FIELD = (
    select(Post.thread_id, func.coalesce(Capacity.level == Level.FIELD, false()).label("told_by_field"))
    .outerjoin(Capacity, Capacity.id == Post.capacity_id)
    .where(Post.number == 1)
)
# Built once: every post that is written runs it.
_OF_ONE = STANDING.where(Post.thread_id == bindparam("thread_id", type_=Integer))
