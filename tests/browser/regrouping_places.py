"""Pages before a thread gets another place or other readers, and the questions to its authors."""

from datetime import timedelta

from forum.domain.moderation import narrowing
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.regrouping import Agreement, AgreementRound
from forum.models.spaces import Audience, Role, Space
from forum.models.threads import Thread
from tests.factories import actor, join, make_post, make_space, make_thread

TITLE = "Wie houdt de sleutels bij?"


def pages(moderator: Member, space: Space) -> list[str]:
    """Ask the authors of one thread, and the moderator about another; return the pages of all that."""
    thread = db.session.scalars(db.select(Thread).where(Thread.title == TITLE)).first()
    if thread is None:
        author = db.session.scalars(db.select(Member).where(Member.handle == "yasmina")).one()
        thread = make_thread(space, author, title=TITLE, audience=Audience.SPACE)
        make_post(thread, moderator, "Bij ons aan de balie.")
        there = make_space("Aan tafel", slug="aan-tafel")
        join(moderator, there, Role.MODERATOR)
        # Els reads the map of knowledge on one sheet: what she may read besides would make it two.
        is_other = Member.id.not_in((moderator.id, author.id)) & (Member.handle != "els")
        others = db.select(Member.id).where(is_other).limit(30)
        for member in db.session.scalars(db.select(Member).where(Member.id.in_(others))):
            join(member, there, Role.GUEST)
        narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
        _ask(moderator, author, there)
        db.session.commit()
    asked = db.session.scalars(
        db.select(Agreement.id)
        .join(AgreementRound)
        .where(Agreement.author_id == moderator.id, AgreementRound.asked_by_id != moderator.id)
    ).one()
    at = f"/threads/{thread.id}"
    return [
        f"{at}/move",
        f"{at}/move?to=aan-tafel&audience=space",
        f"{at}/move?to=aan-tafel&audience=public",
        f"{at}/audience?audience=network",
        "/desk?kind=agreements",
        "/agreements",
        f"/agreements/{asked}",
    ]


def _ask(author: Member, asker: Member, there: Space) -> None:
    """A question to the moderator about words of their own."""
    own = make_thread(there, author, title="Wie opent er?", audience=Audience.SPACE)
    now = clock.now()
    asked = AgreementRound(
        thread_id=own.id,
        from_space_id=there.id,
        from_audience=Audience.SPACE,
        to_space_id=there.id,
        to_audience=Audience.PUBLIC,
        asked_by_id=asker.id,
        asked_at=now,
    )
    db.session.add(asked)
    db.session.flush()
    last_day = days.today() + timedelta(days=14)
    db.session.add(
        Agreement(
            id=4711,
            round_id=asked.id,
            author_id=author.id,
            digest="",
            asked_at=now,
            last_day=last_day,
            closes_at=days.end_of(last_day),
        )
    )
