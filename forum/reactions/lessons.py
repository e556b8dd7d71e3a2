"""From what becomes of a lesson to who is told: the authors whom it quotes, and who makes it."""

from collections.abc import Iterable

from sqlalchemy import or_, select

from forum.domain.lessons import numbers, of_thread
from forum.domain.lessons.unknowns import sharing
from forum.domain.mailing import kinds
from forum.domain.mailing.notices import Subject
from forum.domain.threads import nominations
from forum.infra.db import db
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.events import Event
from forum.models.lessons import Lesson, LessonSource, LessonVersion
from forum.models.undo import UndoableAct
from forum.policy.actors import actors_of
from forum.policy.visibility import audience
from forum.reactions import cited, told


def published(event: Event) -> None:
    """Tell the authors whom it quotes; and who makes it, or sent it for review, that it was published.

    Whoever is both hears of it once: that they are quoted, or by mail that it was published if they stopped that.
    """
    lesson = db.session.get(Lesson, event.payload["lesson_id"])
    version = db.session.get(LessonVersion, event.payload["version_id"])
    if lesson is None or version is None:
        return
    quoted = tell_quoted(event)
    makers = {lesson.curator_id, version.created_by_id}
    for both in (False, True):
        keys = {one: f"cited.{version.id}.{one}" for one in quoted if (one in makers) == both}
        others = {kinds.ELSE: ["lesson_published"]} if both else {}
        told.write_letters(event, "cited", keys, event.payload | others)
    only_makers = sorted(makers - set(quoted))
    keys = {one: f"lesson_published.{event.id}.{one}" for one in only_makers}
    told.write_letters(event, "lesson_published", keys, dict(event.payload))
    tell(event, "published", lesson, only_makers)
    tell_sharers(event, lesson)
    if version.number == numbers.FIRST:
        tell_nominators(event, lesson)


def tell_nominators(event: Event, lesson: Lesson) -> None:
    """Tell who said that there is a lesson in one of its threads.

    As on the page of the thread nobody is led from there to a lesson where that leads to who is masked.
    """
    sources = db.session.scalars(
        select(LessonSource.thread_id).where(LessonSource.lesson_id == lesson.id)
    ).all()
    said = nominations.taken_up(sources)
    actors = actors_of([one.member_id for one in said])
    led = [
        one.member_id
        for one in said
        if one.member_id in actors and of_thread.is_led_to(actors[one.member_id], lesson.id, one.thread_id)
    ]
    tell(event, "nomination_published", lesson, led)


def tell_sharers(event: Event, lesson: Lesson) -> None:
    """Tell who shares a question that the version answers, but for who is told of it already."""
    tell(event, "unknown_answered", lesson, sharing.sharers(event.payload["version_id"]))


def tell_quoted(event: Event) -> list[int]:
    """Tell the authors whom a published lesson quotes, without a letter; return who they are."""
    lesson = db.session.get_one(Lesson, event.payload["lesson_id"])
    quoted = cited.authors(lesson.id, event.payload["version_id"])
    tell(event, "cited", lesson, quoted)
    return quoted


def returned(event: Event) -> None:
    """Tell the curator what the reviewer asks."""
    lesson = db.session.get(Lesson, event.payload["lesson_id"])
    if lesson is not None:
        keys = {lesson.curator_id: f"lesson_returned.{event.id}"}
        told.write_letters(event, "lesson_returned", keys, dict(event.payload))
        tell(event, "returned", lesson, [lesson.curator_id])


def taken_up(event: Event) -> None:
    """Tell who had it in hand that somebody else makes it now, unless it is theirs again."""
    lesson, holder_id = db.session.get(Lesson, event.payload["lesson_id"]), event.payload["holder_id"]
    if lesson is not None and holder_id not in (lesson.curator_id, lesson.deputy_id):
        tell(event, "taken_up", lesson, [holder_id])


def lost_words(event: Event) -> None:
    """Tell the curator and the editors, but for who did it, once the act can no longer be undone."""
    lesson, act = db.session.get(Lesson, event.payload["lesson_id"]), told.act_of(event)
    if lesson is None or act is None:
        return
    editors = select(NetworkAppointment.member_id).where(
        NetworkAppointment.role == NetworkRole.EDITOR, NetworkAppointment.ended_at.is_(None)
    )
    makers = audience(lesson).where(
        or_(Member.id == lesson.curator_id, Member.id.in_(editors)), Member.id != act.actor_id
    )
    members = db.session.scalars(makers.with_only_columns(Member.id).order_by(Member.id)).all()
    keys = {member_id: f"lost_words.{act.id}.{lesson.id}.{member_id}" for member_id in members}
    payload = {"lesson_id": lesson.id, "version_id": lesson.current_id, "act_id": act.id}
    told.write_letters(event, "lesson_lost_words", keys, payload, act=act)
    tell(event, "lost_words", lesson, members, act=act)


def tell(
    event: Event, kind: str, lesson: Lesson, member_ids: Iterable[int], *, act: UndoableAct | None = None
) -> None:
    """Tell those of these members who may see a lesson of it, and never who did it: its origin may be masked."""
    readers = dict.fromkeys(told.readers(lesson, member_ids), kind)
    if act is not None:
        readers.pop(act.actor_id, None)
    told.tell(event, readers, Subject(lesson_id=lesson.id), act=act)
