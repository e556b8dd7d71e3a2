"""What follows from what became of a mail: the window of a digest is marked, and who runs the forum is told."""

import logging
from collections.abc import Callable
from datetime import datetime

from forum.domain.digests import digests
from forum.domain.mailing import bounces, return_paths
from forum.infra import clock, failures, tokens
from forum.infra.db import db
from forum.infra.mail_errors import MailError
from forum.models.bounces import BounceKind
from forum.models.mail import MailState, OutgoingMail
from forum.models.subscriptions import Digest

log = logging.getLogger(__name__)
_GIVEN_UP = frozenset({MailState.FAILED, MailState.UNCERTAIN})


def after(mail: OutgoingMail) -> None:
    """Mark the digest of a mail that was marked itself and not sent, and log what a person must see.

    Whatever breaks here is logged: the mail stays as it was marked, or it would go out again. Only when the database
    fails, nothing of either may be kept, and the error is raised.
    """
    if mail.state in _GIVEN_UP:
        log.warning("mail %s (%s, %s) is %s: %s", mail.id, mail.kind, mail.lane, mail.state, mail.reason)
    elif mail.state == MailState.QUEUED and mail.reason:
        log.warning("mail %s (%s, %s) is tried again: %s", mail.id, mail.kind, mail.lane, mail.reason)
    if mail.kind != "digest":
        return
    try:
        with db.session.begin_nested():
            _mark_digest(mail)
    except Exception as error:
        if failures.of(error) is not None or not db.session.is_active:
            raise
        log.exception("the digest of mail %s could not be marked", mail.id)


def came_back(mail: OutgoingMail, address: str, kind: BounceKind, *, report: str, sent_at: datetime) -> None:
    """Count what somebody says of the address of a mail, and cancel what waits for one that gets no more.

    `report` is the same when the same is said again.
    """
    about = tokens.digest(f"{mail.id} {report}")
    if bounces.record(address, kind, report=about, member_id=mail.member_id, sent_at=sent_at):
        log.info("mail %s (%s) came back: %s", mail.id, mail.kind, kind)
        if bounces.is_stopped(address):
            for cancelled in bounces.cancel_waiting(address):
                after(cancelled)


def refused(
    mark: Callable[[OutgoingMail, str], None], error: MailError, went_to: str
) -> Callable[[OutgoingMail, str], None]:
    """Return what marks a mail that the mail server did not take, and counts what was said of its address.

    It counts as a report that comes back does, once nobody tries it any more: a first "later" says nothing yet. It is
    about the address that the letter went to, which its owner may have replaced since.
    """

    def write(mail: OutgoingMail, reason: str) -> None:
        tried_at = mail.claimed_at or clock.now()
        mark(mail, reason)
        is_theirs = return_paths.recipient(mail) == went_to
        if error.of_address is not None and mail.state in _GIVEN_UP and is_theirs:
            kind = BounceKind(error.of_address)
            came_back(mail, went_to, kind, report=tried_at.isoformat(), sent_at=tried_at)

    return write


def _mark_digest(mail: OutgoingMail) -> None:
    digest = db.session.get(Digest, mail.payload["digest_id"])
    if digest is None:
        return
    if mail.state == MailState.CANCELLED:
        digests.mark_skipped(digest, mail.reason)
    elif mail.state in _GIVEN_UP:
        digests.mark_failed(digest, mail.reason)
