"""What became of what was asked about versions in review, for those who make them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.domain.lessons.reviews import Reviewing
from forum.infra import days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonVersion, ReviewRequest
from forum.policy import actors
from forum.policy.standing import in_good_standing

WAITING, OVERDUE, DECLINED, UNABLE = "waiting", "overdue", "declined", "unable"


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One request: `name` is empty for the group, `state` one of those above (UNABLE: they may not check it now)."""

    id: int
    name: str
    due_on: date
    state: str


def of_versions(rows: Iterable[tuple[Lesson, LessonVersion]]) -> dict[int, list[AskedLine]]:
    """Return the requests about these versions in review, by the id of the version, in the order they were asked.

    A fixed number of queries. Whether a group has anybody left is not looked at here.
    """
    versions = {version.id: (lesson, version) for lesson, version in rows}
    if not versions:
        return {}
    query = (
        select(ReviewRequest, Member.name)
        .outerjoin(Member, Member.id == ReviewRequest.asked_id)
        .where(ReviewRequest.version_id.in_(versions), ReviewRequest.ended_at.is_(None))
        .order_by(ReviewRequest.asked_at, ReviewRequest.id)
    )
    requests = db.session.execute(query).all()
    asked = {request.asked_id for request, _name in requests if request.asked_id is not None}
    able_ = able(list(versions.values()), asked)
    lines: dict[int, list[AskedLine]] = defaultdict(list)
    for request, name in requests:
        is_able = request.asked_id is None or (request.version_id, request.asked_id) in able_
        state = _state(request, is_able=is_able)
        lines[request.version_id].append(AskedLine(request.id, name or "", request.due_on, state))
    return lines


def able(rows: Iterable[tuple[Lesson, LessonVersion]], member_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Return the versions that each of these members may check, as pairs of ids (a fixed number of queries)."""
    rows, member_ids = list(rows), set(member_ids)
    query = select(*actors.COLUMNS).where(Member.id.in_(member_ids), in_good_standing(Member))
    people = [actors.actor_from(row) for row in db.session.execute(query)]
    reviewing = Reviewing(rows, member_ids)
    return {
        (version.id, one.id)
        for lesson, version in rows
        for one in people
        if reviewing.answer(one, lesson, version.id)
    }


def _state(request: ReviewRequest, *, is_able: bool) -> str:
    if request.declined_at is not None:
        return DECLINED
    if not is_able:
        return UNABLE
    return OVERDUE if request.due_on < days.today() else WAITING
