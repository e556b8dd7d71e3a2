"""Work that waits: events, mail, the calendar, and the workers that do it; as `flask worker --ready` has it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sqlalchemy import func, select

from forum.domain import health
from forum.domain.checks import Check
from forum.domain.doctor.findings import Finding, tell
from forum.domain.mailing import complaints, mail_status
from forum.domain.moderation import settlers
from forum.domain.spaces import guests
from forum.infra import clock
from forum.infra.db import db
from forum.models.events import Event
from forum.models.mail import OutgoingMail
from forum.models.post_reports import PostReport
from forum.models.spaces import Membership
from forum.models.threads import Post, Thread

CLOSED_WITHIN = timedelta(hours=1)
# What these warn of is said by `set_aside`, with ids.
WITH_IDS = frozenset({"events", "mail for a person"})


def waiting() -> Iterator[Finding]:
    """Workers, events, lanes and recurring work that are late, and mail that is held."""
    checks = health.worker_checks()
    yield from of_checks(check for check in checks if not (check.good and check.name in WITH_IDS))


def set_aside() -> Iterator[Finding]:
    """Events and mail that were given up, or whose fate is not known: a person must look."""
    given_up = select(Event.id).where(Event.handled_at.is_(None), Event.failed_at.is_not(None))
    yield from tell("events set aside", "events were given up after some tries; the log says why", given_up)
    for state in mail_status.FOR_A_PERSON:
        query = select(OutgoingMail.id).where(OutgoingMail.state == state)
        yield from tell(f"mail {state.value}", "a person must look: see `flask mail status`", query)


def stopped_addresses() -> Iterator[Finding]:
    """Addresses that get no mail: nothing is wrong, and many at once may mean that our mail is refused."""
    if count := complaints.of_last_week().stopped_addresses:
        found = "addresses get no mail, because it came back; many at once: is our mail refused? See `flask mail check`"
        yield Finding("addresses", count, found, warns=True)


def guests_over() -> Iterator[Finding]:
    """Guests whose time is over, and who read nothing any more: their rows are closed within minutes."""
    found = "guests whose time was over an hour ago, and whose membership is not closed: does a worker run?"
    yield from tell("guests", found, select(Membership.id).where(guests.is_over(clock.now() - CLOSED_WITHIN)))


def reports_without_anybody() -> Iterator[Finding]:
    """Reported posts that nobody may settle: of the only moderator of a space without a deputy."""
    query = (
        select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Post.id.in_(select(PostReport.post_id).where(settlers.OPEN)),
            Post.hidden_at.is_(None),
            Post.deleted_at.is_(None),
            settlers.without_any(),
        )
    )
    if count := db.session.scalar(select(func.count()).select_from(query.subquery())):
        found = "posts of the only moderator of a space are reported, and it has no deputy: let it name one"
        yield Finding("reported posts", count, found, warns=True)


def of_checks(checks: Iterable[Check]) -> Iterator[Finding]:
    """Return a finding for each check that is not good, or of which somebody should know."""
    for check in checks:
        if not check.good or check.warns:
            yield Finding(check.name, 1, check.found)


def database() -> Iterator[Finding]:
    """Whether database, migrations and disks can serve."""
    yield from of_checks(health.web_checks())
