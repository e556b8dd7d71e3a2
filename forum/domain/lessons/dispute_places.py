"""Where the drafts of counter-evidence and of replies to it stand: with their lesson, for who may write them."""

from collections.abc import Collection

from sqlalchemy import select

from forum.domain.drafts.views import Place, Subject
from forum.domain.lessons import behind_claims, disputes
from forum.infra.db import db
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson, LessonVersion
from forum.policy.actors import Actor
from forum.policy.disputing import knows_of, may_dispute, may_reply_to
from forum.policy.visibility import sees

FORMS = EVIDENCE, REPLY = "counter_evidence", "evidence_reply"
# By form, the fields in which somebody types, and what they choose beside them.
FIELDS = {EVIDENCE: (("words", "post"), ("claim", "with_report")), REPLY: (("words",), ())}


def of(actor: Actor, asked: Collection[Subject]) -> dict[Subject, Place]:
    """Return where these drafts stand, without those that the actor may not enter (two queries, one for each reply)."""
    lessons = [one.id for one in asked if one.form == EVIDENCE]
    evidence = [one.id for one in asked if one.form == REPLY]
    return (_of_lessons(actor, lessons) if lessons else {}) | (_replies(actor, evidence) if evidence else {})


def _of_lessons(actor: Actor, ids: list[int]) -> dict[Subject, Place]:
    query = (
        select(Lesson, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(Lesson.id.in_(ids), sees(Lesson, actor))
    )
    return {
        Subject(EVIDENCE, lesson.id): Place(
            title,
            "",
            may_dispute(actor, lesson, is_note=disputes.is_note(lesson)),
            address={"public_id": lesson.public_id},
        )
        for lesson, title in db.session.execute(query)
    }


def _replies(actor: Actor, ids: list[int]) -> dict[Subject, Place]:
    query = (
        select(CounterEvidence, Lesson, LessonVersion.title)
        .join(Lesson, Lesson.id == CounterEvidence.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.current_id)
        .where(CounterEvidence.id.in_(ids), sees(Lesson, actor))
    )
    found = {}
    for evidence, lesson, title in db.session.execute(query).all():
        behind = actor.id in behind_claims.of_evidence(lesson, evidence)
        if behind and knows_of(actor, lesson, evidence):
            address = {"public_id": lesson.public_id, "_anchor": f"evidence-{evidence.id}"}
            may = may_reply_to(actor, evidence, behind=behind)
            found[Subject(REPLY, evidence.id)] = Place(title, "", may, address=address)
    return found
