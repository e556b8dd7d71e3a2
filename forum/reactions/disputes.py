"""From counter-evidence to who is told: the makers, who is behind the claim, and who brought it."""

from forum.domain.lessons import behind_claims
from forum.infra.db import db
from forum.models.disputes import CounterEvidence
from forum.models.events import Event
from forum.models.lessons import Lesson
from forum.reactions import lessons, told


def brought(event: Event) -> None:
    """Tell the moderators who decide on it, while it waits."""
    lesson, evidence = _of(event)
    if lesson is not None and evidence is not None and evidence.decided_at is None:
        members = set(told.moderators(lesson.space_id)) - {evidence.author_id}
        lessons.tell(event, "evidence_brought", lesson, sorted(members))


def accepted(event: Event) -> None:
    """Tell who may reply, and who brought it, that it stands beside its claim."""
    lesson, evidence = _of(event)
    if lesson is None or evidence is None:
        return
    lessons.tell(event, "disputed", lesson, _others(event, lesson, evidence))
    lessons.tell(event, "evidence_accepted", lesson, [evidence.author_id])


def declined(event: Event) -> None:
    """Tell who brought it, who reads the reason on its page."""
    lesson, evidence = _of(event)
    if lesson is not None and evidence is not None:
        lessons.tell(event, "evidence_declined", lesson, [evidence.author_id])


def settled(event: Event) -> None:
    """Tell all of them that the dispute has ended."""
    lesson, evidence = _of(event)
    if lesson is not None and evidence is not None:
        members = {*_others(event, lesson, evidence), evidence.author_id}
        lessons.tell(event, "dispute_settled", lesson, sorted(members))


def _of(event: Event) -> tuple[Lesson | None, CounterEvidence | None]:
    """The lesson and the evidence, which its author may have taken back meanwhile."""
    evidence = db.session.get(CounterEvidence, event.payload["evidence_id"], populate_existing=True)
    return db.session.get(Lesson, event.payload["lesson_id"], populate_existing=True), evidence


def _others(event: Event, lesson: Lesson, evidence: CounterEvidence) -> list[int]:
    """Who is behind the claim, but for who decided."""
    return sorted(behind_claims.of_evidence(lesson, evidence) - {event.payload["actor_id"]})
