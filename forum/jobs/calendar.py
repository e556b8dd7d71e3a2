"""Recurring work by name: a table has the last and the next time of each, and any worker does what is due.

All of it can be done twice without harm, which happens when a worker dies in the middle.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from forum.domain import draft_places
from forum.domain.audit import chains
from forum.domain.consents import closing, settling
from forum.domain.desk import long_unattended, mornings, numbers
from forum.domain.digests import windows
from forum.domain.drafts import expiry
from forum.domain.held_posts import waiting as held_posts
from forum.domain.indexing import making
from forum.domain.lessons import ageing, foretellings, report_questions, review_requests
from forum.domain.mailing import bounces, notices, recurring
from forum.domain.moderation import sealing
from forum.domain.people import affirmations
from forum.domain.search import missed
from forum.domain.spaces import access_requests, guests, notes, stand_ins
from forum.domain.threads import bookmarks
from forum.infra import clock
from forum.infra.db import db
from forum.infra.failpoints import failpoint

log = logging.getLogger(__name__)
INDEXING_FOR = 20.0  # seconds
LINKING = 20  # batches
AFTER_FAILURE = timedelta(minutes=1)  # and twice as long after each further one, until the next time


@dataclass(frozen=True)
class Work:
    """What recurs: `run` does it and commits; `next_after` says when the time after a moment is."""

    name: str
    run: Callable[[], None]
    next_after: Callable[[datetime], datetime]


def every(period: timedelta) -> Callable[[datetime], datetime]:
    """Return times on the marks of a clock that began in 1970: each five minutes at :00, :05, and so on."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return lambda moment: moment - (moment - start) % period + period


def do_due(owner: str) -> int:
    """Do what is due and return how many works that were; `owner` is the name of a worker that shows that it lives."""
    done = 0
    while (name := recurring.claim_due(list(BY_NAME), owner=owner)) is not None:
        db.session.commit()
        failpoint("work.claimed")
        _do(BY_NAME[name])
        done += 1
    db.session.commit()
    return done


def anything_due() -> bool:
    """Return whether there is work to do at this moment, whoever does it."""
    return recurring.anything_due(list(BY_NAME))


def prepare() -> None:
    """Make the rows of works that have none; each is due at once. Commits."""
    recurring.add_missing(list(BY_NAME), due_at=clock.now())
    db.session.commit()


def open_digests() -> None:
    """Open the digest windows that have ended, batch by batch, so that nobody waits for a lock for long."""
    now, last_id = clock.now(), 0
    while batch := windows.open_batch(now, after_id=last_id):
        last_id = batch.last_id
        db.session.commit()


def look_at_drafts() -> None:
    """Look at the drafts that are due, batch by batch, which may make letters."""
    while expiry.sweep(enter=draft_places.places):
        db.session.commit()
        db.session.expire_all()
    db.session.commit()


def link_log() -> None:
    """Put lines of the log that were committed into their chains, batch by batch, some thousands at a time."""
    for _batch in range(LINKING):
        linked = chains.link()
        db.session.commit()
        if linked < chains.BATCH:
            break


def settle_removals() -> None:
    """Make final what authors and moderators took out of lessons and posts, and can no longer put back."""
    settling.settle_due(db.session.commit)
    sealing.forget_due(db.session.commit)


def forget_access_requests() -> None:
    """Forget requests for access whose links no longer work."""
    access_requests.forget_old()
    db.session.commit()


def forget_bookmarks() -> None:
    """Forget what members kept, notes of spaces, and posts that waited, taken away and not to be brought back."""
    bookmarks.forget_taken()
    notes.forget_removed()
    held_posts.forget_decided()
    db.session.commit()


def forget_missed_searches() -> None:
    """Forget what was looked for in vain, and by how many, once it is old."""
    missed.forget_old()
    db.session.commit()


def forget_notifications() -> None:
    """Forget what members were told more than a year ago, batch by batch, and reports that weigh nothing any more."""
    while notices.forget_old():
        db.session.commit()
    bounces.forget_old()
    db.session.commit()


def look_at_consents() -> None:
    """Remind authors who have not said yes, and close the rounds whose term is over, one by one."""
    while closing.remind_due(clock.now()) or closing.close_due(clock.now()):
        db.session.commit()
        db.session.expire_all()
    db.session.commit()


def look_at_reviews() -> None:
    """Remind who is asked to check a lesson, and tell its makers where nobody answered in time, one by one."""
    while review_requests.remind_due(clock.now()) or review_requests.tell_overdue(clock.now()):
        db.session.commit()
        db.session.expire_all()
    db.session.commit()


def ask_reporters() -> None:
    """Ask who reported that a lesson runs how it went on, and what came of what was foretold, batch by batch."""
    while report_questions.ask_due() or foretellings.ask_due():
        db.session.commit()
        db.session.expire_all()
    db.session.commit()


def look_at_ageing() -> None:
    """Ask owners of lessons whether they still hold, tell of those that are due, and let them sink, batch by batch."""
    while ageing.ask_due() or ageing.tell_overdue() or ageing.sink_due():
        db.session.commit()
        db.session.expire_all()
    db.session.commit()


def count_desks() -> None:
    """Count what waits for each moderator, batch by batch, for the number at the top of their pages."""
    last_id: int | None = 0
    while last_id is not None:
        last_id = numbers.count_batch(after_id=last_id)
        db.session.commit()
        db.session.expire_all()


def mail_desks() -> None:
    """Queue the mail in the morning for moderators for whom something is due, batch by batch."""
    last_id: int | None = 0
    while last_id is not None:
        last_id = mornings.queue_batch(after_id=last_id)
        db.session.commit()


def look_at_spaces() -> None:
    """Tell deputies that they stand in from now on, and administrators where nobody was there for a day."""
    stand_ins.look()
    db.session.commit()
    long_unattended.look()
    db.session.commit()


def look_at_guests() -> None:
    """Tell of guests whose time ends soon, and close the rows of those for whom it is over, batch by batch."""
    while guests.tell_batch() or guests.close_batch():
        db.session.commit()
        db.session.expire_all()
    db.session.commit()


def ask_about_capacities() -> None:
    """Ask members whether what they speak as is still right: once a year, batch by batch."""
    last_id: int | None = 0
    while last_id is not None:
        last_id = affirmations.ask_batch(after_id=last_id)
        db.session.commit()


def index_texts() -> None:
    """Go on with what search finds texts by, where it is not whole: for some seconds, as others wait for their turn."""
    until = monotonic() + INDEXING_FOR
    for _step in making.steps(db.session.commit):
        if monotonic() > until:
            break


def _do(work: Work) -> None:
    try:
        work.run()
    except Exception as error:
        db.session.rollback()
        log.exception("recurring work %s failed", work.name)
        now = clock.now()
        failures = recurring.note_failure(work.name, type(error).__name__, at=now)
        again = now + AFTER_FAILURE * 2 ** min(failures - 1, 10)
        recurring.plan(work.name, min(again, max(work.next_after(now), now + AFTER_FAILURE)))
    else:
        now = clock.now()
        recurring.note_done(work.name, at=now)
        recurring.plan(work.name, work.next_after(now))
    db.session.commit()
    db.session.expire_all()


WORKS = (
    Work("open_digests", open_digests, every(timedelta(minutes=5))),
    Work("look_at_drafts", look_at_drafts, every(timedelta(minutes=1))),
    Work("look_at_consents", look_at_consents, every(timedelta(minutes=1))),
    Work("look_at_reviews", look_at_reviews, every(timedelta(minutes=5))),
    Work("ask_reporters", ask_reporters, every(timedelta(hours=1))),
    Work("look_at_ageing", look_at_ageing, every(timedelta(hours=1))),
    Work("settle_removals", settle_removals, every(timedelta(minutes=1))),
    Work("forget_access_requests", forget_access_requests, every(timedelta(hours=1))),
    Work("forget_bookmarks", forget_bookmarks, every(timedelta(hours=1))),
    Work("forget_missed_searches", forget_missed_searches, every(timedelta(days=1))),
    Work("forget_notifications", forget_notifications, every(timedelta(days=1))),
    Work("look_at_guests", look_at_guests, every(timedelta(minutes=5))),
    Work("look_at_spaces", look_at_spaces, every(timedelta(minutes=5))),
    Work("link_log", link_log, every(timedelta(minutes=1))),
    Work("count_desks", count_desks, every(timedelta(minutes=1))),
    Work("mail_desks", mail_desks, every(timedelta(minutes=15))),
    Work("index_texts", index_texts, every(timedelta(minutes=1))),
    Work("ask_about_capacities", ask_about_capacities, every(timedelta(days=1))),
)
BY_NAME = {work.name: work for work in WORKS}
