"""What waits for a moderator in the closed city, also under a thread for everybody, and the words watched for there."""

import uuid
from datetime import timedelta

from forum.domain.held_posts import choosing, deciding, pointing, sending, watching
from forum.domain.held_posts.choosing import Choice
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.held import HeldPost, Watch
from forum.models.spaces import Audience, Space
from forum.models.themes import Need
from forum.models.threads import Post, PostRevision, Thread
from tests.factories import actor

WAITS = "zwartwachtmerk"
REFUSED, WHY = "zwartgeweigerdmerk", "zwarteweigerredenmerk"
WATCHED = "zwartletopmerk"
MARKERS = (WAITS, REFUSED, WHY, WATCHED)


def live(insider: Member, moderator: Member, closed: Space, open_thread: Thread) -> None:
    """Let a reply and a story of the insider wait, one be refused, and one post be pointed out."""
    tomorrow = days.today() + timedelta(days=1)
    choosing.choose(actor(moderator), closed.id, Choice(everybody_until=tomorrow))
    _reply(insider, open_thread, f"Not yet {WAITS}")
    sending.start(
        actor(insider), closed.id, title=f"Nor this {WAITS}", body=WAITS, need=Need.FACTS, axis=None,
        audience=Audience.PUBLIC, tags=(WAITS,), idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip
    refused = _reply(insider, open_thread, f"Never {REFUSED}")
    deciding.refuse(actor(moderator), refused.id, seen=1, reason=f"It names {WHY}")
    choosing.choose(actor(moderator), closed.id, Choice())
    watching.add(actor(moderator), closed.id, word=WATCHED, watch=Watch.POINT_OUT)
    own = (Post.author_id == insider.id, Post.hidden_at.is_(None), Post.number == 1)
    said = db.select(Post.id, PostRevision.plain).join(PostRevision, PostRevision.post_id == Post.id)
    post_id, plain = db.session.execute(said.where(*own).order_by(Post.id)).first()
    word = next(each for each in plain.split() if each.isalpha() and len(each) > 3)
    watching.add(actor(moderator), closed.id, word=word, watch=Watch.POINT_OUT)
    pointing.look(post_id, is_change=True)


def _reply(insider: Member, thread: Thread, body: str) -> HeldPost:
    held = sending.reply(actor(insider), thread.id, body=body, idempotency_key=str(uuid.uuid4()))
    assert isinstance(held, HeldPost)
    return held
