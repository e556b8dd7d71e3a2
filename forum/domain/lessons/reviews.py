"""Reviews: who may review a version, given where it comes from and what its reviewer is to it; what they decided."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from forum.domain.lessons import earlier_curators, review_facts
from forum.domain.lessons.review_facts import Facts
from forum.domain.people import capacities
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Capacity, Member
from forum.models.lessons import (
    Lesson,
    LessonReview,
    LessonVersion,
    Recognition,
    ReviewBasis,
    Verdict,
)
from forum.models.spaces import Audience, Role
from forum.policy.actions import Answer
from forum.policy.actors import Actor
from forum.policy.answering import of_a_city
from forum.policy.errors import Conflict
from forum.policy.reviewing import ReviewerFacts, may_review

AGAIN = timedelta(minutes=15)  # within it, the same return or question is the one that was sent before
Confirmed = set[tuple[str, int | None]]  # cities, and who confirmed that somebody speaks for them


@dataclass
class Case:
    """One version before its reviewers: where it comes from, who made it, whom it cites, who is asked by name."""

    origin: set[str]
    makers: tuple[int, ...]  # whose lesson it is, who sent it, and whose it was before
    cited: set[int] = field(default_factory=set)
    asked: set[int | None] = field(default_factory=set)  # None stands for a group
    deciding: set[int] = field(default_factory=set)  # asked by name, within their term, and they may check it
    by_editor: bool = False
    masked: bool = False

    def facts(self, member_id: int, confirmed: Confirmed, moderated: set[str]) -> ReviewerFacts:
        """Return what a member with these cities is to the version; what a maker of it confirmed does not count."""
        counted = frozenset(city for city, by_id in confirmed if by_id not in self.makers)
        return ReviewerFacts(
            made=member_id == self.makers[1],
            made_before=member_id in self.makers[2:],
            cited=member_id in self.cited,
            by_name=member_id in self.asked,
            of_another=bool(self.deciding) and not self.asked & {member_id, None},
            cities=counted,
            by_maker=bool(confirmed) and not counted,
            origin=frozenset(self.origin),
            from_origin=bool((_cities(confirmed) | moderated) & self.origin),
            by_editor=self.by_editor,
            masked=self.masked,
        )


class Reviewing:
    """Some versions, and what the given members are to each; a fixed number of queries, however many there are.

    Of a draft, `submitter_id` would be who submits it.
    """

    def __init__(
        self,
        rows: Iterable[tuple[Lesson, LessonVersion]],
        member_ids: Iterable[int] = (),
        submitter_id: int | None = None,
    ) -> None:
        self.rows = list(rows)
        self.submitter_id = submitter_id
        makers = {maker for row in self.rows for maker in self._makers(*row)}
        named = review_facts.asked([version.id for _lesson, version in self.rows]) if self.rows else {}
        deciding = {one.id for asked in named.values() for one in asked.in_term}
        everybody = makers | deciding | set(member_ids)
        facts = review_facts.of_versions(self.rows, everybody, makers) if self.rows else Facts({}, {})
        self.confirmed, self.moderated = facts.confirmed, facts.moderated
        self.cases = self._cases(facts, named)
        # What somebody can no longer check, or did not in time, does not wait for them alone.
        for lesson, version in self.rows:
            able = {one.id for one in named[version.id].in_term if self.answer(one, lesson, version.id)}
            self.cases[version.id].deciding = able

    def know(self, member_ids: Iterable[int]) -> None:
        """Look up what more members are to the versions (one query)."""
        more = review_facts.of_members(set(member_ids))
        self.confirmed |= more.confirmed
        self.moderated |= more.moderated

    def facts(self, version_id: int, member_id: int) -> ReviewerFacts:
        """Return what one of the members is to one of the versions."""
        confirmed, moderated = self.confirmed[member_id], self.moderated[member_id]
        return self.cases[version_id].facts(member_id, confirmed, moderated)

    def answer(self, actor: Actor, lesson: Lesson, version_id: int) -> Answer:
        """Return whether the actor, one of the members, may publish or return the version."""
        return may_review(actor, lesson, self.facts(version_id, actor.id))

    def _makers(self, lesson: Lesson, version: LessonVersion) -> tuple[int, ...]:
        sent_by = self.submitter_id or version.created_by_id
        return lesson.curator_id, sent_by, *earlier_curators.ids(lesson)

    def _cases(self, facts: Facts, named: dict[int, review_facts.Asked]) -> dict[int, Case]:
        cases = {}
        for lesson, version in self.rows:
            people = self._makers(lesson, version)
            # What was written down at the seal, and what holds today: nobody comes from elsewhere by moving meanwhile.
            origin = set(version.origin_cities) | facts.places[lesson.id]
            origin |= {city for _author, city in facts.cited[version.id] if city is not None}
            for maker in people:
                origin |= _cities(self.confirmed[maker]) | self.moderated[maker]
            cases[version.id] = Case(
                origin=origin,
                makers=people,
                cited={author for author, _city in facts.cited[version.id]},
                asked=named[version.id].ids,
                by_editor=any(maker in facts.editors for maker in people),
                masked=version.masked or lesson.id in facts.masked,
            )
        return cases


def answer_for(actor: Actor, lesson: Lesson, version: LessonVersion) -> Answer:
    """Return whether the actor may publish or return this version."""
    return Reviewing([(lesson, version)], [actor.id]).answer(actor, lesson, version.id)


def origin_cities(lesson: Lesson, version: LessonVersion) -> list[str]:
    """Return the codes of the cities that the version comes from: its space, its makers, every cited source."""
    return sorted(Reviewing([(lesson, version)]).cases[version.id].origin)


def record(
    actor: Actor,
    lesson: Lesson,
    version: LessonVersion,
    verdict: Verdict,
    note: str = "",
    *,
    recognition: Recognition | None = None,
) -> LessonReview:
    """Write down the verdict of a reviewer, with what made them somebody else at this moment.

    `recognition`, with an approval, is what they answered about masked sources.
    """
    reviewing = Reviewing([(lesson, version)], [actor.id])
    facts, makers = reviewing.facts(version.id, actor.id), reviewing.cases[version.id].makers
    basis, capacity = _basis(actor, lesson, facts, makers)
    row = LessonReview(
        version_id=version.id,
        reviewer_id=actor.id,
        basis=basis,
        capacity_id=capacity.id if capacity is not None else None,
        city=capacity.city if capacity is not None else None,
        verdict=verdict,
        recognition=recognition,
        note=note,
        created_at=clock.now(),
    )
    db.session.add(row)
    return row


def returned_already(actor: Actor, lesson_id: int, note: str) -> LessonVersion | None:
    """Return the version that the actor returned moments ago with this very note; None when they did not.

    It asks for what they wrote, so also who may no longer read the draft that they returned is told that it went; never
    for how the lesson stands now, which is not theirs to know.
    """
    query = (
        select(LessonReview, LessonVersion)
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id == lesson_id, LessonReview.reviewer_id == actor.id)
        .order_by(LessonReview.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    if row is None or (row[0].verdict, row[0].note) != (Verdict.RETURNED, note):
        return None
    return row[1] if row[0].created_at > clock.now() - AGAIN else None


def last_return(lesson_id: int) -> LessonReview | None:
    """Return the note with which a version of this lesson came back, and from whom, if that was the latest verdict."""
    latest = db.session.scalars(
        select(LessonReview)
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id == lesson_id)
        .order_by(LessonReview.id.desc())
        .options(joinedload(LessonReview.reviewer))
        .limit(1)
    ).one_or_none()
    return latest if latest is not None and latest.verdict == Verdict.RETURNED else None


def returned_by(lesson_ids: Collection[int]) -> dict[int, str]:
    """Return by lesson who sent its latest version back, by name, where that was the latest verdict (one query)."""
    if not lesson_ids:
        return {}
    latest = (
        select(func.max(LessonReview.id))
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id.in_(lesson_ids))
        .group_by(LessonVersion.lesson_id)
    )
    query = (
        select(LessonVersion.lesson_id, Member.name)
        .join(LessonReview, LessonReview.version_id == LessonVersion.id)
        .join(Member, Member.id == LessonReview.reviewer_id)
        .where(LessonReview.id.in_(latest), LessonReview.verdict == Verdict.RETURNED)
    )
    return {row.lesson_id: row.name for row in db.session.execute(query)}


def _cities(confirmed: Confirmed) -> set[str]:
    return {city for city, _by_id in confirmed}


def _basis(
    actor: Actor, lesson: Lesson, facts: ReviewerFacts, makers: tuple[int, ...]
) -> tuple[ReviewBasis, Capacity | None]:
    if lesson.audience == Audience.SPACE:
        moderates = actor.roles.get(lesson.space_id) == Role.MODERATOR
        return (ReviewBasis.SPACE if moderates else ReviewBasis.NAMED), None
    if not facts.elsewhere:
        return ReviewBasis.EDITOR, None
    capacity = db.session.scalars(
        select(Capacity)
        .where(
            Capacity.member_id == actor.id,
            of_a_city(),
            Capacity.city.in_(facts.elsewhere),
            Capacity.confirmed_at.is_not(None),
            or_(Capacity.confirmed_by_id.is_(None), Capacity.confirmed_by_id.not_in(makers)),
            capacities.holds_on(days.today()),
        )
        .order_by(Capacity.starts_on.desc(), Capacity.id.desc())
        .limit(1)
    ).one_or_none()
    if capacity is None:  # ended since it was asked who they are
        raise Conflict(_("What you speak as has just changed. Open the lesson again."))
    return ReviewBasis.CITY, capacity
