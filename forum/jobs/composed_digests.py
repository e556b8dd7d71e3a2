"""Digests that are claimed together are composed together, some at a time, just before the first of them is sent."""

import time
from collections.abc import Sequence

from sqlalchemy import inspect, select

from forum.domain.digests import digests
from forum.domain.digests.composing import Composer
from forum.infra.db import db
from forum.jobs import recipients
from forum.jobs.letters import Composed
from forum.models.mail import OutgoingMail
from forum.models.subscriptions import Digest, DigestState

TOGETHER = 50  # what it costs to ask for one and for that many is nearly the same
KEPT = 5.0  # seconds: what its members may read is asked again after that


class ComposedDigests:
    """What makes the letters of the digests that a lane has claimed."""

    def __init__(self) -> None:
        """Nothing is composed yet."""
        self._composer = Composer()
        self._made: dict[int, Composed] = {}
        self._asked: set[int] = set()
        self._until = 0.0

    def maker(self, mail: OutgoingMail, following: Sequence[OutgoingMail]) -> Composed | None:
        """Return what makes the letter of a mail, composed with those that follow; None where it is to be looked at
        alone: no digest, or one with a reason not to be sent.
        """
        mail_id = _id_of(mail)
        if mail_id not in self._asked or time.monotonic() > self._until:
            if mail.kind != "digest":
                return None
            self._compose([mail, *(one for one in following if one.kind == "digest")][:TOGETHER])
        return self._made.pop(mail_id, None)

    def _compose(self, mails: Sequence[OutgoingMail]) -> None:
        self._until = time.monotonic() + KEPT
        self._asked = {_id_of(mail) for mail in mails}
        found = recipients.of_digests(self._asked)
        mail_ids = {mail.payload["digest_id"]: mail.id for mail, _ in found.values()}
        rows = db.session.scalars(
            select(Digest)
            .where(Digest.id.in_(mail_ids), Digest.state == DigestState.QUEUED)
            .order_by(Digest.ends_at)
            .execution_options(populate_existing=True)
        ).all()
        makes = digests.compose_many(rows, self._composer)
        self._made = {mail_ids[key]: Composed(make, *found[mail_ids[key]]) for key, make in makes.items()}


def _id_of(mail: OutgoingMail) -> int:
    """The id, without a look at the row: after each letter the session would read it anew."""
    identity = inspect(mail).identity
    return mail.id if identity is None else int(identity[0])
