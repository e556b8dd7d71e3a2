"""What holds of a lesson on every walk, asked of the rows and not of the verbs; `lives_read` asks what readers get.

What was done stands in the log once each, in the capacity of who did it, and nothing else does. No path publishes a
claim without an excerpt, an excerpt without a right, a lesson without four eyes or for more readers than it may have.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine

from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Passage
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.adoptions import AdoptionOutcome, AdoptionReport
from forum.models.consents import Consent
from forum.models.disputes import CounterEvidence
from forum.models.lesson_steps import Ending, LessonStep, Stage, StepKind
from forum.models.lessons import Lesson, LessonReview, LessonVersion, ReviewBasis, Verdict
from forum.models.spaces import Audience

NONE, DRAFT, ASKING, IN_REVIEW, PUBLISHED = Stage
# What the log has to say of a lesson that went from one stage to another.
MOVES = {
    (NONE, DRAFT): {StepKind.BEGIN},
    (DRAFT, ASKING): {StepKind.ASK_AUTHORS},
    (ASKING, DRAFT): {StepKind.TAKE_QUESTION_BACK, StepKind.CLOSE_QUESTION},
    (DRAFT, IN_REVIEW): {StepKind.SUBMIT},
    (IN_REVIEW, DRAFT): {StepKind.RETURN, StepKind.ASK_BACK},
    (IN_REVIEW, PUBLISHED): {StepKind.PUBLISH},
    (PUBLISHED, DRAFT): {StepKind.REVISE},
    (DRAFT, PUBLISHED): {StepKind.DISCARD},
    (DRAFT, NONE): {StepKind.DISCARD},
}
FORUM = {StepKind.CLOSE_QUESTION, StepKind.UNCONFIRM, StepKind.FALL_DUE, StepKind.TAKE_OUT}
WELL = {AdoptionOutcome.WORKED, AdoptionOutcome.ADAPTED, AdoptionOutcome.PARTLY}
HOME, ENOUGH = "aalst", 2  # its own city is no witness


@dataclass
class Kept:
    """What a walk remembers of itself: who worked on the lesson, for whom it came out, which evidence was accepted.

    And who could read each excerpt in its thread when it was sent: that is its right, whatever the thread becomes.
    """

    worked: set[int] = field(default_factory=set)
    earlier: set[int] = field(default_factory=set)  # on what was there before this version was begun
    audience: Audience | None = None
    accepted: dict[int, str] = field(default_factory=dict)
    rights: dict[Passage, Audience] = field(default_factory=dict)  # of the version that was sent
    published: dict[Passage, Audience] = field(default_factory=dict)  # and of what readers get
    line_id: int = 0

    def seal(self, lesson: Lesson) -> None:
        """Remember it of a version that is sent now; what readers have already keeps the right that it has."""
        now = {quoted.passage: quoted.thread.audience for quoted in excerpts.under(lesson.working_id or 0)}
        self.rights = {where: self.published.get(where, reads) for where, reads in now.items()}


@dataclass
class Seen:
    """What came about on all walks of a test together."""

    steps: Counter[StepKind] = field(default_factory=Counter)
    attempts: Counter[bool] = field(default_factory=Counter)

    def note(self, kinds: list[StepKind], *, done: bool) -> None:
        """Count an attempt, and the steps that it came to."""
        self.steps.update(kinds)
        self.attempts[done] += 1


@dataclass(frozen=True)
class Life:
    """How a lesson stands: all of which a change stands in its log."""

    stage: Stage = NONE
    curator: int | None = None
    deputy: int | None = None
    ended: Ending | None = None
    confirmed: Any = None
    affirmed: Any = None
    overdue: Any = None
    current: int | None = None
    evidence: dict[int, tuple[bool, bool, bool]] = field(default_factory=dict)  # decided, accepted, ended


def life(lesson_id: int | None) -> Life:
    """Return how a lesson stands now."""
    lesson = db.session.get(Lesson, lesson_id or 0)
    if lesson is None:
        return Life()
    stage = PUBLISHED if lesson.current_id is not None else NONE
    stage = DRAFT if lesson.working_id is not None else stage
    if lesson.round_id is not None:
        stage = ASKING
    if lesson.state.value == "in_review":
        stage = IN_REVIEW
    evidence = {
        one.id: (one.decided_at is not None, one.accepted, one.ended_at is not None)
        for one in db.session.scalars(select(CounterEvidence).where(CounterEvidence.lesson_id == lesson.id))
    }
    return Life(
        stage, lesson.curator_id, lesson.deputy_id, lesson.ended_as, lesson.confirmed_at, lesson.affirmed_at,
        lesson.overdue_for, lesson.current_id, evidence,
    )  # fmt: skip


def hands(lesson: Lesson | None) -> set[int | None]:
    """Return who has a draft in hand."""
    return {lesson.curator_id, lesson.deputy_id} if lesson is not None else set()


@contextmanager
def written():
    """Collect the statements that write something."""
    found: list[str] = []

    def note(_connection, _cursor, sql, *_rest):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(sql)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def is_untouched(statements: list[str]) -> bool:
    """Return whether nothing was written by these statements, and nothing waits to be."""
    session = db.session
    waits = session.new or session.deleted or any(session.is_modified(one) for one in session.dirty)
    return not statements and not waits


def steps(
    kept: Kept, actor: Member | None, before: Life, after: Life, lesson_id: int | None
) -> list[StepKind]:
    """Ask whether the lines that were added to the log are those of what changed, one each, by whom and as what."""
    query = select(LessonStep).where(LessonStep.lesson_id == lesson_id, LessonStep.id > kept.line_id)
    lines = list(db.session.scalars(query.order_by(LessonStep.id)))
    left = [line.kind for line in lines]
    for told in changes(before, after):
        kind = next((kind for kind in left if kind in told), None)
        assert kind is not None, f"{told} is not in the log: {left}, from {before} to {after}"
        left.remove(kind)
    assert not left, f"{left} is in the log, from {before} to {after}"
    for line in lines:
        if line.kind in FORUM:
            assert line.actor_id is None, line.kind
            continue
        assert actor is not None
        own = db.session.scalar(select(Capacity.id).where(Capacity.member_id == actor.id))
        assert (line.actor_id, line.capacity_id) == (actor.id, own), f"{line.kind} by somebody else"
    kept.line_id = lines[-1].id if lines else kept.line_id
    kinds = [line.kind for line in lines]
    if StepKind.REVISE in kinds:
        kept.earlier = set(kept.worked)
    if StepKind.DISCARD in kinds:  # nothing of it is left
        kept.worked = set(kept.earlier)
    return kinds


def changes(before: Life, after: Life) -> list[set[StepKind]]:
    """Return of each change which steps may have made it."""
    found = []
    if before.stage != after.stage:
        found.append(MOVES[before.stage, after.stage])
    over = after.stage in (NONE, PUBLISHED) and before.stage != after.stage
    begun = (before.stage, after.stage) == (PUBLISHED, DRAFT)
    # Who begins another version has it from then on, and who throws that away gives it back.
    passed = before.curator != after.curator and not (over or begun or NONE in (before.stage, after.stage))
    if passed:
        found.append({StepKind.TAKE_OVER})
    if before.deputy != after.deputy and not (over or begun or passed):
        found.append({StepKind.END_DEPUTY if after.deputy is None else StepKind.NAME_DEPUTY})
    if before.ended != after.ended:
        how = {None: {StepKind.UNDO_END, StepKind.BRING_BACK}}
        how |= {Ending.WITHDRAWN: {StepKind.WITHDRAW}, Ending.SUPERSEDED: {StepKind.SUPERSEDE}}
        found.append(how[after.ended])
    if before.confirmed != after.confirmed:
        undone = {StepKind.UNDO_CONFIRM, StepKind.UNCONFIRM}
        found.append({StepKind.CONFIRM} if before.confirmed is None else undone)
    if before.affirmed != after.affirmed:
        found.append({StepKind.AFFIRM})
    if before.overdue != after.overdue:
        found.append({StepKind.FALL_DUE})
    if before.current != after.current and after.stage != NONE and not (over and before.stage == IN_REVIEW):
        found.append({StepKind.TAKE_OUT})
    for one, (decided, accepted, ended) in after.evidence.items():
        was_decided, _accepted, was_ended = before.evidence.get(one, (False, False, False))
        if decided and not was_decided:
            found.append({StepKind.DISPUTE if accepted else StepKind.DECLINE_EVIDENCE})
        if ended and not was_ended:
            found.append({StepKind.SETTLE})
    return found


def chain(lesson_id: int) -> None:
    """Ask whether the log leads from nothing to where the lesson stands, without a gap."""
    query = select(LessonStep).where(LessonStep.lesson_id == lesson_id).order_by(LessonStep.id)
    at = NONE
    for line in db.session.scalars(query):
        assert line.before == at, f"{line.kind} from {line.before}, but it stood at {at}"
        at = line.after
    assert at == life(lesson_id).stage


def approvals(lesson_id: int | None) -> list[LessonReview]:
    """Return the approvals of a lesson, from old to new."""
    of_lesson = select(LessonVersion.id).where(LessonVersion.lesson_id == lesson_id)
    approved = select(LessonReview).where(
        LessonReview.version_id.in_(of_lesson), LessonReview.verdict == Verdict.APPROVED
    )
    return list(db.session.scalars(approved.order_by(LessonReview.id)))


def publication(town: Any, lesson: Lesson, publisher: Member, kept: Kept) -> None:
    """Ask what holds at the moment of a publication."""
    version = db.session.get_one(LessonVersion, lesson.current_id)
    held = excerpts.by_claim(version.id)
    assert held, "a lesson without claims"
    assert all(any(not one.withheld for one in claim.quotes) for claim in held), "a claim without words"
    for quoted in (quoted for claim in held for quoted in claim.quotes):
        if kept.rights[quoted.passage].rank < lesson.audience.rank:
            assert quoted.consent is not None, "an excerpt without a right"
            consent = db.session.get_one(Consent, quoted.consent.id)
            assert consent.agreed, "an excerpt without a right"
            assert consent.audience.rank >= lesson.audience.rank, "a right for fewer readers"
        assert quoted.post.author_id != publisher.id, "somebody approved their own words"
    makers = {lesson.curator_id, version.created_by_id, *kept.worked}
    assert publisher.id not in makers, "two eyes: who worked on it approved it"
    review = approvals(lesson.id)[-1]
    assert review.reviewer_id == publisher.id
    if lesson.audience != Audience.SPACE:
        assert review.basis in {ReviewBasis.CITY, ReviewBasis.EDITOR}
        assert review.city not in version.origin_cities
    if lesson.audience == Audience.PUBLIC:
        assert publisher.id == town.editor.id
    assert kept.audience in (None, lesson.audience), "other readers than before"
    kept.audience, kept.published = lesson.audience, kept.rights


def is_well_applied(lesson: Lesson) -> bool:
    """Return whether reports stand of two other cities that somebody confirmed, of different people."""
    query = (
        select(func.count(AdoptionReport.city.distinct()))
        .join(Capacity, Capacity.id == AdoptionReport.capacity_id)
        .where(
            AdoptionReport.lesson_id == lesson.id, AdoptionReport.stands, AdoptionReport.outcome.in_(WELL),
            Capacity.confirmed_at.is_not(None), Capacity.city == AdoptionReport.city, Capacity.city != HOME,
        )
    )  # fmt: skip
    return (db.session.scalar(query) or 0) >= ENOUGH
