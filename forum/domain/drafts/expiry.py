"""What becomes of drafts that nobody goes on with: noticed, told to their owner, and deleted, a batch at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from forum.domain.drafts.drafts import CHECK
from forum.domain.drafts.queries import OPEN
from forum.domain.drafts.views import Enter, lapse, subject_of
from forum.domain.mailing import events, hold, mail_queue, notices
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.mail import Lane, MailState
from forum.policy.actors import actor_of

BATCH = 100
AFTER_RESTORE = timedelta(days=1)
LETTER = "drafts_lapse"
WORDS = (defer(Draft.fields, raiseload=True), defer(Draft.other_fields, raiseload=True))


@dataclass(frozen=True, slots=True)
class Word:
    """What a letter says of drafts: how many go, and when the first of them; never what is in them."""

    count: int
    first_at: datetime


def sweep(*, enter: Enter) -> int:
    """Look at a batch of drafts that are due, and at all others of the same members; return how many were due.

    A draft without access is noted, and is one like any other when its owner may enter again. Before it goes its owner
    is told, once a day at most; nothing goes untold. Marks of sendings, and drafts that were thrown away, go when their
    time is over.
    """
    now = clock.now()
    due = select(Draft).where(Draft.check_at <= now).order_by(Draft.check_at, Draft.id).limit(BATCH)
    found = _locked(due)
    for draft in found:
        if draft.sent_at is not None or draft.discarded_at is not None:
            db.session.delete(draft)  # it was to be looked at when its time is over
    db.session.flush()
    members = {draft.member_id for draft in found}
    owned = _locked(
        select(Draft).where(Draft.member_id.in_(members), *OPEN).order_by(Draft.member_id, Draft.id)
    )
    for member_id, drafts in groupby(owned, lambda draft: draft.member_id):
        _look_at(member_id, list(drafts), now, enter)
    db.session.flush()
    return len(found)


def words_for(member_id: int, told_at: datetime) -> tuple[Word | None, Word | None]:
    """Return what the letter of that moment tells: of drafts without access, and of those not changed for long."""
    told = select(Draft).where(Draft.member_id == member_id, Draft.warned_at == told_at, *OPEN)
    drafts = db.session.scalars(told.options(*WORDS)).all()
    closed = [draft for draft in drafts if draft.no_access_since is not None]
    return _word(closed), _word(draft for draft in drafts if draft.no_access_since is None)


def _look_at(member_id: int, drafts: list[Draft], now: datetime, enter: Enter) -> None:
    for draft in drafts:
        draft.check_at = now + CHECK
    actor = actor_of(member_id)
    if actor is None:  # nobody is told anything while their account is suspended: their drafts wait
        return
    places = enter(actor, {subject_of(draft) for draft in drafts})
    to_tell, restored_at = [], hold.restored_at()
    for draft in drafts:
        entered = subject_of(draft) in places
        if entered is (draft.no_access_since is not None):
            draft.no_access_since, draft.warned_at = None if entered else now, None
        word_at, lapses_at = lapse(draft, entered=entered)
        if draft.warned_at is not None and now >= lapses_at:
            _let_go(draft)
        # What was due before a restore was told where the backup was made, if at all.
        if restored_at is not None and word_at <= restored_at:
            word_at = restored_at + AFTER_RESTORE
        if draft.warned_at is None and now >= word_at:
            to_tell.append(draft)
    key, told_at = f"{LETTER}.{member_id}.{days.today(actor.timezone)}", {"told_at": now.isoformat()}
    if to_tell and mail_queue.queue_mail(
        LETTER,
        key=key,
        lane=Lane.NOTICE,
        member_id=member_id,
        payload=told_at,
        not_before=notices.leaves_at([member_id], now)[member_id],
    ):
        for draft in to_tell:
            draft.warned_at = now
        events.record("drafts.warned", member_id=member_id)


def _let_go(draft: Draft) -> None:
    """Delete a draft whose owner was told; when the letter was given up, they are to be told again."""
    state = mail_queue.state_of(LETTER, draft.member_id, since=draft.warned_at)
    if state == MailState.SENT:
        db.session.delete(draft)
    elif state not in {MailState.QUEUED, MailState.SENDING}:
        draft.warned_at = None


def _locked(query: Select[Any]) -> Sequence[Draft]:
    """Rows that no request is writing at this moment, without their words, which nobody needs here."""
    return db.session.scalars(query.options(*WORDS).with_for_update(skip_locked=True)).all()


def _word(drafts: Iterable[Draft]) -> Word | None:
    ends = [lapse(draft, entered=False)[1] for draft in drafts]
    return Word(len(ends), min(ends)) if ends else None
