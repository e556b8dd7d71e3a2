"""Pages of a lesson that is disputed, signalled, superseded and withdrawn, for who moderates its space."""

from datetime import timedelta

from forum.domain.lessons import ageing, disputes, ending
from forum.domain.lessons import page as lesson_page
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.disputes import CounterEvidence
from forum.models.lessons import Lesson
from forum.policy.actors import Actor
from tests.factories import actor


def pages(moderator: Actor, space_id: int) -> list[str]:
    """Let a lesson of the space be in dispute, another one withdrawn; return their pages."""
    query = db.select(Lesson).where(Lesson.space_id == space_id, Lesson.public_id.is_not(None))
    first = db.session.scalars(query.order_by(Lesson.id)).first()
    over = db.session.scalars(db.select(Lesson).where(Lesson.public_id == "les-2026-008")).one()
    public_id = first.public_id or ""
    reader = actor(db.session.scalars(db.select(Member).where(Member.handle == "wouter")).one())
    evidence = select_evidence(first)
    if not evidence:
        root = lesson_page.page(moderator, public_id).claims[0].root
        words = "Bij ons kwam niemand opdagen, een maand tijdverlies per dossier."
        made = disputes.bring(reader, public_id, claim=root, words=words)
        disputes.accept(moderator, public_id, made.id)
        disputes.reply(
            actor(db.session.get_one(Member, first.curator_id)),
            public_id,
            made.id,
            words="Bij mij is dat een klein deel.",
        )
        disputes.bring(reader, public_id, claim=root, words="En in de winter lukte het helemaal niet.")
        ageing.signal(reader, public_id, reason="Het reglement is sinds januari anders.")
        first.review_on = days.today() - timedelta(days=10)
    if over.ended_at is None:
        editor = actor(db.session.scalars(db.select(Member).where(Member.handle == "eva")).one())
        because = "De regel waar ze op steunt, bestaat niet meer."
        ending.withdraw(editor, over.public_id or "", reason=because)
    db.session.commit()
    at = f"/lessons/{public_id}"
    return [
        at, f"{at}/counter-evidence", f"{at}/counter-evidence/new", f"{at}/affirmation", f"{at}/signals/new",
        f"{at}/withdrawal", f"{at}/supersession", f"/lessons/{over.public_id}",
        "/workbench?queue=disputed", "/workbench?queue=due_for_review",
    ]  # fmt: skip


def select_evidence(lesson: Lesson) -> list[CounterEvidence]:
    """What was brought against it already: pages are asked for more than once."""
    return list(db.session.scalars(db.select(CounterEvidence).where(CounterEvidence.lesson_id == lesson.id)))
