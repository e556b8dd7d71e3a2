"""Reports of other cities on a lesson: made, gone on with, changed and taken back by who makes them.

A person has one report on a lesson; what became of it later goes on with it and takes its place. So one person is one
witness, for one city, however often they are asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from forum.domain.lessons import foretellings, page, report_words
from forum.domain.lessons.confirming import weighed
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.listed import published
from forum.domain.lessons.report_words import Answers
from forum.domain.mailing import events
from forum.domain.people import capacities, speaking
from forum.domain.people.capacities import HeldCapacity
from forum.infra import days, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.lessons import Lesson
from forum.models.threads import Post, Thread
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from forum.policy.reporting import may_change_report, may_go_on, may_report
from forum.policy.visibility import sees

MOST = "20 per hour"  # of one member: the makers of a lesson, and whom it quotes, hear of each


@dataclass(frozen=True, slots=True)
class Reporting:
    """What the form of a report is about, for one reporter. `held`: what they speak as, by city.

    `hidden`: where the lesson comes from is kept from them.
    """

    lesson: Lesson
    title: str
    hidden: bool
    cities: list[str]  # behind the lesson, as far as they may know them
    held: dict[str, HeldCapacity]
    own: AdoptionReport | None  # what they said last


def to_report(actor: Actor, public_id: str) -> Reporting:
    """Return what the form of a report on a lesson is about (three queries); NotFound, Forbidden."""
    titled = page.title_of(actor, public_id)
    require(may_report(actor, titled.lesson))
    return Reporting(*titled, speaking.cities_of(actor.id), _own(actor, titled.lesson.id))


def one(actor: Actor, public_id: str, report_id: int) -> tuple[Reporting, AdoptionReport]:
    """Return a report that the actor made and may change, with what it is about; NotFound, Forbidden."""
    about = to_report(actor, public_id)
    report = _there(about.lesson, report_id)
    require(may_change_report(actor, report))
    return about, report


def to_take_back(actor: Actor, public_id: str, report_id: int) -> tuple[page.Titled, AdoptionReport]:
    """Return a report that the actor may take back, with the lesson, which may have ended; NotFound, Forbidden."""
    titled = page.title_of(actor, public_id)
    report = _there(titled.lesson, report_id)
    require(may_change_report(actor, report))
    return titled, report


def to_go_on(actor: Actor, public_id: str, report_id: int) -> tuple[Reporting, AdoptionReport]:
    """Return the same for who goes on with it; Forbidden as well for who no longer speaks for its city."""
    about, report = one(actor, public_id, report_id)
    require(may_go_on(actor, report, speaks=report.city in about.held))
    return about, report


def report(
    actor: Actor, public_id: str, answers: Answers, *, city: str = "", expected: Expected | None = None
) -> AdoptionReport:
    """Report what came of a lesson; the same again is what was reported. `expected` of one that runs is sealed.

    NotFound, Forbidden, Invalid at the field, TooOften; Conflict for who reported on it already: they go on with that.
    """
    about = to_report(actor, public_id)
    capacity = _capacity(about.held, city)
    said = report_words.clean(actor, answers, asks_spoke=not about.hidden)
    if expected is not None:
        expected = foretellings.clean(expected, running=said["outcome"] == AdoptionOutcome.RUNNING)
    lesson = hold(about.lesson.id, capacity.id)
    own = to_report(actor, public_id).own  # as it all stands once nobody else writes here
    if own is not None:
        if own.follows_id is None and _says(own, said):
            return own
        raise Conflict(_("You reported on this lesson already: go on with that report."))
    with weighed(lesson):
        made = _add(lesson, actor.id, capacity, said)
        if expected is not None:
            foretellings.seal(made, expected)
    _tell(actor, made)
    return made


def go_on(actor: Actor, public_id: str, report_id: int, answers: Answers) -> AdoptionReport:
    """Say what became of what the actor reported before: it stands from now on; the same again is what they said.

    NotFound, Forbidden for who no longer speaks for that city, Invalid at the field, TooOften.
    """
    about, before = _of_actor(actor, public_id, report_id)
    capacity = about.held.get(before.city)
    if capacity is None:
        raise Forbidden(_("You no longer speak for the city of this report."))
    said = report_words.clean(actor, answers, asks_spoke=not about.hidden)
    if said["outcome"] == AdoptionOutcome.NOT_DONE and before.outcome != AdoptionOutcome.NOT_DONE:
        raise Invalid("outcome", _("You did begin with it: say how that went."))
    lesson = hold(about.lesson.id, capacity.id)
    _about, before = _of_actor(actor, public_id, report_id)  # it may be gone meanwhile, or the lesson ended
    last = before if before.stands else _own(actor, lesson.id)
    if last is None or (last is not before and not _says(last, said)):
        raise Conflict(_("You reported again since: go on with what you said last."))
    if last is not before:
        return last
    with weighed(lesson):
        before.stands = False
        made = _add(lesson, actor.id, capacity, said, follows_id=before.follows_id or before.id)
    _tell(actor, made)
    return made


def change(actor: Actor, public_id: str, report_id: int, answers: Answers) -> AdoptionReport:
    """Put right what the actor said last; nothing changes with the same words. NotFound, Forbidden, Invalid."""
    about, _report = one(actor, public_id, report_id)
    said = report_words.clean(actor, answers, asks_spoke=not about.hidden)
    lesson = hold(about.lesson.id, None)
    _about, made = one(actor, public_id, report_id)
    if _says(made, said):
        return made
    if said["outcome"] == AdoptionOutcome.NOT_DONE and (made.follows_id or foretellings.of_report(made.id)):
        raise Invalid("outcome", _("You did begin with it: say how that went."))
    with weighed(lesson):
        for name, value in said.items():
            setattr(made, name, value)
        made.changed_on = days.today()
    return made


def take_back(actor: Actor, public_id: str, report_id: int) -> Lesson:
    """Delete what the actor said last; what it went on with stands again. What they foretold and nobody read is closed.

    Taken back already, nothing more. NotFound, Forbidden.
    """
    lesson = published(actor, public_id, lock=True)
    made = db.session.get(AdoptionReport, report_id, populate_existing=True)
    if made is None or made.lesson_id != lesson.id:  # told alike: who asks learns nothing of other lessons
        return lesson
    require(may_change_report(actor, made))
    with weighed(lesson):
        before = _before(made)
        if before is not None:
            before.stands = True
        else:
            foretellings.let_go(made.id)
        db.session.delete(made)
        db.session.flush()
    return lesson


def record(
    lesson_id: int,
    *,
    city: str,
    reporter_id: int,
    outcome: AdoptionOutcome,
    reported_on: date,
    capacity_id: int | None = None,
    **said: Any,
) -> AdoptionReport:
    """Store a report as it is (system verb); `said`: its other columns."""
    spoke_as = capacities.current(reporter_id, reported_on)
    capacity_id = capacity_id or (spoke_as.id if spoke_as else None)
    lesson = hold(lesson_id, capacity_id)
    with weighed(lesson):
        made = AdoptionReport(
            lesson_id=lesson_id,
            city=city,
            reporter_id=reporter_id,
            capacity_id=capacity_id,
            outcome=AdoptionOutcome(outcome),
            reported_on=reported_on,
            **said,
        )
        db.session.add(made)
        db.session.flush()
    return made


def post_address(actor: Actor, report: AdoptionReport, address: Callable[[int, str, int], str]) -> str:
    """Return the address of the post that a report named, as `address` makes it, while the actor reads its thread."""
    query = select(Thread.id, Thread.slug, Post.number).join(Post, Post.thread_id == Thread.id)
    row = db.session.execute(query.where(Post.id == report.post_id, sees(Thread, actor))).one_or_none()
    return address(*row) if row is not None else ""


def hold(lesson_id: int, capacity_id: int | None) -> Lesson:
    """Return a lesson, locked for a report that somebody makes in that capacity.

    The capacity is held first: whoever confirms it meanwhile, or reports too, comes after this or before it.
    """
    db.session.execute(select(Capacity.id).where(Capacity.id == capacity_id).with_for_update(read=True))
    return db.session.get_one(Lesson, lesson_id, with_for_update=True, populate_existing=True)


def _of_actor(actor: Actor, public_id: str, report_id: int) -> tuple[Reporting, AdoptionReport]:
    """A report of the actor, also one that they went on with since."""
    about = to_report(actor, public_id)
    before = _there(about.lesson, report_id)
    if before.reporter_id != actor.id:
        require(may_change_report(actor, before))
    return about, before


def _there(lesson: Lesson, report_id: int) -> AdoptionReport:
    """A report on a lesson, read anew; NotFound."""
    report = db.session.get(AdoptionReport, report_id, populate_existing=True)
    if report is None or report.lesson_id != lesson.id:
        raise NotFound
    return report


def _own(actor: Actor, lesson_id: int) -> AdoptionReport | None:
    """What the actor said last on a lesson."""
    own = select(AdoptionReport).where(
        AdoptionReport.lesson_id == lesson_id, AdoptionReport.reporter_id == actor.id, AdoptionReport.stands
    )
    return db.session.scalars(
        own.order_by(AdoptionReport.reported_on.desc(), AdoptionReport.id.desc()).execution_options(
            populate_existing=True
        )
    ).first()


def _before(made: AdoptionReport) -> AdoptionReport | None:
    """What a report that goes on with another took the place of."""
    if made.follows_id is None:
        return None
    chain = (AdoptionReport.id == made.follows_id) | (AdoptionReport.follows_id == made.follows_id)
    earlier = select(AdoptionReport).where(chain, AdoptionReport.id < made.id)
    return db.session.scalars(earlier.order_by(AdoptionReport.id.desc())).first()


def _capacity(held: dict[str, HeldCapacity], city: str) -> HeldCapacity:
    if not held:
        raise Invalid(
            "city", _("You speak for no city at present. Add what you speak as to your profile first.")
        )
    if not city and len(held) == 1:
        return next(iter(held.values()))
    if city not in held:
        raise Invalid("city", _("Choose for which city you report."))
    return held[city]


def _add(
    lesson: Lesson,
    reporter_id: int,
    capacity: HeldCapacity,
    said: dict[str, Any],
    *,
    follows_id: int | None = None,
) -> AdoptionReport:
    rates.spend("report", f"member:{reporter_id}", limit=MOST)
    made = AdoptionReport(
        lesson_id=lesson.id,
        city=capacity.city or "",
        reporter_id=reporter_id,
        capacity_id=capacity.id,
        reported_on=days.today(),
        follows_id=follows_id,
        **said,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _says(made: AdoptionReport, said: dict[str, Any]) -> bool:
    return all(getattr(made, name) == value for name, value in said.items())


def _tell(actor: Actor, made: AdoptionReport) -> None:
    events.record(
        "report.made", lesson_id=made.lesson_id, report_id=made.id, city=made.city, actor_id=actor.id
    )
