"""What follows from what became of a mail: the window of a digest is marked, and who runs the forum is told."""

import logging

from forum.domain.digests import digests
from forum.domain.digests.letter import DigestLetter
from forum.infra import failures
from forum.infra.db import db
from forum.models.mail import MailState, OutgoingMail
from forum.models.subscriptions import Digest

log = logging.getLogger(__name__)


def after(mail: OutgoingMail, letter: DigestLetter | None = None) -> None:
    """Mark the digest of a mail that was marked itself (`letter`: what was sent), and log what a person must see.

    Whatever breaks here is logged: the mail stays as it was marked, or it would go out again. Only when the database
    fails, nothing of either may be kept, and the error is raised.
    """
    if mail.state in {MailState.FAILED, MailState.UNCERTAIN}:
        log.warning("mail %s (%s, %s) is %s: %s", mail.id, mail.kind, mail.lane, mail.state, mail.reason)
    elif mail.state == MailState.QUEUED and mail.reason:
        log.warning("mail %s (%s, %s) is tried again: %s", mail.id, mail.kind, mail.lane, mail.reason)
    if mail.kind != "digest":
        return
    try:
        with db.session.begin_nested():
            _mark_digest(mail, letter)
    except Exception as error:
        if failures.of(error) is not None or not db.session.is_active:
            raise
        log.exception("the digest of mail %s could not be marked", mail.id)


def _mark_digest(mail: OutgoingMail, letter: DigestLetter | None) -> None:
    digest = db.session.get(Digest, mail.payload["digest_id"])
    if digest is None:
        return
    if mail.state == MailState.SENT and letter is not None:
        digests.mark_sent(digest, letter)
    elif mail.state == MailState.CANCELLED:
        digests.mark_skipped(digest, mail.reason)
    elif mail.state in {MailState.FAILED, MailState.UNCERTAIN}:
        digests.mark_failed(digest, mail.reason)
