"""What the operator is told of outgoing mail, and may do about it. Ids, kinds and reasons: no addresses, no words."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, case, exists, func, not_, or_, select, update

from forum.domain.mailing import domain_caps, mail_claims
from forum.domain.mailing.domain_caps import Bound, Got, Tally
from forum.infra import clock, wakeups
from forum.infra.db import db
from forum.infra.mail_errors import MailError
from forum.infra.rows import update_rows
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import RestoredCopy

DAY = timedelta(hours=24)
TALLY = "mail_tally"  # of what domains got lately, in an application
# What the tables of lanes count; what was sent is counted by its time, or the count would grow for ever.
OPEN = (MailState.QUEUED, MailState.SENDING, MailState.FAILED, MailState.UNCERTAIN)
FOR_A_PERSON = (MailState.FAILED, MailState.UNCERTAIN)
MANY = 3  # letters of a lane that were tried in vain
LONG = timedelta(hours=4)  # for so many: then the server does not want them, whatever else it takes
LET_GO = "let go"  # the reason of mail that a person cancelled
# Due before the restore of this copy: never sent from here.
FROM_BEFORE = exists().where(RestoredCopy.restored_at >= OutgoingMail.due_at)


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """The mail of a lane: `waiting` is due and `later` is not yet; `sent` is of the last 24 hours.

    `oldest_at` is since when the one waits that is due the longest.
    """

    lane: Lane
    waiting: int = 0
    later: int = 0
    sending: int = 0
    failed: int = 0
    uncertain: int = 0
    sent: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """Mail of a lane that was tried and did not leave: how many, a reason of one of them, when the first is due.

    `of_the_server`: nothing of the lane was sent since it was given back untried, or since so much of it began to fail
    that the mail server and no recipient is the cause; or so much of it has been failing for hours.
    """

    tried: int
    reason: str
    at: datetime
    of_the_server: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that needs a person, and when it was tried for the last time."""

    id: int
    kind: str
    lane: Lane
    state: MailState
    reason: str
    attempts: int
    at: datetime


def lanes() -> list[LaneStatus]:
    """Return the mail of every lane, in their order (two queries, both answered by an index).

    Where what domains get has a bound, and mail is due that it may keep back, two or three more.
    """
    found = {lane: LaneStatus(lane) for lane in Lane}
    for lane, state, count, later, oldest in db.session.execute(_counts()):
        if state == MailState.QUEUED:
            found[lane] = replace(found[lane], waiting=count - later, later=later, oldest_at=oldest)
        else:
            found[lane] = replace(found[lane], **{state.value: count})
    sent = select(OutgoingMail.lane, func.count()).where(OutgoingMail.sent_at > clock.now() - DAY)
    for lane, count in db.session.execute(sent.group_by(OutgoingMail.lane)):
        found[lane] = replace(found[lane], sent=count)
    bounds = _bounds()
    if any(found[lane].waiting for lane in bounds):
        _keep_back(found, bounds)
    return list(found.values())


def kept_back() -> Counter[tuple[Lane, int]]:
    """Return for how many domains mail waits because they got so much, by its lane and what they `reached`."""
    bounds = _bounds()
    if not bounds:
        return Counter()
    got = _got()
    reached = [(one.lane, bounds[one.lane].reached(got, one.domain)) for one in domain_caps.due()]
    return Counter((lane, number) for lane, number in reached if number is not None)


def _bounds() -> dict[Lane, Bound]:
    return {lane: bound for lane in Lane if (bound := domain_caps.bound_of(lane)) is not None}


def _got() -> Got:
    # Kept, as counting all mail of an hour takes long where it is much.
    tally: Tally = current_app.extensions.setdefault(TALLY, Tally())
    return tally.read()


def _counts() -> Any:
    is_later = OutgoingMail.next_try_at > clock.now()
    later = func.sum(case((is_later, 1), else_=0))
    oldest = func.min(case((not_(is_later), OutgoingMail.next_try_at)))
    columns = (OutgoingMail.lane, OutgoingMail.state, func.count(), later, oldest)
    query = select(*columns).where(OutgoingMail.state.in_(OPEN))
    return query.group_by(OutgoingMail.state, OutgoingMail.lane)


def _keep_back(found: dict[Lane, LaneStatus], bounds: Mapping[Lane, Bound]) -> None:
    """Count as not due what its domain may not get yet: no worker is late with it."""
    got = _got()
    due = domain_caps.due()
    for lane, bound in bounds.items():
        # What was counted before is not subtracted from what is counted here: mail came and went between the two.
        of_lane = [one for one in due if one.lane == lane]
        free = [one for one in of_lane if bound.has_room(got, one.domain)]
        waiting = sum(one.count for one in free)
        later = found[lane].later + sum(one.count for one in of_lane) - waiting
        oldest = min((one.oldest_at for one in free), default=None)
        found[lane] = replace(found[lane], waiting=waiting, later=later, oldest_at=oldest)


def why_waiting() -> dict[Lane, Waits]:
    """Return why mail of a lane waits, of those in which some was tried and waits for its next try."""
    now = clock.now()
    sent = select(OutgoingMail.lane, func.max(OutgoingMail.sent_at).label("at"))
    last = sent.where(OutgoingMail.sent_at > now - mail_claims.GIVE_UP).group_by(OutgoingMail.lane).subquery()
    failing_since = func.coalesce(
        OutgoingMail.failing_since, OutgoingMail.uncertain_at, OutgoingMail.claimed_at
    )
    in_a_row = or_(last.c.at.is_(None), failing_since > last.c.at)
    for_long = failing_since < now - LONG
    given_back = and_(in_a_row, OutgoingMail.attempts == 0, OutgoingMail.next_try_at <= now)
    rows = db.session.execute(
        select(
            OutgoingMail.lane,
            func.count(),
            func.max(OutgoingMail.reason),
            func.min(OutgoingMail.next_try_at),
            func.sum(case((or_(in_a_row, for_long), 1), else_=0)),
            func.sum(case((given_back, 1), else_=0)),
        )
        .outerjoin(last, last.c.lane == OutgoingMail.lane)
        .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.reason != "")
        .group_by(OutgoingMail.lane)
    )
    found = {
        lane: Waits(count, without_addresses(reason), at, untried > 0 or in_vain >= MANY)
        for lane, count, reason, at, in_vain, untried in rows
    }
    return {lane: found[lane] for lane in Lane if lane in found}


def for_a_person(limit: int = 20) -> list[Letter]:
    """Return the newest letters that failed or are uncertain."""
    at = func.coalesce(OutgoingMail.claimed_at, OutgoingMail.next_try_at)
    rows = db.session.execute(
        select(
            OutgoingMail.id,
            OutgoingMail.kind,
            OutgoingMail.lane,
            OutgoingMail.state,
            OutgoingMail.reason,
            OutgoingMail.attempts,
            at.label("at"),
        )
        .where(OutgoingMail.state.in_(FOR_A_PERSON))
        .order_by(OutgoingMail.id.desc())
        .limit(limit)
    )
    return [Letter(**{**row._mapping, "reason": without_addresses(row.reason)}) for row in rows]


def without_addresses(reason: str) -> str:
    """Return a reason in one short line without addresses, which older rows of the queue may have."""
    return MailError(reason).reason


def retry(ids: Collection[int] | None = None, *, state: MailState = MailState.FAILED) -> int:
    """Queue mail of that state anew, all of it or only `ids`, as if it were never tried; return how many.

    Its four days begin again, and workers are woken. What was due before a restore stays as it is.
    """
    chosen = [OutgoingMail.state == state, not_(FROM_BEFORE)]
    if ids is not None:
        chosen.append(OutgoingMail.id.in_(ids))
    anew = (
        update(OutgoingMail)
        .where(and_(*chosen))
        .values(
            state=MailState.QUEUED,
            reason="",
            attempts=0,
            failing_since=None,
            next_try_at=clock.now(),
            # Not `claimed_at`: a worker that still learns that the server took it may say so.
            handed_over_at=None,
            uncertain_at=None,
        )
    )
    wakeups.announce(db.session)
    return update_rows(anew.execution_options(synchronize_session="fetch"))


def let_go(mail_id: int) -> bool:
    """Cancel one letter that failed or is uncertain; return whether it was one."""
    gone = update(OutgoingMail).where(OutgoingMail.id == mail_id, OutgoingMail.state.in_(FOR_A_PERSON))
    return update_rows(gone.values(state=MailState.CANCELLED, reason=LET_GO)) == 1


def states(ids: Collection[int]) -> dict[int, MailState]:
    """Return the state of each of these letters that exists."""
    rows = db.session.execute(select(OutgoingMail.id, OutgoingMail.state).where(OutgoingMail.id.in_(ids)))
    return {row.id: row.state for row in rows}
