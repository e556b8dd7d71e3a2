"""Reasons of lines in the log: sealed by a digest in the line, kept in words beside it, and erased with their salt."""

import hashlib
import json
import secrets

from sqlalchemy import and_, or_, select, update

from forum.domain.audit.kinds import EXPLAINED
from forum.infra.db import db
from forum.infra.rows import update_rows
from forum.models.moderation import ActionReason, ModerationAction
from forum.models.threads import Post, Thread


def digest_of(words: str, salt: str) -> str:
    """Return SHA-256 (hexadecimal) over the words and their salt as JSON with sorted keys and no spaces, in UTF-8."""
    text = json.dumps(
        {"reason": words, "salt": salt}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def new_salt() -> str:
    """Return random characters, so that nobody can try out whether a digest is of some words."""
    return secrets.token_hex(ActionReason.SALT_BYTES)


def keep(action_id: int, words: str, salt: str) -> None:
    """Store the reason of a line that holds its digest (system verb)."""
    db.session.add(ActionReason(action_id=action_id, words=words, salt=salt))
    db.session.flush()


def erase(member_id: int) -> None:
    """Empty the reasons that a member gave, and those about them, their posts and threads: their account is erased.

    The lines stay, and so do the digests, of which nobody can find the words again.
    """
    own_posts = select(Post.id).where(Post.author_id == member_id)
    own_threads = select(Thread.id).where(Thread.author_id == member_id)
    # What is said of a whole thread to whoever began it: its line names no post, and nobody.
    of_threads = and_(
        ModerationAction.post_id.is_(None),
        ModerationAction.subject_id.is_(None),
        ModerationAction.action.in_(EXPLAINED),
        ModerationAction.thread_id.in_(own_threads),
    )
    lines = select(ModerationAction.id).where(
        or_(
            ModerationAction.actor_id == member_id,
            ModerationAction.subject_id == member_id,
            ModerationAction.post_id.in_(own_posts),
            of_threads,
        )
    )
    given = update(ActionReason).where(ActionReason.action_id.in_(lines), ActionReason.words != "")
    update_rows(given.values(words="", salt=""))
