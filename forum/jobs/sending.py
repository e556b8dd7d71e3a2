"""Sending the mail queue: each mail is claimed, composed, sent and committed by itself, over one connection."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app

from forum.domain.digests import digests
from forum.domain.digests.letter import DigestLetter
from forum.domain.mailing import mail_queue
from forum.infra.connections import reading
from forum.infra.db import db
from forum.infra.failpoints import failpoint
from forum.infra.mailer import Permanent, Temporary, open_mailer
from forum.jobs import heartbeat, letter_kinds, letters
from forum.models.mail import MailState, OutgoingMail
from forum.models.subscriptions import Digest

log = logging.getLogger(__name__)
LOST_IN_A_ROW = 2  # lost connections after which the server counts as away


def send_due() -> int:
    """Send what is due, direct mail before bulk; return how many were finished, 0 when the server is away."""
    with reading():
        due = mail_queue.anything_due()
        db.session.commit()
    if not due:
        return 0
    with open_mailer(current_app.config["SMTP_URL"]) as mailer:
        return _send_all(mailer)


def _send_all(mailer: Any) -> int:
    finished = lost = 0
    while lost < LOST_IN_A_ROW:
        heartbeat.touch()
        mail = mail_queue.claim_next()
        db.session.commit()
        if mail is None:
            break
        failpoint("mail.claimed")
        lost = lost + 1 if _deliver(mailer, mail) else 0
        finished += 1
    # 0 for an unreachable server: the next round tries again, not this one.
    return 0 if lost == LOST_IN_A_ROW else finished


def _deliver(mailer: Any, mail: OutgoingMail) -> bool:
    """Compose and send one letter and commit the result; True when the connection was lost."""
    claim = _Claim(mail)
    try:
        letter = _make(mail)
        failpoint("mail.made")
        mailer.send(letter.message)
        failpoint("mail.sent")
        claim.finish(mail_queue.mark_sent, digest=letter.digest)
    except letter_kinds.NothingToSend as obsolete:
        claim.finish(mail_queue.mark_cancelled, obsolete.reason)
    except Permanent as refused:
        claim.finish(mail_queue.mark_failed, refused.reason)
    except Temporary as busy:
        claim.finish(mail_queue.schedule_retry, busy.reason, unreachable=busy.connection_lost)
        return busy.connection_lost
    except Exception as broken:
        log.exception("mail %s (%s) could not be made", claim.id, claim.kind)
        # Only the name of the error is stored: its message could quote what somebody wrote.
        claim.finish(mail_queue.mark_render_failed, type(broken).__name__)
    return False


def _make(mail: OutgoingMail) -> letters.Letter:
    """The letter; the database connection is returned before the mail server is used, which may take half a minute."""
    with reading():
        try:
            return letters.letter_for(mail)
        finally:
            db.session.rollback()


class _Claim:
    """One mail claimed by this worker, until its result is committed."""

    def __init__(self, mail: OutgoingMail) -> None:
        self.mail = mail
        self.id: int = mail.id
        self.kind: str = mail.kind
        self.claimed_at: datetime | None = mail.claimed_at

    def finish(
        self, mark: Callable[..., None], *reason: str, digest: DigestLetter | None = None, **options: Any
    ) -> None:
        """Commit the result, unless the claim lapsed and another worker has the mail now."""
        db.session.rollback()
        if mail_queue.still_claimed(self.mail, self.claimed_at):
            mark(self.mail, *reason, **options)
            if self.kind == "digest":
                _mark_digest(self.mail, digest)
        db.session.commit()
        db.session.expire_all()


def _mark_digest(mail: OutgoingMail, letter: DigestLetter | None) -> None:
    digest = db.session.get(Digest, mail.payload["digest_id"])
    if digest is None:
        return
    if mail.state == MailState.SENT and letter is not None:
        digests.mark_sent(digest, letter)
    elif mail.state == MailState.CANCELLED:
        digests.mark_skipped(digest, mail.reason)
    elif mail.state == MailState.FAILED:
        digests.mark_failed(digest, mail.reason)
