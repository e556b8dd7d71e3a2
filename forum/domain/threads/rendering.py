"""Posts rendered anew: those that an older renderer made, and one that is shown again.

Texts, plain texts and what lessons rest on stay as they are.
"""

from typing import NamedTuple

from sqlalchemy import select, update

from forum.domain.threads import mentions, post_store, quotes
from forum.infra import text
from forum.infra.db import db
from forum.infra.rows import claim
from forum.models.threads import Post, PostRevision
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible


class Rendered(NamedTuple):
    """A post of which the HTML is to be replaced: what was read, and what was made of it (None: it shows nothing)."""

    post_id: int
    revision: int
    html: str | None


def outdated(after: int, most: int) -> list[Rendered]:
    """Return the next `most` posts after an id that an older renderer made, rendered anew; nothing is written."""
    query = (
        select(Post.id, Post.revision, Post.deleted_at, Post.hidden_at, PostRevision.body)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.id > after, Post.render_version < text.RENDER_VERSION)
        .order_by(Post.id)
        .limit(most)
    )
    return [
        Rendered(row.id, row.revision, None if row.deleted_at or row.hidden_at else text.render(row.body))
        for row in db.session.execute(query)
    ]


def replace(posts: list[Rendered]) -> int:
    """Write the HTML of these posts, unless somebody changed, hid or withdrew one meanwhile; return how many."""
    return sum(_replace(post) for post in posts)


def again(actor: Actor, post_id: int) -> Rendered:
    """Return a hidden or withdrawn post as it would be shown again: made first, so that nobody waits for it at a lock.

    Nothing is written. NotFound, TooOften.
    """
    return of(actor, get_visible(Post, actor, post_id))


def of(actor: Actor, post: Post, *, body: str | None = None) -> Rendered:
    """Return the same of a post of which it is known that the actor may show it again; `body`: its text, if read.

    TooOften.
    """
    post_store.count_rendering(actor)
    if body is None:
        body = post_store.latest_revision(post).body
    return Rendered(post.id, post.revision, text.render(body))


def show_again(actor: Actor, post: Post, rendered: Rendered | None) -> None:
    """Give a post that was hidden or withdrawn its HTML again: that of `again`, where it is still of this revision."""
    if rendered is None or rendered[:2] != (post.id, post.revision):
        rendered = of(actor, post)
    post.html, post.render_version = rendered.html or "", text.RENDER_VERSION
    mentions.write(post, post.html)
    quotes.write(post, post.html)


def _replace(post: Rendered) -> bool:
    shown = Post.deleted_at.is_(None) & Post.hidden_at.is_(None)
    statement = update(Post).where(Post.id == post.post_id, Post.revision == post.revision)
    statement = statement.where(Post.render_version < text.RENDER_VERSION)
    if post.html is None:  # a hidden or withdrawn post has no HTML, and gets none back
        statement = statement.where(~shown).values(render_version=text.RENDER_VERSION)
    else:
        statement = statement.where(shown).values(html=post.html, render_version=text.RENDER_VERSION)
    if not claim(statement):
        return False
    if post.html and (text.handles(post.html) or text.marks(post.html)):
        row = db.session.get_one(Post, post.post_id, populate_existing=True)
        mentions.write(row, post.html)
        quotes.write(row, post.html)
    return True
