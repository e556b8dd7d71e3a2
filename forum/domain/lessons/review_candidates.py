"""Who can be asked to check a version, for each audience: a group, and by name those whom the asker knows of.

Whether somebody may is decided by `may_review` alone, as if the version were in review; the lists here are bounded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select

from forum.domain.lessons.reviews import Reviewing
from forum.domain.lines import handle_of
from forum.domain.people import capacities
from forum.domain.people.bylines import Byline, byline
from forum.infra import days, fitting
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import LARGEST
from forum.infra.sort_keys import sort_key
from forum.models.accounts import Capacity, Member, NetworkAppointment, NetworkRole
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.models.spaces import Audience, Membership, Role
from forum.policy import actors
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.known import known
from forum.policy.reviewing import may_review
from forum.policy.standing import FULL, belonging, full, in_good_standing

GROUP_MOST, NAMES_MOST = 50, 6  # of a group, and of the names that a page offers
SHORTEST = 2  # letters of a name that somebody looks for


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be asked by name."""

    id: int
    byline: Byline


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who can be asked for one audience: the sizes of the group, without names, and whom the asker may choose."""

    audience: Audience
    moderators: int
    editors: int
    people: list[Candidate]

    @property
    def has_group(self) -> bool:
        """Whether whoever of them is free can be asked."""
        return self.moderators + self.editors > 0

    @property
    def is_empty(self) -> bool:
        """Whether nobody can be asked at all."""
        return not self.has_group and not self.people


class Asking:
    """One version before it is sent to anybody, for the member who asks; a fixed number of queries.

    Of a draft the asker would be who submits it. `again` is the id of who sent it back: the first to be offered.
    """

    def __init__(
        self, actor: Actor, lesson: Lesson, version: LessonVersion, again: int | None = None
    ) -> None:
        self.actor, self.lesson, self.version = actor, lesson, version
        self.again_first = Member.id != (again or 0)
        submitter_id = actor.id if version.sealed_at is None else None
        self.reviewing = Reviewing([(lesson, version)], [actor.id], submitter_id)
        case_ = self.reviewing.cases[version.id]
        self.origin = case_.origin
        declined = select(ReviewRequest.asked_id).where(
            ReviewRequest.version_id == version.id, ReviewRequest.declined_at.is_not(None)
        )
        self.excluded = {actor.id, *case_.makers} | case_.cited
        self.excluded |= {asked_id for asked_id in db.session.scalars(declined) if asked_id is not None}

    def offered(self, audiences: Sequence[Audience]) -> list[Candidates]:
        """Return who can be asked for each of these audiences."""
        free = {audience: self._group(audience) for audience in audiences}
        known = self._known(one.id for group in free.values() for one in group)
        named = {
            audience: [one for one in found if one.id in known][:NAMES_MOST]
            for audience, found in free.items()
        }
        if Audience.SPACE in named and not named[Audience.SPACE]:
            inside = self._inside(Role.MEMBER)
            named[Audience.SPACE] = self._fit(inside, NAMES_MOST, Audience.SPACE, by_name=True)
        lines = self._lines(one for found in named.values() for one in found)
        return [
            Candidates(
                audience,
                sum(not self._edits(one, audience) for one in free[audience]),
                sum(self._edits(one, audience) for one in free[audience]),
                [lines[one.id] for one in named[audience]],
            )
            for audience in audiences
        ]

    def free(self, audience: Audience) -> list[int]:
        """Return the ids of the group for one audience."""
        return [one.id for one in self._group(audience)]

    def find(self, audience: Audience, typed: str) -> list[Candidate]:
        """Return the people with that in their name, or with that handle, who can be asked for an audience."""
        handle = handle_of(typed)
        words = sort_key(handle).split("\t")[0]
        if len(words) < SHORTEST:
            return []
        called = or_(Member.sort_key.contains(words), Member.handle == handle)
        condition = and_(self._nameable(audience), called)
        if audience == Audience.SPACE and self._is_moderated_by_others():
            condition = and_(condition, self._inside(Role.MODERATOR))
        fit = self._fit(condition, NAMES_MOST, audience, by_name=True)
        lines = self._lines(fit)
        return [lines[one.id] for one in fit]

    def check(self, audience: Audience, asked_id: int | None) -> None:
        """Do nothing for somebody who can be asked, or None for the group; Invalid at `reviewer` for all others."""
        if asked_id is None:
            if not self.free(audience):
                raise Invalid("reviewer", _("There is nobody in this group now. Ask somebody by name."))
            return
        # A form may bring any number; whoever cannot be asked is told like nobody at all.
        by_id = and_(self._nameable(audience), Member.id == asked_id)
        fit = self._fit(by_id, 1, audience, by_name=True) if 0 < asked_id <= LARGEST else []
        if fit and audience == Audience.SPACE and not self._is_moderator(fit[0]):
            fit = [] if self._is_moderated_by_others() else fit
        if not fit:
            raise Invalid("reviewer", _("This person cannot check the lesson for these readers."))

    def may(self, member: Actor, audience: Audience, *, by_name: bool = False) -> bool:
        """Return whether somebody may check the version once it is in review for that audience."""
        facts = self.reviewing.facts(self.version.id, member.id)
        facts = replace(facts, by_name=by_name, of_another=False)
        # The rule looks at a lesson in review: this one as it would be then, in no session.
        sent = Lesson(
            space_id=self.lesson.space_id,
            curator_id=self.lesson.curator_id,
            state=LessonState.IN_REVIEW,
            audience=audience,
        )
        return bool(may_review(member, sent, facts))

    def _edits(self, member: Actor, audience: Audience) -> bool:
        return audience != Audience.SPACE and NetworkRole.EDITOR in member.network_roles

    def _is_moderator(self, member: Actor) -> bool:
        return member.roles.get(self.lesson.space_id) == Role.MODERATOR

    def _is_moderated_by_others(self) -> bool:
        return bool(self._fit(self._inside(Role.MODERATOR), 1, Audience.SPACE))

    def _group(self, audience: Audience) -> list[Actor]:
        """Who is free to be asked: the space's moderators, the editors, and moderators from elsewhere, bounded."""
        inside, edits = self._inside(Role.MODERATOR), _edits()
        if audience == Audience.SPACE:
            return self._fit(inside, GROUP_MOST, audience, self.again_first)
        first = case((inside, 0), (edits, 1), else_=2)
        group = or_(inside, edits, and_(_moderates(), self._from_elsewhere()))
        return self._fit(group, GROUP_MOST, audience, self.again_first, first)

    def _fit(
        self,
        condition: ColumnElement[bool],
        most: int,
        audience: Audience,
        *first: Any,
        by_name: bool = False,
    ) -> list[Actor]:
        """The first of those under a condition who may check the version for that audience."""
        query = select(*actors.COLUMNS).where(
            in_good_standing(Member), Member.id.not_in(self.excluded), condition
        )
        order = [*first, Member.sort_key, Member.id]

        def fit(page: Sequence[Any]) -> list[Actor]:
            people = [actors.actor_from(row) for row in page]
            self.reviewing.know(one.id for one in people)
            return [one for one in people if self.may(one, audience, by_name=by_name)]

        return fitting.first(query, most, fit, order=order)

    def _inside(self, *roles: Role) -> ColumnElement[bool]:
        return Member.id.in_(
            select(Membership.member_id).where(
                Membership.space_id == self.lesson.space_id,
                belonging(Membership),
                Membership.role.in_(roles),
            )
        )

    def _from_elsewhere(self) -> ColumnElement[bool]:
        return exists().where(
            Capacity.member_id == Member.id,
            Capacity.city.not_in(self.origin),
            Capacity.confirmed_at.is_not(None),
            capacities.holds_on(days.today()),
        )

    def _nameable(self, audience: Audience) -> ColumnElement[bool]:
        """Who is worth a look, of those whom the asker may know of."""
        if audience == Audience.SPACE:
            return self._inside(*FULL)
        return and_(known(self.actor), full(Member.id), or_(_edits(), self._from_elsewhere()))

    def _known(self, member_ids: Iterable[int]) -> set[int]:
        query = select(Member.id).where(Member.id.in_(list(member_ids)), known(self.actor))
        return set(db.session.scalars(query))

    def _lines(self, people: Iterable[Actor]) -> dict[int, Candidate]:
        by_id = {one.id: one for one in people}
        held = capacities.current_of(by_id)
        return {
            one.id: Candidate(one.id, byline(one.name, one.handle, held.get(one.id)))
            for one in by_id.values()
        }


def _edits() -> ColumnElement[bool]:
    return exists().where(
        NetworkAppointment.member_id == Member.id,
        NetworkAppointment.role == NetworkRole.EDITOR,
        NetworkAppointment.ended_at.is_(None),
    )


def _moderates() -> ColumnElement[bool]:
    return exists().where(
        Membership.member_id == Member.id,
        Membership.role == Role.MODERATOR,
        belonging(Membership),
    )
