"""One mail in the hands of this worker: handed over and booked in transactions of its own."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime

from forum.domain.digests import digests
from forum.domain.digests.letter import DigestLetter
from forum.domain.inbox import notice_letter
from forum.domain.mailing import hold, mail_claims
from forum.infra import failures
from forum.infra.connections import set_patience, written_later
from forum.infra.db import db
from forum.jobs import outcomes
from forum.models.mail import OutgoingMail

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds that one attempt to write waits for others who write


class ClaimLost(Exception):
    """Another worker has this mail now, or it is gone."""


class OnHold(Exception):
    """This database is a restored copy since the mail was claimed."""


class Overtaken(Exception):
    """Another letter carries a part of this one meanwhile: it is made anew."""


class Claim:
    """One mail claimed by this worker, until its result is committed."""

    def __init__(self, mail: OutgoingMail, owner: str, show_alive: Callable[[], None]) -> None:
        self.mail = mail
        self.owner = owner
        self.show_alive = show_alive
        # Kept beside the row, which is read anew: an error must be told of also while the database is away.
        self.id: int = mail.id
        self.kind: str = mail.kind
        self.claimed_at: datetime | None = mail.claimed_at
        self.digest_id: int = mail.payload.get("digest_id", 0)
        self.is_handed_over = False

    def hand_over(self, notices: Sequence[int] = ()) -> None:
        """Commit that the mail server gets the text now; ClaimLost when this worker was taken for dead meanwhile.

        OnHold in a restored copy. Overtaken when another letter carries one of these `notices`, which are of this one
        from now on, also when it has to be sent again.

        Alone it is not waited for until it is on the disk. Where the database itself crashes before the answer of the
        mail server is booked, and this process dies too, the letter may count as never tried: it goes out once more
        under the same Message-ID, as it does anyway (decision 19 has all of it).
        """
        with nullcontext() if notices else written_later(), _hasty():
            if not mail_claims.hand_over(self.id, self.owner, self.claimed_at):
                raise OnHold if hold.is_held() else ClaimLost
            if notices and not notice_letter.hold(self.id, notices):
                raise Overtaken
            self.show_alive()
            db.session.commit()
        self.is_handed_over = True

    def finish(self, mark: Callable[..., None], *reason: str) -> None:
        """Commit what became of a letter that was not sent, unless another worker has the mail now."""
        with _hasty():
            if mail_claims.still_claimed(self.mail, self.owner, self.claimed_at):
                mark(self.mail, *reason)
                if reason:  # else it is merely given back
                    outcomes.after(self.mail)
            db.session.commit()
            db.session.expire_all()

    def finish_sent(self, letter: DigestLetter | None) -> None:
        """Commit that the mail server took it, and for a digest what stood in it.

        Whatever breaks where the digest is marked is logged, and the mail is sent all the same, or it would go out
        again. Only when the database fails, nothing of either is kept, and the error is raised.
        """
        try:
            self._write_sent(letter)
        except Exception as error:
            if letter is None or failures.of(error) is not None:
                raise
            log.exception("the digest of mail %s could not be marked", self.id)
            self._write_sent(None)

    def _write_sent(self, letter: DigestLetter | None) -> None:
        with _hasty():
            is_ours = mail_claims.mark_sent(self.id, self.owner, self.claimed_at)
            if is_ours and letter is not None:
                digests.mark_sent(self.digest_id, letter)
            db.session.commit()
        # Nothing else was read since the letter was made, and all of that was forgotten then.
        if self.mail in db.session:
            db.session.expire(self.mail)


@contextmanager
def _hasty() -> Iterator[None]:
    """A transaction of its own that hardly waits for others: whoever runs it tries again."""
    set_patience(PATIENCE)
    try:
        db.session.rollback()
        yield
    except Exception:
        db.session.rollback()
        raise
    finally:
        set_patience(None)
