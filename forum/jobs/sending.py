"""Mail from the outbox to the mail server: claimed, made, sent and committed one by one over one connection."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app

from forum.domain.digests import digests
from forum.domain.digests.letter import DigestLetter
from forum.domain.mailing import mail_queue
from forum.infra.db import db, reading
from forum.infra.failpoints import failpoint
from forum.infra.mailer import Permanent, Temporary, open_mailer
from forum.jobs import heartbeat, letter_kinds, letters
from forum.models.mail import MailState, OutgoingMail
from forum.models.subscriptions import Digest

log = logging.getLogger(__name__)
LOST_IN_A_ROW = 2  # then the server is away: stop, and let the next round try


def send_due() -> int:
    """Send what is due, direct mail before bulk; returns how many were settled, 0 when the server is away."""
    with reading():
        due = mail_queue.anything_due()
        db.session.commit()
    if not due:
        return 0
    with open_mailer(current_app.config["SMTP_URL"]) as mailer:
        return _send_all(mailer)


def _send_all(mailer: Any) -> int:
    settled = lost = 0
    while lost < LOST_IN_A_ROW:
        heartbeat.touch()
        mail = mail_queue.claim_next()
        db.session.commit()
        if mail is None:
            break
        failpoint("mail.claimed")
        lost = lost + 1 if _deliver(mailer, mail) else 0
        settled += 1
    # An unreachable server is no reason to come straight back.
    return 0 if lost == LOST_IN_A_ROW else settled


def _deliver(mailer: Any, mail: OutgoingMail) -> bool:
    """Make and send one letter and commit what came of it; True when the connection was lost over it."""
    claim = _Claim(mail)
    try:
        letter = _make(mail)
        failpoint("mail.made")
        mailer.send(letter.message)
        failpoint("mail.sent")
        claim.settle(mail_queue.mark_sent, digest=letter.digest)
    except letter_kinds.NothingToSend as obsolete:
        claim.settle(mail_queue.mark_cancelled, obsolete.reason)
    except Permanent as refused:
        claim.settle(mail_queue.mark_failed, refused.reason)
    except Temporary as busy:
        claim.settle(mail_queue.schedule_retry, busy.reason, unreachable=busy.connection_lost)
        return busy.connection_lost
    except Exception as broken:
        log.exception("mail %s (%s) could not be made", claim.id, claim.kind)
        # Only the name of the error is kept: its message could carry somebody's words.
        claim.settle(mail_queue.mark_render_failed, type(broken).__name__)
    return False


def _make(mail: OutgoingMail) -> letters.Letter:
    """The letter; the database is let go before the mail server is talked to, which may take half a minute."""
    with reading():
        try:
            return letters.letter_for(mail)
        finally:
            db.session.rollback()


class _Claim:
    """One mail in this worker's hands, until it is settled in one commit with what hangs on it."""

    def __init__(self, mail: OutgoingMail) -> None:
        self.mail = mail
        self.id: int = mail.id
        self.kind: str = mail.kind
        self.claimed_at: datetime | None = mail.claimed_at

    def settle(
        self, note: Callable[..., None], *words: str, digest: DigestLetter | None = None, **how: Any
    ) -> None:
        """Write down what came of it, unless the claim lapsed and another worker has it now."""
        db.session.rollback()
        if mail_queue.still_claimed(self.mail, self.claimed_at):
            note(self.mail, *words, **how)
            if self.kind == "digest":
                _note_on_digest(self.mail, digest)
        db.session.commit()
        db.session.expire_all()


def _note_on_digest(mail: OutgoingMail, letter: DigestLetter | None) -> None:
    digest = db.session.get(Digest, mail.payload["digest_id"])
    if digest is None:
        return
    if mail.state == MailState.SENT and letter is not None:
        digests.mark_sent(digest, letter)
    elif mail.state == MailState.CANCELLED:
        digests.mark_skipped(digest, mail.reason)
    elif mail.state == MailState.FAILED:
        digests.mark_failed(digest, mail.reason)
