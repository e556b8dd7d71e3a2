"""One lane of the mail queue: mail is claimed, made, handed over and booked letter by letter, over one connection.

Before a letter is handed over, whatever fails gives it back untouched. After it, what the mail server said is booked
again and again until it is written: a letter that the server took is never taken for one that could not be made.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from flask import current_app
from sqlalchemy.orm.exc import ObjectDeletedError

from forum.domain.mailing import complaints, mail_claims
from forum.domain.mailing.domain_caps import Tally
from forum.infra import failures
from forum.infra.connections import reading
from forum.infra.db import db
from forum.infra.failpoints import failpoint
from forum.infra.mailer import Away, Mailer, Permanent, Temporary, Uncertain, open_mailer
from forum.infra.smtp import nothing
from forum.jobs import letters, outcomes
from forum.jobs.claimed_mail import Claim, ClaimLost, OnHold, Overtaken
from forum.jobs.composed_digests import ComposedDigests
from forum.jobs.held_up import HeldUp
from forum.jobs.letter_content import NothingToSend, NotNow
from forum.jobs.stumbles import Stumbles
from forum.models.mail import Lane, OutgoingMail

log = logging.getLogger(__name__)
# Letters claimed at once: few where somebody waits, so that another worker can have the next ones.
AT_ONCE = {Lane.DIRECT: 5, Lane.NOTICE: 20, Lane.BULK: 50, Lane.SLOW: 1}
RETRIES_EVERY = 10  # rounds in a row, after which mail that failed before goes first
LOST_IN_A_ROW = 2  # letters whose connection was lost, after which the server counts as away
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0  # seconds for which a lane rests while the server is away
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0  # seconds between two attempts to book
BOOKED = 5  # attempts that fail for another reason than the database
_chance = secrets.SystemRandom()


class Sender:
    """Sends the mail of one lane; one thread uses it, and another may end it."""

    def __init__(self, lane: Lane, owner: str, show_alive: Callable[[], None] = nothing) -> None:
        self.lane = lane
        self.owner = owner  # the name of a worker that shows that it lives
        self.show_alive = show_alive  # for it, as part of a transaction, when it does not come to it
        self.stop = threading.Event()  # finish the letter in hand
        self.leave = threading.Event()  # and do not even wait for that
        self._mailer: Mailer | None = None
        self._lost = self._pauses = self._unbooked = 0
        self._rests_until = 0.0
        self._held_up = HeldUp()
        self._stumbles = Stumbles()
        self._digests = ComposedDigests()
        self._tally = Tally()
        # Or may hold: the database failed while they were made, or before all of them were booked.
        self._holds_claims = False

    def send_due(self) -> int:
        """Send what is due and return how many letters were finished; 0 when nothing is, or the server is away."""
        if self.seconds_to_rest() or not (self._holds_claims or self._is_due()):
            return 0
        with open_mailer(current_app.config["SMTP_URL"]) as mailer:
            self._mailer = mailer
            try:
                return self._send_all(mailer)
            finally:
                self._mailer = None

    def seconds_to_rest(self) -> float:
        """Return for how long this lane rests, because the mail server is away."""
        return max(0.0, self._rests_until - time.monotonic())

    def shut_down(self) -> None:
        """From another thread: let the letter in hand go at once, with whatever is true of it then."""
        self.leave.set()
        mailer = self._mailer
        if mailer is not None:
            mailer.shut_down()

    def _is_due(self) -> bool:
        with reading():
            due = mail_claims.anything_due(self.lane, self._tally) and not self._is_unwanted()
            db.session.commit()
        return due

    def _is_unwanted(self) -> bool:
        """Whether so many people complain that digests wait: else the mail of everybody is refused soon."""
        return self.lane == Lane.BULK and complaints.of_last_week().stop_digests

    def _send_all(self, mailer: Mailer) -> int:
        finished = rounds = 0
        while not self.stop.is_set() and not self.seconds_to_rest():
            self._unbooked = 0
            rounds += 1
            claims = self._claim(failed_first=rounds % RETRIES_EVERY == 0)
            for position, claim in enumerate(claims):
                if self.stop.is_set() or self.seconds_to_rest():
                    self._give_back(claims[position:])
                    break
                following = [later.mail for later in claims[position + 1 :]]
                if self._deliver(mailer, claim, following):
                    finished += 1
            self._holds_claims = self._unbooked > 0
            if not claims:
                break
        return finished

    def _claim(self, *, failed_first: bool) -> list[Claim]:
        failpoint("mail.due")
        if self._holds_claims:
            for mail in mail_claims.take_back({self.owner}, lane=self.lane):
                outcomes.after(mail)
        self._holds_claims = True
        mails = mail_claims.claim(
            self.lane,
            owner=self.owner,
            most=AT_ONCE[self.lane],
            failed_first=failed_first,
            tally=self._tally,
        )
        db.session.commit()
        if mails:
            failpoint("mail.claimed")
        return [Claim(mail, self.owner, self.show_alive) for mail in mails]

    def _deliver(self, mailer: Mailer, claim: Claim, following: Sequence[OutgoingMail]) -> bool:
        """Make and send one letter and book the result; return whether anything came of it."""
        address = ""  # until there is a letter: one for an address that is none is refused before
        try:
            letter = self._make(claim.mail, following)
            address = letter.address
            failpoint("mail.made")
            mailer.send(letter.message, before_data=partial(claim.hand_over, letter.notices))
        except NothingToSend as obsolete:
            self._book(claim, mail_claims.mark_cancelled, obsolete.reason)
        except NotNow as quiet:
            self._book(claim, partial(mail_claims.put_off, until=quiet.until))
            return False
        except Permanent as refused:
            self._lost = 0
            mark = outcomes.refused(mail_claims.mark_failed, refused, address)
            self._book(claim, mark, refused.reason)
        except Uncertain as unknown:
            self._book(claim, mail_claims.mark_uncertain, unknown.reason)
            self._count_lost(unknown.reason)
        except (Away, Temporary) as failed:
            return self._not_taken(claim, failed, address)
        except ClaimLost:
            log.warning("mail %s (%s) belongs to another worker now, or is gone", claim.id, claim.kind)
            return False
        except (OnHold, Overtaken):
            self._give_back([claim])
            return False
        except Exception as error:  # noqa: BLE001 - told apart, logged or raised again there
            self._failed(claim, error)
        else:
            failpoint("mail.sent")
            self._lost = self._pauses = 0
            self._held_up.note_taken(claim.id)
            self._commit(claim, partial(claim.finish_sent, letter.digest))
            failpoint("mail.booked")
        return True

    def _make(self, mail: OutgoingMail, following: Sequence[OutgoingMail]) -> letters.Letter:
        """The letter; the connection to the database is returned before the mail server is used, which may be slow."""
        with reading():
            try:
                make = self._digests.maker(mail, following)
                return letters.letter_for(mail, make) if make else letters.letter_for(mail)
            except ObjectDeletedError as gone:
                raise ClaimLost from gone
            finally:
                db.session.rollback()

    def _not_taken(self, claim: Claim, failed: Away | Temporary, address: str) -> bool:
        if self.leave.is_set():  # cut off by this worker, which must end: it says nothing of letter or server
            self._give_back([claim])
            return False
        if isinstance(failed, Away):
            mark, is_the_server = self._held_up.mark_for(claim.id, failed)
            if is_the_server:
                self._rest(failed.reason)
            self._book(claim, mark, failed.reason)
            return not is_the_server
        self._book(claim, outcomes.refused(mail_claims.schedule_retry, failed, address), failed.reason)
        if failed.connection_lost:
            self._count_lost(failed.reason)
        else:
            self._lost = 0
        return True

    def _failed(self, claim: Claim, error: Exception) -> None:
        """The database failed or the letter could not be made, before it was handed over; after that it is our bug."""
        if claim.is_handed_over:
            log.error("mail %s (%s) met an error behind the server", claim.id, claim.kind, exc_info=error)
            self._book(claim, mail_claims.mark_uncertain, type(error).__name__)
        elif failures.of(error) is not None and not self._stumbles.is_of_the_row(claim.id):
            self._give_back([claim])
            raise error
        else:
            log.error("mail %s (%s) could not be made", claim.id, claim.kind, exc_info=error)
            # Only the name of the error is stored: its message could quote what somebody wrote.
            self._book(claim, mail_claims.mark_render_failed, type(error).__name__)

    def _count_lost(self, reason: str) -> None:
        self._lost += 1
        if self._lost >= LOST_IN_A_ROW:
            self._rest(reason)

    def _rest(self, reason: str) -> None:
        """The server is away, which is said once: rest, a little longer each time, by chance less than others."""
        if not self._pauses:
            log.warning("the mail server is away, as lane %s sees it: %s", self.lane, reason)
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**self._pauses)
        self._rests_until = time.monotonic() + longest * _chance.uniform(0.5, 1.0)
        self._pauses, self._lost = self._pauses + 1, 0

    def _give_back(self, claims: list[Claim]) -> None:
        for claim in claims:
            self._book(claim, mail_claims.release)

    def _book(self, claim: Claim, mark: Callable[..., None], *reason: str) -> None:
        self._commit(claim, partial(claim.finish, mark, *reason))

    def _commit(self, claim: Claim, finish: Callable[[], None]) -> None:
        """Commit what came of a claim, however long the database is away.

        Left only where this process must end, and where something else than the database keeps failing: the next round
        takes it back then.
        """
        wait, said, tries = FIRST_WAIT, False, 0
        while True:
            try:
                finish()
                return
            except Exception as error:
                if not said:
                    log.warning("mail %s waits to be booked: %s", claim.id, type(error).__name__)
                said = True
                tries += failures.of(error) is None
                if tries >= BOOKED:
                    self._unbooked += 1
                    log.critical(
                        "mail %s (%s) is left as it was claimed", claim.id, claim.kind, exc_info=error
                    )
                    return
            if self.leave.wait(wait):
                log.warning("mail %s (%s) is left as it was claimed", claim.id, claim.kind)
                return
            wait = min(LONGEST_WAIT, wait * 2)
