"""Mail of a restored copy: held until somebody releases it. Nothing that was due before the restore goes out then."""

from datetime import datetime

from sqlalchemy import exists, select, update

from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.infra.rows import update_rows
from forum.models.mail import MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.subscriptions import Digest, DigestState

RESTORED = "restored"  # the reason of mail that was due before the restore
# For queries that claim: true while a restored copy holds its mail.
HELD = exists().where(RestoredCopy.released_at.is_(None))


def restored_copy() -> RestoredCopy | None:
    """Return when this database was restored and whether its mail is held; None when it never was."""
    return db.session.get(RestoredCopy, 1, populate_existing=True)


def holding_copy() -> RestoredCopy | None:
    """Return when this database was restored, while its mail is held; None otherwise."""
    copy = restored_copy()
    return copy if copy is not None and copy.released_at is None else None


def is_held() -> bool:
    """Return whether all mail waits for `release`."""
    return bool(db.session.scalar(select(HELD)))


def restored_at() -> datetime | None:
    """Return the moment of the restore: what was due by then never goes out from here; None without a restore."""
    return db.session.scalar(select(RestoredCopy.restored_at))


def release() -> int | None:
    """Let mail go out again, but none that was due before the restore; return how many those were.

    None when no mail is held.

    What is queued later but fell due before the restore is cancelled by `mail_queue`.
    """
    copy = db.session.get(RestoredCopy, 1, populate_existing=True, with_for_update=True)
    if copy is None or copy.released_at is not None:
        return None
    copy.released_at = clock.now()
    wakeups.announce(db.session)
    waiting = (MailState.QUEUED, MailState.SENDING)
    old = update(OutgoingMail).where(OutgoingMail.state.in_(waiting), OutgoingMail.due_at <= copy.restored_at)
    windows = update(Digest).where(Digest.state == DigestState.QUEUED, Digest.ends_at <= copy.restored_at)
    db.session.execute(windows.values(state=DigestState.SKIPPED, reason=RESTORED))
    return update_rows(old.values(state=MailState.CANCELLED, reason=RESTORED))
