"""What was taken out of a lesson, made final once nobody can undo it: no words and no hash of them are kept.

Readers get a new version without the words. In the versions before, a seal says how and when they went.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from forum.domain.audit import private_notes, reasons, undoable
from forum.domain.consents import removals
from forum.domain.lessons import (
    ageing,
    disputes,
    foretellings,
    library_counts,
    report_words,
    rights,
    state_machine,
    tags,
    version_notes,
    versions,
    weakened,
)
from forum.domain.lessons.state_machine import Move
from forum.domain.threads import said_to_moderators
from forum.infra import clock, tokens
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt, Removal, RemovalKind
from forum.models.consents import Consent, ConsentRequest, ConsentRound
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import Post, PostRevision


def settle_due(commit: Callable[[], None]) -> int:
    """Settle every removal that can no longer be undone, lesson by lesson, each committed; return how many lessons."""
    settled = 0
    while (lesson_id := db.session.scalar(_due(Removal.lesson_id).limit(1))) is not None:
        lesson = removals.locked(lesson_id)
        _settle(lesson, list(db.session.scalars(_due(Removal).where(Removal.lesson_id == lesson.id))))
        commit()
        settled += 1
    return settled


def _settle(lesson: Lesson, due: list[Removal]) -> None:
    """Make these removals from a lesson, which is locked, final."""
    rights.name_cities(lesson)
    gone = _excerpts(lesson, due) if due else []
    if any(version_id == lesson.current_id for _excerpt, version_id, _removal in gone):
        without = {excerpt.id for excerpt, _version, _why in gone}
        step = state_machine.begin(StepKind.TAKE_OUT, Move(None, lesson))
        versions.replace_published(lesson, version_notes.TAKEN_OUT, without=without)
        step.finish()
    for removal in due:
        _empty_answers(removal, [excerpt for excerpt, _version_id, why in gone if why is removal])
    for excerpt, version_id, removal in gone:
        if version_id == lesson.working_id:  # of a draft or a version in review nothing needs to stay
            db.session.delete(excerpt)
        else:
            excerpt.words = excerpt.sha256 = ""
            excerpt.removal, excerpt.removed_at = removal.kind, clock.now()
    for removal in due:
        removal.settled_at = clock.now()
    db.session.flush()
    db.session.expire_all()
    library_counts.recount(lesson)
    weakened.look([lesson])


def erase(member_id: int) -> None:
    """Take everything that a member said out of every lesson, at once and for good: their account is erased.

    Also what they were asked and never agreed to, which stands in no lesson, and the reasons that they gave or got in
    the log of moderators.
    """
    rows = db.session.execute(
        select(LessonVersion.lesson_id, Excerpt, PostRevision.post_id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(Post.author_id == member_id, Excerpt.words != "")
        .order_by(LessonVersion.lesson_id, Excerpt.id)
    ).all()
    asked = select(ConsentRound.lesson_id).join(ConsentRequest, ConsentRequest.round_id == ConsentRound.id)
    answered = select(Consent.lesson_id).where(Consent.author_id == member_id)
    lesson_ids = {lesson_id for lesson_id, _excerpt, _post in rows}
    lesson_ids |= set(db.session.scalars(asked.where(ConsentRequest.author_id == member_id).union(answered)))
    lessons = {lesson_id: removals.locked(lesson_id) for lesson_id in sorted(lesson_ids)}
    tags.hold(lessons)
    for lesson_id, excerpt, post_id in rows:
        removals.add(lessons[lesson_id], post_id, excerpt, author_id=member_id, kind=RemovalKind.ERASED)
    for lesson in lessons.values():
        own = select(Removal).where(
            Removal.lesson_id == lesson.id, Removal.author_id == member_id, *_stands()
        )
        _settle(lesson, list(db.session.scalars(own.order_by(Removal.id))))
    foretellings.erase(member_id)
    disputes.erase(member_id)
    report_words.erase(member_id)
    ageing.erase(member_id)
    reasons.erase(member_id)
    private_notes.erase(member_id)
    said_to_moderators.erase(member_id)
    for request in db.session.scalars(select(ConsentRequest).where(ConsentRequest.author_id == member_id)):
        _empty_request(request)
    for consent in db.session.scalars(select(Consent).where(Consent.author_id == member_id)):
        _empty_consent(consent)
    db.session.flush()


def _due(what: Any) -> Select[Any]:
    query = select(what).where(*_stands(), Removal.at <= clock.now() - undoable.WINDOW)
    return query.order_by(Removal.at, Removal.id).execution_options(populate_existing=True)


def _stands() -> tuple[ColumnElement[bool], ...]:
    return Removal.settled_at.is_(None), Removal.undone_at.is_(None)


def _excerpts(lesson: Lesson, due: list[Removal]) -> list[tuple[Excerpt, int, Removal]]:
    """The excerpts that stand at one of these places in any version, each with its version and why it goes."""
    rows = db.session.execute(
        select(Excerpt, Claim.version_id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .where(
            LessonVersion.lesson_id == lesson.id,
            Excerpt.removal.is_(None),
            Excerpt.revision_id.in_({removal.revision_id for removal in due}),
        )
    )
    found = []
    for excerpt, version_id in rows:
        why = next((removal for removal in due if _overlaps(excerpt, removal)), None)
        if why is not None:
            found.append((excerpt, version_id, why))
    return found


def _overlaps(place: Excerpt | ConsentRequest, removal: Removal) -> bool:
    same = place.revision_id == removal.revision_id
    return same and place.start_at < removal.end_at and place.end_at > removal.start_at


def _empty_answers(removal: Removal, gone: list[Excerpt]) -> None:
    """Take the words out of what was asked and answered about this place, too."""
    requests = (
        select(ConsentRequest)
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(ConsentRound.lesson_id == removal.lesson_id, ConsentRequest.revision_id == removal.revision_id)
    )
    revision = db.session.get_one(PostRevision, removal.revision_id)
    digests = {tokens.digest(revision.plain[removal.start_at : removal.end_at])}
    digests |= {excerpt.sha256 for excerpt in gone}
    for request in db.session.scalars(requests):
        if _overlaps(request, removal):
            digests.add(request.sha256)  # what came of a longer or a shorter piece goes with it
            _empty_request(request)
    given = {excerpt.consent_id for excerpt in gone}
    consents = select(Consent).where(
        Consent.lesson_id == removal.lesson_id, Consent.post_id == revision.post_id
    )
    for consent in db.session.scalars(consents):
        if consent.sha256 in digests or consent.id in given:
            _empty_consent(consent)


def _empty_request(request: ConsentRequest) -> None:
    request.said = request.words = request.own_words = request.sha256 = ""
    request.as_name = request.as_function = request.as_masked = ""
    request.changes = []


def _empty_consent(consent: Consent) -> None:
    consent.words = consent.note = consent.shown_as = ""
    consent.sha256 = f"removed-{consent.id}"  # a hash of nothing, unique beside the others of the post
    consent.agreed, consent.claim_text = False, None
