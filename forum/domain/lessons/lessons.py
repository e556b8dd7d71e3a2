"""The life of a lesson: drafted from a thread, written, sent for review, returned or published, and revised."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from forum.domain.lessons import (
    after_publication,
    ageing,
    completeness,
    earlier_curators,
    first_axis,
    held,
    meanwhile,
    review_checklist,
    review_comments,
    review_requests,
    state_machine,
    versions,
    weakened,
)
from forum.domain.lessons import fields as lesson_fields
from forum.domain.lessons import numbers as lesson_numbers
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons import tags as lesson_tags
from forum.domain.lessons.state_machine import Move, Step
from forum.domain.lines import clean_paragraphs, paragraphs
from forum.domain.mailing import events
from forum.domain.themes import tags as tag_names
from forum.domain.threads import nominations
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.lesson_steps import StepKind
from forum.models.lessons import (
    Confidence,
    Lesson,
    LessonReview,
    LessonSource,
    LessonState,
    LessonVersion,
    Verdict,
)
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.actions import may_curate, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, DomainError, Forbidden
from forum.policy.holding import may_edit_draft
from forum.policy.visibility import get_visible


def draft(actor: Actor, thread_id: int, *, title: str = "", axis: str | None = None) -> Lesson:
    """Begin a lesson from a thread; the same untouched draft is returned when it is there already.

    `axis` is that of a thread that has none yet.
    NotFound, Forbidden unless the actor moderates the space, Invalid at `title` or `axis`.
    """
    thread: Thread = get_visible(Thread, actor, thread_id, lock=True)
    require(may_curate(actor, thread))
    fields = lesson_fields.clean({"title": title})
    lesson = versions.untouched(actor.id, thread.id, fields["title"])
    if lesson is not None:
        return lesson
    chosen = thread.axis or first_axis.choose(actor, thread, axis)
    lesson = Lesson(
        id=lesson_numbers.new_id(),
        space_id=thread.space_id,
        curator_id=actor.id,
        state=LessonState.DRAFT,
        audience=thread.audience,
        created_at=clock.now(),
    )
    step = state_machine.begin(StepKind.BEGIN, Move(actor, lesson))
    db.session.add(lesson)
    db.session.flush()
    versions.first(
        lesson,
        **fields,
        outcome=completeness.OUTCOME_NOT_CHOSEN,
        axis=chosen,
        needs=[thread.need.value],
        confidence=Confidence.FAIR,
    )
    db.session.add(LessonSource(lesson_id=lesson.id, thread_id=thread.id))
    nominations.take_up(actor, thread)
    step.finish()
    return lesson


def save(
    actor: Actor,
    lesson_id: int,
    *,
    saved_count: int,
    base: str = "",
    tags: list[str] | None = None,
    **fields: Any,
) -> LessonVersion:
    """Store some or all fields of a draft; `saved_count` says on which state they are based, `base` what stood there.

    The same text again changes nothing. Of a text that was saved meanwhile, the fields stay that were not changed here.
    NotFound, Forbidden, Conflict when a field was changed here and meanwhile, Invalid at the field that is wrong.
    """
    _lesson, version = work_on(actor, lesson_id)
    # All is cleaned, and with it refused, before anything is set.
    values = lesson_fields.clean(fields)
    chosen = None if tags is None else tag_names.clean(tags)
    if saved_count != version.saved_count:
        sides = _sides(version, values if tags is None else {**values, "tags": ", ".join(tags)}, base)
        if sides.both:
            raise Conflict(_("This text was changed somewhere else while you were writing."))
        values = {name: value for name, value in values.items() if name not in sides.saved}
        chosen = None if "tags" in sides.saved else chosen
    changed = {name: value for name, value in values.items() if getattr(version, name) != value}
    if not changed and (chosen is None or lesson_tags.are(version.id, chosen)):
        return version
    for name, value in changed.items():
        setattr(version, name, value)
    if chosen is not None:
        lesson_tags.choose(version.id, chosen)
    version.saved_count += 1
    version.saved_at = clock.now()
    db.session.flush()
    return version


def _sides(version: LessonVersion, sent: dict[str, Any], base: str) -> meanwhile.Sides:
    saved = {
        name: ", ".join(lesson_tags.of(version.id)) if name == "tags" else getattr(version, name)
        for name in sent
    }
    return meanwhile.look(meanwhile.marks(sent), meanwhile.marks(saved), meanwhile.read(base))


def add_source(actor: Actor, lesson_id: int, thread_id: int) -> None:
    """Let the draft quote from one more thread that the actor may see, in a space they moderate or for more readers.

    NotFound, Forbidden.
    """
    lesson, _version = work_on(actor, lesson_id)
    # Locked, so that it does not move to another space meanwhile.
    thread: Thread = get_visible(Thread, actor, thread_id, lock=True)
    if thread.audience == Audience.SPACE:
        require(may_moderate(actor, thread.space_id))
    if db.session.get(LessonSource, (lesson.id, thread.id)) is None:
        db.session.add(LessonSource(lesson_id=lesson.id, thread_id=thread.id))
        db.session.flush()


def submit(
    actor: Actor, lesson_id: int, *, audience: Audience, asked_id: int | None = None, note: str = ""
) -> Lesson:
    """Send the draft for review, for this audience, to a member or without an id to the group that may check it.

    From now on its text does not change. Sent twice it went once. NotFound, Forbidden, Invalid at `audience`,
    `reviewer`, `message` or at the first field that is missing.
    """
    lesson = locked(actor, lesson_id)
    is_same = lesson.state == LessonState.IN_REVIEW and lesson.audience == audience
    if is_same and review_requests.was_asked(actor, working(lesson).id, asked_id):
        return lesson
    lesson, version = open_draft(actor, lesson_id)
    weakened.hold_sources(lesson)
    step = state_machine.begin(StepKind.SUBMIT, Move(actor, lesson, audience, asked_id))
    held.worked(actor, lesson)
    version.created_by_id = actor.id  # who submits a version answers for it, and so cannot review it
    version.origin_cities = lesson_reviews.origin_cities(lesson, version)
    versions.seal(version, lesson, audience)
    lesson.audience = audience
    step.finish()
    review_requests.first(actor, version, asked_id=asked_id, note=note)
    return lesson


def send_back(actor: Actor, lesson_id: int, *, note: str, read: int | None = None) -> LessonVersion:
    """Return a version to its curator with a note, or with the comments of the reviewer alone.

    They go on in the new version that is returned here; the one that was reviewed stays as it was. The same note sent
    twice returned it once, and gives that one. `read` as in `publish`. NotFound, Forbidden, Conflict when it is not in
    review any more, Invalid at `note`.
    """
    try:
        step = _to_review(StepKind.RETURN, actor, lesson_id, read)
    except DomainError:  # also when it went back while this waited for it
        returned = lesson_reviews.returned_already(actor, lesson_id, paragraphs(note))
        if returned is None:
            raise
        return returned
    said = review_comments.open_count(lesson_id, by=actor.id)
    missing = None if said else _("Say what should be improved.")
    note = clean_paragraphs(note, field="note", limit=LessonReview.NOTE_MAX, missing=missing)
    lesson, version = step.move.lesson, step.move.version
    lesson_reviews.record(actor, lesson, version, Verdict.RETURNED, note)
    review_requests.end(version.id)
    step.finish()
    next_version = versions.copy(lesson, version, lesson.curator_id)
    events.record("lesson.returned", lesson_id=lesson.id, version_id=version.id)
    return next_version


def publish(
    actor: Actor,
    lesson_id: int,
    *,
    review_on: date | None = None,
    answers: Mapping[str, str] | None = None,
    read: int | None = None,
) -> Lesson:
    """Publish the version in review, as its reviewer, who answered every question of `review_checklist` about it.

    Sent twice it was published once. `answers`: those that they give now, by the codes of the questions. `read`: the
    sequence of the version on the page of the reviewer, to publish no other. NotFound, Forbidden, Conflict when it is
    not in review any more, Invalid at `audience` while a consent is missing, at `claims` when one lost its words, at a
    question, or at `comments` while one is open.
    """
    lesson = locked(actor, lesson_id)
    if lesson.working_id is None and lesson.published_by_id == actor.id:
        return lesson
    if answers:
        review_checklist.answer(actor, lesson_id, answers, read=read)
    step = _to_review(StepKind.PUBLISH, actor, lesson_id, read)
    version = step.move.version
    answer = review_checklist.recognition(actor, version)
    now = clock.now()
    lesson_reviews.record(actor, lesson, version, Verdict.APPROVED, recognition=answer)
    review_requests.end(version.id)
    before = db.session.get(LessonVersion, lesson.current_id) if lesson.current_id else None
    version.number, version.published_at = lesson_numbers.next_version(before, version), now
    lesson.public_id = lesson.public_id or lesson_numbers.new_public_id()
    lesson.current_id, lesson.working_id = version.id, None
    lesson.published_at = lesson.published_at or now
    lesson.published_by_id, lesson.changed_at = actor.id, now
    lesson.review_on = review_on or _chosen_day(version) or days.today() + ageing.review_after()
    step.finish()
    after_publication.settle(actor, lesson, version)
    events.record("lesson.published", lesson_id=lesson.id, version_id=version.id)
    return lesson


def _chosen_day(version: LessonVersion) -> date | None:
    """The day on which its maker wants it looked at again, where that is still to come."""
    day = version.review_on
    return day if day is not None and day > days.today() else None


def revise(actor: Actor, lesson_id: int) -> LessonVersion:
    """Begin a new version of a published lesson; readers keep the current one until it is published.

    It is the lesson of who begins it from then on; one that somebody began already is returned. NotFound, Forbidden.
    """
    lesson = locked(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    if lesson.working_id is not None:
        return working(lesson)
    step = state_machine.begin(StepKind.REVISE, Move(actor, lesson))
    version = versions.copy(lesson, db.session.get_one(LessonVersion, lesson.current_id), actor.id)
    if actor.id != lesson.curator_id:
        events.record("lesson.taken_up", lesson_id=lesson.id, holder_id=lesson.curator_id, actor_id=actor.id)
        earlier_curators.pass_on(lesson, actor.id, at=version.created_at)
    step.finish()
    return version


def working(lesson: Lesson) -> LessonVersion:
    """Return the version that is being made."""
    return db.session.get_one(LessonVersion, lesson.working_id)


def open_draft(actor: Actor, lesson_id: int) -> tuple[Lesson, LessonVersion]:
    """Return a lesson that the actor may write in now, locked, and the version being made; NotFound, Forbidden."""
    lesson = locked(actor, lesson_id)
    require(may_edit_draft(actor, lesson))
    version = db.session.get_one(LessonVersion, lesson.working_id, populate_existing=True)
    if version.sealed_at is not None:
        raise Forbidden(_("This version is being reviewed."))
    return lesson, version


def work_on(actor: Actor, lesson_id: int) -> tuple[Lesson, LessonVersion]:
    """Return the same for who changes it or settles what becomes of it: work, for two weeks more in their hands.

    Who worked on a lesson never checks it. NotFound, Forbidden.
    """
    lesson, version = open_draft(actor, lesson_id)
    held.worked(actor, lesson)
    return lesson, version


def locked(actor: Actor, lesson_id: int) -> Lesson:
    """Return the lesson, when the actor may see it, locked until the end of the transaction; NotFound."""
    lesson: Lesson = get_visible(Lesson, actor, lesson_id, lock=True)
    return lesson


def _to_review(kind: StepKind, actor: Actor, lesson_id: int, read: int | None) -> Step:
    lesson = locked(actor, lesson_id)
    if lesson.working_id is None:
        raise Conflict(_("Somebody else was first: this lesson is no longer waiting for a review."))
    return state_machine.begin(kind, Move(actor, lesson, lesson.audience, read=read))
