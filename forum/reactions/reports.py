"""From what came of a lesson elsewhere to who is told: who is behind it, editors, and who reported it."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.domain.lessons import confirmers
from forum.domain.mailing.notices import Subject
from forum.infra.db import db
from forum.models.accounts import NetworkAppointment, NetworkRole
from forum.models.adoptions import AdoptionReport
from forum.models.events import Event
from forum.models.foretellings import Foretelling
from forum.models.lessons import Lesson
from forum.policy.actors import actor_of, actors_of
from forum.policy.reporting import may_report
from forum.policy.visibility import sees
from forum.reactions import cited, lessons, told


def made(event: Event) -> None:
    """Tell who makes a lesson, and whom it quotes, that a city reported on it: never who did."""
    report = db.session.get(AdoptionReport, event.payload["report_id"])
    lesson = db.session.get(Lesson, event.payload["lesson_id"])
    if report is not None and lesson is not None:
        lessons.tell(event, "applied", lesson, _behind(lesson) - {report.reporter_id})


def confirmed(event: Event) -> None:
    """Tell the same that a lesson is confirmed, once that can no longer be undone."""
    lesson = db.session.get(Lesson, event.payload["lesson_id"], populate_existing=True)
    act = told.act_of(event)
    if lesson is not None and act is not None and lesson.confirmed_at == act.at:
        lessons.tell(event, "lesson_confirmed", lesson, _behind(lesson), act=act)


def ready(event: Event) -> None:
    """Tell the editors who may confirm a lesson, while it waits for that."""
    lesson = db.session.get(Lesson, event.payload["lesson_id"], populate_existing=True)
    if lesson is None or lesson.ready_at is None:
        return
    serving = select(NetworkAppointment.member_id).where(
        NetworkAppointment.role == NetworkRole.EDITOR, NetworkAppointment.ended_at.is_(None)
    )
    editors = actors_of(db.session.scalars(serving.distinct()).all())
    may = [one.id for one in editors.values() if confirmers.answer(one, lesson)]
    lessons.tell(event, "ready_to_confirm", lesson, sorted(may))


def asked(event: Event) -> None:
    """Ask who reported that something runs how it went on, unless they said so meanwhile."""
    report = db.session.get(AdoptionReport, event.payload["report_id"])
    if report is not None and report.stands:
        _ask(event, "report_asked", report.lesson_id, report.reporter_id)


def due(event: Event) -> None:
    """Ask who foretold something what came of it."""
    foretold = db.session.get(Foretelling, event.payload["foretelling_id"])
    if foretold is not None and foretold.withdrawn_at is None:
        _ask(event, "foretelling_due", foretold.lesson_id, foretold.author_id)


def _ask(event: Event, kind: str, lesson_id: int, member_id: int) -> None:
    """Tell a member of a lesson that they may still report on."""
    actor = actor_of(member_id)
    if actor is None:
        return
    lesson = db.session.scalar(select(Lesson).where(Lesson.id == lesson_id, sees(Lesson, actor)))
    if lesson is not None and may_report(actor, lesson):
        told.tell(event, {member_id: kind}, Subject(lesson_id=lesson.id))


def _behind(lesson: Lesson) -> set[int]:
    quoted: Iterable[int] = cited.authors(lesson.id, lesson.current_id or 0)
    return {lesson.curator_id, *quoted}
