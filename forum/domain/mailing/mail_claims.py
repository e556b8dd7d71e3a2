"""Mail in the hands of a worker: claimed, handed over to the mail server, and what came of it.

A claim has an owner: the name under which a worker shows that it lives. Before `hand_over` a letter can be taken back,
and nobody has it. After it the mail server may have it, whatever we hear: such a letter is tried once more at most.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    bindparam,
    exists,
    false,
    inspect,
    not_,
    or_,
    select,
    true,
    update,
)

from forum.domain.mailing import domain_caps, hold, workers
from forum.domain.mailing.domain_caps import Tally
from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.infra.rows import update_rows
from forum.infra.statements import cached, change_rows
from forum.models.events import Heartbeat
from forum.models.mail import Lane, MailState, OutgoingMail

GIVE_UP = timedelta(days=4)
UNREADABLE = 5  # tries for a letter that cannot even be made
_MINUTES = (1, 5, 15, 60, 4 * 60, 8 * 60, 12 * 60)
DELAYS = tuple(timedelta(minutes=minutes) for minutes in _MINUTES)
JITTER = 0.2  # of a delay, so that what failed together does not come back together
AGAIN = timedelta(minutes=5)  # until the second try of a letter that the server may have
LOST = "the answer was lost"
_chance = secrets.SystemRandom()


def anything_due(lane: Lane, tally: Tally | None = None) -> bool:
    """Return whether a mail of this lane waits to be sent at this moment; `tally` as at `claim`."""
    bound = domain_caps.bound_of(lane)
    may_leave = true() if bound is None else bound.may_leave((tally or Tally()).read())
    return bool(db.session.scalar(select(exists().where(*_due(lane, may_leave)))))


def claim(
    lane: Lane, *, owner: str, most: int, failed_first: bool = False, tally: Tally | None = None
) -> list[OutgoingMail]:
    """Claim up to `most` mails of a lane that are due, the longest due first; none while a restored copy holds them.

    Those that failed before come when no others are due: one at which the server stops must not stop the others each
    time. With `failed_first` they come first, which they must now and then. Commit before the first of them is sent.

    What goes to a domain that got as much as it may in this hour stays, and the rest goes on. Who keeps a
    `tally` has less to count.
    """
    bound = domain_caps.bound_of(lane)
    may_leave: ColumnElement[bool] = true()
    if bound is not None:
        domain_caps.take_turns()
        got = (tally or Tally()).read()
        may_leave = bound.may_leave(got)
    due = (
        select(OutgoingMail).where(*_due(lane, may_leave)).order_by(OutgoingMail.next_try_at, OutgoingMail.id)
    )
    due = due.limit(most).with_for_update(skip_locked=True).execution_options(populate_existing=True)
    has_failed = OutgoingMail.failing_since.is_not(None)
    first = due.where(has_failed if failed_first else not_(has_failed))
    mails = list(db.session.scalars(first)) or list(db.session.scalars(due))
    mails = mails if bound is None else bound.within(got, mails)
    now = clock.now()
    for mail in mails:
        mail.state, mail.claimed_at, mail.claimed_by, mail.handed_over_at = (
            MailState.SENDING,
            now,
            owner,
            None,
        )
    db.session.flush()
    return mails


def _due(lane: Lane, may_leave: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return (
        may_leave,
        OutgoingMail.state == MailState.QUEUED,
        OutgoingMail.lane == lane,
        OutgoingMail.next_try_at <= clock.now(),
        ~hold.HELD,
    )


def still_claimed(mail: OutgoingMail, owner: str, claimed_at: datetime | None) -> bool:
    """Lock the mail and return whether it is still this owner's: a worker that seemed dead has lost its mail.

    Nobody has a mail that is gone, as it goes with its member.
    """
    identity = inspect(mail).identity
    assert identity is not None
    same = select(OutgoingMail).where(OutgoingMail.id == identity[0]).with_for_update()
    if db.session.scalars(same.execution_options(populate_existing=True)).first() is None:
        return False
    return (mail.state, mail.claimed_by, mail.claimed_at) == (MailState.SENDING, owner, claimed_at)


def hand_over(mail_id: int, owner: str, claimed_at: datetime | None) -> bool:
    """Note that the mail server gets the text now, and return whether it may; commit before it does.

    It may not when another owner has the mail, when it is gone, and in a restored copy that holds it.
    """
    mine = {"mail_id": mail_id, "owner": owner, "claim": claimed_at}
    return change_rows(_hand_over(), {**mine, "now": clock.now()}) == 1


@cached
def _hand_over() -> Update:
    mail = OutgoingMail
    mine = (mail.state == MailState.SENDING, mail.claimed_by == bindparam("owner"))
    still = and_(mail.id == bindparam("mail_id"), mail.claimed_at == bindparam("claim"), *mine, ~hold.HELD)
    return update(mail).where(still).values(handed_over_at=bindparam("now"))


def mark_sent(mail_id: int, owner: str, claimed_at: datetime | None) -> bool:
    """Note that the mail server took it, and return whether this owner may say so.

    It may also when it lost the mail and nobody has it now: then nobody sends it again.
    """
    mine = {"mail_id": mail_id, "owner": owner, "claim": claimed_at}
    return change_rows(_mark_sent(), {**mine, "now": clock.now()}) == 1


@cached
def _mark_sent() -> Update:
    mail = OutgoingMail
    mine = and_(mail.state == MailState.SENDING, mail.claimed_by == bindparam("owner"))
    nobodys = mail.state.in_([MailState.QUEUED, MailState.UNCERTAIN])
    claimed = and_(mail.id == bindparam("mail_id"), mail.claimed_at == bindparam("claim"), or_(mine, nobodys))
    values = {mail.state: MailState.SENT, mail.sent_at: bindparam("now"), mail.reason: ""}
    return update(mail).where(claimed).values({**values, mail.attempts: mail.attempts + 1})


def mark_cancelled(mail: OutgoingMail, reason: str) -> None:
    """Note that it need not or may not go out any more."""
    mail.state, mail.reason = MailState.CANCELLED, reason


def mark_failed(mail: OutgoingMail, reason: str) -> None:
    """Note that it is not tried again: it failed, or is uncertain where the server may have it since an earlier try."""
    mail.state = MailState.UNCERTAIN if mail.uncertain_at else MailState.FAILED
    mail.reason = reason
    mail.attempts += 1


def schedule_retry(mail: OutgoingMail, reason: str) -> None:
    """Retry after a growing delay with some chance in it, failed about four days after the first try."""
    delay = DELAYS[min(mail.attempts, len(DELAYS) - 1)]
    next_try_at = clock.now() + delay * _chance.uniform(1 - JITTER, 1 + JITTER)
    if _gives_up(mail, next_try_at):
        mark_failed(mail, reason)
        return
    mail.attempts += 1
    mail.state, mail.reason, mail.next_try_at = MailState.QUEUED, reason, next_try_at


def mark_render_failed(mail: OutgoingMail, reason: str) -> None:
    """Note that the letter could not be made: retry a few times, then fail it, so that the other mail goes on."""
    if mail.attempts + 1 >= UNREADABLE:
        mark_failed(mail, reason)
    else:
        schedule_retry(mail, reason)


def mark_uncertain(mail: OutgoingMail, reason: str, *, again_after: timedelta = AGAIN) -> None:
    """Note that the server may have it: try once more under the same Message-ID; the second time a person must look."""
    mail.attempts += 1
    mail.reason = reason
    if mail.uncertain_at is not None:
        mail.state = MailState.UNCERTAIN
        return
    mail.uncertain_at = clock.now()
    mail.state, mail.next_try_at = MailState.QUEUED, clock.now() + again_after


def release(mail: OutgoingMail, reason: str = "") -> None:
    """Give back a mail of which the server has nothing, with the reason of a try that failed, or without one.

    Failed when more than four days went by since its first try.
    """
    if reason and _gives_up(mail, clock.now()):
        mark_failed(mail, reason)
    else:
        mail.reason = reason or mail.reason
        _queue_again(mail)


def put_off(mail: OutgoingMail, until: datetime) -> None:
    """Give back a mail that may not leave before then: nothing failed, and what failed before goes on then."""
    mail.state, mail.next_try_at, mail.reason = MailState.QUEUED, until, ""


def _gives_up(mail: OutgoingMail, moment: datetime) -> bool:
    """Note that a try failed; return whether that moment is more than four days after the first one that did."""
    mail.failing_since = mail.failing_since or clock.now()
    return moment - mail.failing_since > GIVE_UP


def _queue_again(mail: OutgoingMail) -> None:
    """It was due when it was claimed, and is now, also where the clock was set back since."""
    mail.state, mail.next_try_at = MailState.QUEUED, min(mail.next_try_at, clock.now())


def move_up() -> int:
    """Let mail go that waits only because the clock was set back since: return how much.

    It was due when it was queued, or tried at a moment that has not come yet.
    """
    now = clock.now()
    ahead = now + workers.LIVE  # the clocks of two machines may be that far apart
    never_tried = and_(OutgoingMail.claimed_at.is_(None), OutgoingMail.next_try_at <= OutgoingMail.created_at)
    waiting = (OutgoingMail.state == MailState.QUEUED, OutgoingMail.next_try_at > ahead)
    moved = update(OutgoingMail).where(*waiting, or_(never_tried, OutgoingMail.claimed_at > ahead))
    return update_rows(moved.values(next_try_at=now).execution_options(synchronize_session=False))


def owners() -> dict[str | None, datetime | None]:
    """Return who has claimed mail, with when they last showed that they live.

    None for an owner without a heartbeat, and for mail that a worker of an older release claimed.
    """
    rows = db.session.execute(
        select(OutgoingMail.claimed_by, Heartbeat.at)
        .outerjoin(Heartbeat, Heartbeat.name == OutgoingMail.claimed_by)
        .where(OutgoingMail.state == MailState.SENDING)
        .distinct()
    )
    return {row.claimed_by: row.at for row in rows}


def take_back(dead: Collection[str | None], *, lane: Lane | None = None) -> list[OutgoingMail]:
    """Take the mail of dead owners back, all or of one lane: queue it again, and return what the server may have.

    What a transaction holds that does not end is left for the next time, or whoever looks would wait with it; of one
    lane, whose owner asks for its own, it is waited for.
    """
    nobody = OutgoingMail.claimed_by.is_(None) if None in dead else false()
    claimed = select(OutgoingMail).where(
        OutgoingMail.state == MailState.SENDING,
        or_(nobody, OutgoingMail.claimed_by.in_([name for name in dead if name is not None])),
        true() if lane is None else OutgoingMail.lane == lane,
    )
    locked = claimed.with_for_update(skip_locked=lane is None).execution_options(populate_existing=True)
    maybe_sent = []
    for mail in db.session.scalars(locked).all():
        if mail.handed_over_at is None:
            _queue_again(mail)
        else:
            mark_uncertain(mail, LOST, again_after=timedelta(0))
            maybe_sent.append(mail)
    db.session.flush()
    wakeups.announce(db.session)
    return maybe_sent
