"""Pages about posts that wait, for who moderates their space and for their author."""

from datetime import timedelta

from forum.domain.held_posts import choosing, pointing, sending, watching
from forum.domain.held_posts.choosing import Choice
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.held import HeldPost, Watch
from forum.models.spaces import Space
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from tests.factories import actor


def pages(moderator: Actor, space: Space, thread: Thread) -> list[str]:
    """Let a reply wait in the space, and a post be pointed out; return the pages of its moderators."""
    if db.session.scalar(db.select(HeldPost.id)) is None:
        author = actor(db.session.scalars(db.select(Member).where(Member.handle == "yasmina")).one())
        choosing.choose(moderator, space.id, Choice(everybody_until=days.today() + timedelta(days=7)))
        sending.reply(author, thread.id, body="Zie https://voorbeeld.test/verslag", idempotency_key="wacht")
        # Others walk in this demo too, and what they write has to appear.
        choosing.choose(moderator, space.id, Choice())
        first = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
        for word in (thread.title.split()[0], "zwendel"):
            watching.add(moderator, space.id, word=word.strip(".,:;?!"), watch=Watch.POINT_OUT)
        pointing.look(first.id, is_change=True)
        db.session.commit()
    held = db.session.scalars(db.select(HeldPost.id)).first()
    at = f"/spaces/{space.slug}"
    return [
        f"{at}/moderation/held",
        f"{at}/moderation/held/{held}",
        f"{at}/holding",
        f"{at}/watched-words?sentence=Al+die+zwendels",
        "/waiting-posts",
    ]
