"""Pages about words that were left out, for the author of the post, and for who decides on an objection to it."""

import uuid
from datetime import timedelta

from forum.domain.house_rules import grounds
from forum.domain.moderation import leaving_out, leaving_out_objections
from forum.domain.threads import threads
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.sealing import Sealing
from forum.models.spaces import Audience, Membership, Role, Space
from forum.models.threads import Thread
from tests.factories import actor

SAID = "Dat zei de ploegbaas van dinsdag ook."


def pages(sofie: Member, space: Space) -> list[str]:
    """Leave words out of a post of hers, and out of one of somebody else by another moderator of her space."""
    thread = db.session.scalars(db.select(Thread).where(Thread.audience != Audience.SPACE)).first()
    elsewhere = _shorten(sofie, thread, _moderator(thread.space_id))
    own = db.session.scalars(db.select(Thread).where(Thread.space_id == space.id)).first()
    hasan, tine = (
        db.session.scalars(db.select(Member).where(Member.handle == name)).one() for name in ("hasan", "tine")
    )
    role = db.session.scalars(
        db.select(Membership).where(Membership.member_id == tine.id, Membership.space_id == space.id)
    ).one()
    role.role = Role.MODERATOR
    db.session.commit()
    here = _shorten(hasan, own, tine)
    role.role = Role.MEMBER
    leaving_out_objections.make(actor(hasan), here.id, words="Daar herken je niemand aan.")
    db.session.commit()
    return [
        f"/posts/{elsewhere.post_id}/rewordings",
        f"/left-out/{elsewhere.id}/objection",
        f"/left-out/{here.id}/objection/decision",
    ]


def _moderator(space_id: int) -> Member:
    query = db.select(Member).join(Membership, Membership.member_id == Member.id)
    where = (Membership.space_id == space_id, Membership.role == Role.MODERATOR, Member.handle != "sofie")
    return db.session.scalars(query.where(*where)).first()


def _shorten(author: Member, thread: Thread, moderator: Member) -> Sealing:
    post = threads.reply(actor(author), thread.id, body=SAID, idempotency_key=str(uuid.uuid4()))
    rule = next((value for value, _name in grounds.choices(thread.space_id)), "")
    with clock.at(clock.now() - timedelta(hours=1)):
        words, reason = "ploegbaas van dinsdag", "Zo weet men wie het is."
        leaving_out.leave_out(actor(moderator), post.id, words=words, reason=reason, rule=rule)
    return db.session.scalars(db.select(Sealing).where(Sealing.post_id == post.id)).one()
