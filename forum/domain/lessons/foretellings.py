"""What somebody expects of applying a lesson, sealed: nobody else reads it before its day, nobody changes it ever.

The seal is SHA-256 over the words with a random salt, written as JSON in one way (`sealed_text`). Anybody who has the
words and the salt makes the same text again and compares; nobody can guess from the hash what is expected.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from forum.domain.lessons.listed import listed
from forum.domain.lines import clean_paragraphs
from forum.domain.mailing import events
from forum.infra import clock, days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import update_rows
from forum.models.adoptions import AdoptionReport
from forum.models.foretellings import Foretelling
from forum.models.lessons import Lesson
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.reporting import may_withdraw

LONGEST = timedelta(days=5 * 366)
BATCH = 50
MOST = "10 per day"  # of one member: each stays to be seen


@dataclass(frozen=True, slots=True)
class Expected:
    """What somebody filled in: what they expect, by when, and what would make them stop."""

    expected: str = ""
    due_on: date | None = None
    stop_when: str = ""


def clean(typed: Expected, *, running: bool) -> Expected | None:
    """Return what was typed, fit to be sealed, or None where nothing was; Invalid at the field that is wrong.

    Only what runs can be foretold.
    """
    limit = Foretelling.TEXT_MAX
    expected = clean_paragraphs(typed.expected, field="expected", limit=limit)
    stop_when = clean_paragraphs(typed.stop_when, field="stop_when", limit=limit)
    if not (expected or stop_when or typed.due_on):
        return None
    if not running:
        raise Invalid("outcome", _("You can foretell only what is still running."))
    if not expected:
        raise Invalid("expected", _("Say what you expect."))
    if typed.due_on is None:
        raise Invalid("due_on", _("Say by when."))
    if not days.today() < typed.due_on <= days.today() + LONGEST:
        raise Invalid("due_on", _("Choose a day after today, within five years."))
    return Expected(expected, typed.due_on, stop_when)


def sealed_text(expected: str, due_on: date, stop_when: str, salt: str) -> str:
    """Return the text of which the hash is kept: JSON with sorted keys, no spaces, and letters as they are (UTF-8)."""
    words = {"by": due_on.isoformat(), "expected": expected, "salt": salt, "stop": stop_when}
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal(report: AdoptionReport, words: Expected) -> Foretelling:
    """Store what the reporter of a report expects (system verb); `words` were cleaned. TooOften."""
    rates.spend("foretell", f"member:{report.reporter_id}", limit=MOST)
    salt = secrets.token_hex(Foretelling.SALT_BYTES)
    due_on = words.due_on or days.today()
    text = sealed_text(words.expected, due_on, words.stop_when, salt)
    made = Foretelling(
        lesson_id=report.lesson_id,
        author_id=report.reporter_id,
        capacity_id=report.capacity_id,
        city=report.city,
        report_id=report.id,
        expected=words.expected,
        stop_when=words.stop_when,
        due_on=due_on,
        salt=salt,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        sealed_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def withdraw(actor: Actor, lesson_id: int, foretelling_id: int) -> None:
    """Take back what the actor foretold of a lesson that they see, before anybody else could read it.

    That it was there stays, without its words. Withdrawn already, nothing more. NotFound, Forbidden; Conflict once it
    is due.
    """
    query = select(Foretelling).where(Foretelling.id == foretelling_id, Foretelling.lesson_id == lesson_id)
    made = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if made is None:
        raise NotFound
    require(may_withdraw(actor, made))
    if made.withdrawn_at is not None:
        return
    if made.due_on <= days.today():
        raise Conflict(_("Others can read this by now: it stays."))
    made.withdrawn_at = clock.now()
    db.session.flush()


def of_report(report_id: int) -> Foretelling | None:
    """Return what was foretold with a report."""
    return db.session.scalar(select(Foretelling).where(Foretelling.report_id == report_id))


def due_of(report: AdoptionReport) -> Foretelling | None:
    """Return what its author foretold with a report, once its day is there, for them to answer beside it (one query).

    A report that goes on with another has what was foretold with the first one.
    """
    made = of_report(report.follows_id or report.id)
    is_due = made is not None and made.withdrawn_at is None and made.due_on <= days.today()
    return made if is_due else None


def let_go(report_id: int) -> None:
    """Leave what was foretold with a report that is taken back: withdrawn, or open if it was due (system verb)."""
    made = of_report(report_id)
    if made is None:
        return
    made.report_id = None
    if made.withdrawn_at is None and made.due_on > days.today():
        made.withdrawn_at = clock.now()
    db.session.flush()


def ask_due() -> int:
    """Ask what came of what was foretold for a day that is there, each once, some at a time; return how many."""
    now = clock.now()
    due = (
        select(Foretelling)
        .where(
            Foretelling.due_on <= days.today(),
            Foretelling.asked_at.is_(None),
            Foretelling.withdrawn_at.is_(None),
            # Of one that ended nothing can be told; should it stand again, it is asked then.
            Foretelling.lesson_id.in_(select(Lesson.id).where(listed())),
        )
        .order_by(Foretelling.due_on, Foretelling.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = db.session.scalars(due).all()
    for made in found:
        made.asked_at = now
        events.record("foretelling.due", foretelling_id=made.id, lesson_id=made.lesson_id)
    db.session.flush()
    return len(found)


def erase(member_id: int) -> None:
    """Take out the words of everything that a member foretold, with their salt: their account is erased."""
    own = update(Foretelling).where(Foretelling.author_id == member_id)
    update_rows(own.values(expected="", stop_when="", salt=""))
