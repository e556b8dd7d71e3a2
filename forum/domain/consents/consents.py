"""What authors answered about their own words, and what follows for the lessons that quote them."""

from datetime import datetime

from sqlalchemy import select

from forum.domain.lessons import rights, weakened
from forum.infra import text, tokens
from forum.infra.db import db
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from forum.models.threads import Post
from forum.policy.errors import NotFound


def record_answer(
    lesson_id: int,
    post_id: int,
    *,
    words: str,
    masking: Masking,
    city_shown: bool,
    shown_as: str,
    audience: Audience,
    agreed: bool | None,
    note: str,
    at: datetime,
) -> Consent:
    """Store an author's answer for whatever claim (system verb), replacing an earlier one; NotFound."""
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFound
    digest = tokens.digest(words)
    same = select(Consent).where(
        Consent.lesson_id == lesson_id,
        Consent.post_id == post_id,
        Consent.sha256 == digest,
        Consent.audience == audience,
        Consent.claim_text.is_(None),  # what was asked in a round is about its claim
    )
    row = db.session.scalars(same).one_or_none()
    if row is None:
        row = Consent(
            lesson_id=lesson_id,
            post_id=post_id,
            author_id=post.author_id,
            words=words,
            sha256=digest,
            audience=audience,
            asked_at=at,
        )
        db.session.add(row)
    row.masking, row.city_shown, row.shown_as = masking, city_shown, text.one_line(shown_as)[:120]
    row.agreed, row.note = agreed, note
    row.answered_at = at if agreed is not None else None
    db.session.flush()
    lesson = db.session.get_one(Lesson, lesson_id)
    rights.name_cities(lesson)
    weakened.look([lesson])
    return row
