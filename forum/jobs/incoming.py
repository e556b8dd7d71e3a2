"""Reports about our mail, as they come in at the door: counted, and what follows from them at once.

Nobody gets an answer from here, whatever came. A mail server that is told to try again does.
"""

import logging
import re
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesParser

from flask import Flask

from forum.domain.digests import link_changes, subscriptions
from forum.domain.mailing import complaints, notice_choices, return_paths, stops
from forum.domain.mailing.stops import ALL, DIGEST
from forum.domain.people import mail_links
from forum.infra import clock, delivery_reports, failures
from forum.infra.db import db
from forum.infra.lmtp import AGAIN, Letter
from forum.jobs import outcomes
from forum.jobs.letter_headers import STOP
from forum.models.bounces import BounceKind
from forum.models.mail import OutgoingMail
from forum.policy.errors import NotFound

log = logging.getLogger(__name__)
TAKEN = "250 2.0.0 OK"
# After which nobody still tries to deliver a mail: who got hold of its address later can do nothing with it.
LATEST = timedelta(days=30)
STOP_SUBJECT = re.compile(rf"{STOP} ([a-z_.]{{1,120}})", re.IGNORECASE)
UNSUBSCRIBE = re.compile(rb"/unsubscribe/([A-Za-z0-9_.-]{20,300})")


class Reports:
    """What takes the letters of the door, for one application."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def knows(self, address: str) -> bool:
        """Return whether reports may come to this address."""
        with self._app.app_context():
            return return_paths.is_ours(address)

    def take(self, letter: Letter) -> str:
        """Count what a letter reports about a mail of ours, if it does; return the answer to whoever brings it."""
        kind = delivery_reports.read(letter.content, sender=letter.sender)
        stop = _stop_asked(letter) if kind is None else None
        if kind is not None or stop is not None:
            with self._app.app_context():
                try:
                    if kind is not None:
                        _count(BounceKind(kind), letter)
                    elif stop is not None:
                        _stop(stop, letter)
                    db.session.commit()
                except Exception as error:
                    if failures.of(error) is None:
                        raise
                    log.warning("a report waits for the database: %s", type(error).__name__)
                    return AGAIN
                finally:
                    db.session.remove()
        return TAKEN


def _stop_asked(letter: Letter) -> str | None:
    """What a mail with the subject of our header `List-Unsubscribe` stops; None for any other mail."""
    headers = BytesParser(policy=policy.compat32).parsebytes(letter.content, headersonly=True)
    found = STOP_SUBJECT.fullmatch(str(headers["Subject"] or "").strip())
    return found[1].lower() if found is not None else None


def _stop(name: str, letter: Letter) -> None:
    """Stop one list for whom the mail went to that the address stands for: nobody else knows that address."""
    found = return_paths.mail_behind(letter.recipient)
    if found is None or found[0].member_id is None or _sent_at(found[0]) is None:
        return
    with link_changes.noted(found[0].member_id):
        if name == DIGEST:
            subscriptions.stop(found[0].member_id)
        elif stops.named(name) is not None:
            notice_choices.stop(found[0].member_id, name)


def _count(kind: BounceKind, letter: Letter) -> None:
    if kind == BounceKind.COMPLAINT:
        _take_complaint(letter)
        return
    found = return_paths.mail_behind(letter.recipient)
    if found is None:
        log.info("a report about no mail of ours")
        return
    _record(kind, *found)


def _sent_at(mail: OutgoingMail) -> datetime | None:
    """When a mail server got it; None when none did, so that nothing can be said of it."""
    return mail.sent_at or mail.handed_over_at or mail.claimed_at


def _record(kind: BounceKind, mail: OutgoingMail, address: str) -> None:
    """Count it, of each kind one for a mail: whoever has the letter must not stop its reader by repeating it."""
    sent_at = _sent_at(mail)
    if sent_at is not None and clock.now() - sent_at < LATEST:
        outcomes.came_back(mail, address, kind, report=kind, sent_at=sent_at)


def _take_complaint(letter: Letter) -> None:
    """It holds our letter, in which the way back and the link to unsubscribe name whose it was."""
    for address in (letter.recipient, *return_paths.mentioned_in(letter.content)):
        found = return_paths.mail_behind(address)
        if found is not None:
            mail, went_to = found
            if mail.member_id is None or complaints.counts(mail):
                _record(BounceKind.COMPLAINT, mail, went_to)
            if mail.member_id is not None:
                _unsubscribe(mail.member_id)
            return
    for token in UNSUBSCRIBE.findall(letter.content)[: return_paths.MOST]:
        try:
            _unsubscribe(mail_links.unsubscribing(token.decode("ascii")).member_id)
            return
        except NotFound:
            continue


def _unsubscribe(member_id: int) -> None:
    with link_changes.noted(member_id):
        subscriptions.stop(member_id)
        notice_choices.stop(member_id, ALL.name)
