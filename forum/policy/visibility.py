"""The one rule of who may read what, written once as SQL and read in both directions.

Each rule takes a bind parameter for one reader or the column `Member.id`. With the parameter it answers "what may this
reader see?" (`visible`), with the column "who may see this?" (`audience`). Every read on someone's behalf starts here;
nothing else decides who reads.
"""

from collections.abc import Callable, Hashable
from typing import Any, Protocol, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from forum.infra.db import db
from forum.infra.paging import LARGEST
from forum.infra.statements import PERSONAL, cached
from forum.models.accounts import Member
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Claim
from forum.models.consents import ConsentRequest
from forum.models.lessons import Lesson, LessonState, LessonVersion, ReviewRequest
from forum.models.library import LibraryCount
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Invitation, JoinRequest, Membership, Role, Space
from forum.models.threads import Post, Thread
from forum.policy.errors import NotFound
from forum.policy.standing import (
    FULL,
    ReaderId,
    active,
    appointed,
    belonging,
    full,
    in_good_standing,
    inside,
    looked_up,
    spaces_of,
    within,
)
from forum.policy.thread_readers import reads_thread

Rule = Callable[[ReaderId], ColumnElement[bool]]
READER_ID = "reader_id"  # the parameter of a cached statement

# Aliases, created once because aliased() is slow.
_PUBLIC_THREAD = aliased(Thread)


class Reader(Protocol):
    """Anything with a member's id: an actor or a row."""

    @property
    def id(self) -> int: ...


def visible(model: type[Any], reader: Reader | None, *columns: Any) -> Select[Any]:
    """Select the rows of `model` (or only `columns`) that `reader` may see; None is a visitor."""
    return select(*(columns or (model,))).where(sees(model, reader))


def sees(model: type[Any], reader: Reader | None) -> ColumnElement[bool]:
    """Return the same rule as a condition, for queries that join `model`."""
    return RULES[model](_reader_id(reader))


def sees_as_member(model: type[Any]) -> ColumnElement[bool]:
    """Return the rule in its other direction, between `model` and `Member`, for queries that join both.

    It does not say that the member is in good standing.
    """
    return RULES[model](Member.id)


def reached(level: Any, space_id: Any, reader: Reader | None) -> ColumnElement[bool]:
    """Return whether the reader is in the audience `level` of a space: for an audience that was kept in columns."""
    return within(level, space_id, _reader_id(reader))


def _reader_id(reader: Reader | None) -> ReaderId:
    if reader is None:
        return None
    reader_id: Any = reader.id
    # A cached statement gets the id when it runs, or asks for the member of each row (policy/readers.py).
    if isinstance(reader_id, BindParameter | InstrumentedAttribute):
        return reader_id
    return bindparam(PERSONAL, reader_id, type_=Integer, unique=True)


def get_visible(
    model: type[Any], reader: Reader | None, row_id: int | None, *options: Any, lock: bool = False
) -> Any:
    """Return the row of `model` with that id; NotFound both for "absent" and for "not for this reader".

    `lock`: read anew, and locked until the end of this transaction.
    """
    # A form may contain any number, also one that no id column can hold.
    if row_id is None or not 0 < row_id <= LARGEST:
        raise NotFound
    query = _one_row(cast(Hashable, model), reader is not None, lock)
    values = {"row_id": row_id, READER_ID: reader.id if reader is not None else None}
    row = db.session.scalars(query.options(*options) if options else query, values).one_or_none()
    if row is None:
        raise NotFound
    return row


@cached
def _one_row(model: Any, signed_in: bool, lock: bool) -> Select[Any]:
    """One row by its id, as a statement that is built once; it contains no reader and no permission."""
    rule = RULES[model](bindparam(READER_ID, type_=Integer) if signed_in else None)
    query: Any = select(model).where(rule, model.id == bindparam("row_id", type_=Integer))
    return query.with_for_update(of=model).execution_options(populate_existing=True) if lock else query


def audience(row: Any) -> Select[Member]:
    """Select the members who may see `row`; every notice and every mail starts here. Visitors are not among them."""
    model: Any = type(row)
    seen = select(model.id).where(model.id == row.id, RULES[model](Member.id)).correlate(Member)
    return select(Member).where(in_good_standing(Member), seen.exists())


def count_readers(space_id: int, level: Audience) -> int:
    """Return how many members could read a thread of that audience in that space."""
    query = audience_within(space_id, level).with_only_columns(func.count(Member.id))
    return int(db.session.execute(query).scalar_one())


def audience_within(space_id: int, level: Audience) -> Select[Member]:
    """Select the members who could read a thread of that audience in that space; visitors are not among them."""
    rule = within(literal(level.value), literal(space_id), Member.id)
    return select(Member).where(in_good_standing(Member), rule)


def _space_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    has_public_thread = exists().where(
        _PUBLIC_THREAD.space_id == Space.id,
        _PUBLIC_THREAD.audience == Audience.PUBLIC,
        _PUBLIC_THREAD.hidden_at.is_(None),
        _PUBLIC_THREAD.withdrawn_at.is_(None),
    )
    anybody = and_(Space.unlisted_at.is_(None), has_public_thread.correlate(Space))
    if reader_id is None:
        return anybody
    own = inside(Space.id, reader_id)
    listed = and_(Space.unlisted_at.is_(None), full(reader_id))
    return or_(anybody, and_(active(reader_id), or_(own, listed)))


def _post_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    """The place of a post; a hidden or withdrawn post has an empty `html`."""
    return exists().where(Thread.id == Post.thread_id, reads_thread(reader_id)).correlate(Post, Member)


def _lesson_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    published = Lesson.current_id.is_not(None)
    read = within(Lesson.audience, Lesson.space_id, reader_id)
    if reader_id is None:
        return and_(published, read)
    return or_(and_(published, read), _lesson_made(reader_id))


def _lesson_made(reader_id: ReaderId) -> ColumnElement[bool]:
    """Whether the reader makes or checks the lesson: its space's moderators, and others once they are asked."""
    makers = inside(Lesson.space_id, reader_id, Role.MODERATOR)
    checkers = and_(
        Lesson.state == LessonState.IN_REVIEW,
        Lesson.audience != Audience.SPACE,
        or_(spaces_of(reader_id, Role.MODERATOR).exists(), appointed(reader_id)),
    )
    return and_(active(reader_id), or_(makers, checkers, _asked_by_name(reader_id)))


def _asked_by_name(reader_id: ReaderId) -> ColumnElement[bool]:
    """Whether the reader is asked to check the version that is made: what stays in its space nobody else reads."""
    asked = exists().where(
        ReviewRequest.version_id == Lesson.working_id,
        ReviewRequest.asked_id == reader_id,
        ReviewRequest.declined_at.is_(None),
        ReviewRequest.ended_at.is_(None),
    )
    own = inside(Lesson.space_id, reader_id, *FULL)
    reach = or_(own, and_(Lesson.audience != Audience.SPACE, full(reader_id)))
    return and_(Lesson.state == LessonState.IN_REVIEW, asked.correlate(Lesson, Member), reach)


def _version_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    """Published versions for the lesson's readers; the others for those who make or check it."""
    read = exists().where(Lesson.id == LessonVersion.lesson_id, _lesson_visible(reader_id))
    shown = and_(LessonVersion.number.is_not(None), read.correlate(LessonVersion, Member))
    if reader_id is None:
        return shown
    by_maker = and_(active(reader_id), inside(Lesson.space_id, reader_id, Role.MODERATOR))
    working = and_(_lesson_made(reader_id), Lesson.working_id == LessonVersion.id)
    made = exists().where(Lesson.id == LessonVersion.lesson_id, or_(by_maker, working))
    return or_(shown, made.correlate(LessonVersion, Member))


def _claim_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    seen = exists().where(LessonVersion.id == Claim.version_id, _version_visible(reader_id))
    return seen.correlate(Claim, Member)


def _adoption_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    of_lesson = and_(Lesson.id == AdoptionReport.lesson_id, Lesson.current_id.is_not(None))
    return exists().where(of_lesson, _lesson_visible(reader_id)).correlate(AdoptionReport, Member)


def _library_count_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    """The rows that add up to the lessons a reader may see, each lesson counted in exactly one of them."""
    everywhere = LibraryCount.space_id.is_(None)
    public = and_(everywhere, LibraryCount.audience == Audience.PUBLIC)
    if reader_id is None:
        return public
    is_full = full(reader_id)
    network = and_(everywhere, LibraryCount.audience == Audience.NETWORK, is_full)
    own = and_(
        inside(LibraryCount.space_id, reader_id),
        or_(
            LibraryCount.audience == Audience.SPACE,
            and_(LibraryCount.audience == Audience.NETWORK, not_(is_full)),
        ),
    )
    return or_(public, and_(active(reader_id), or_(network, own)))


def _membership_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    """Who belongs to a space is for those who belong to it."""
    if reader_id is None:
        return false()
    return and_(belonging(Membership), active(reader_id), inside(Membership.space_id, reader_id))


def _notification_visible(reader_id: ReaderId) -> ColumnElement[bool]:
    """A member's own, as long as they may see everything that it is about: else there is no trace of it."""
    if reader_id is None:
        return false()
    row = Notification
    about = ((row.thread_id, Thread), (row.lesson_id, Lesson), (row.space_id, Space))
    seen = (or_(its.is_(None), looked_up(model, its, RULES[model](reader_id))) for its, model in about)
    # Who asks to join a space is for its moderators, as the request is; so is whatever else only they are told.
    asks = row.kind.in_(Notification.OF_MODERATORS)
    moderated = inside(row.space_id, reader_id, Role.MODERATOR)
    return and_(row.member_id == reader_id, or_(~asks, row.space_id.is_(None), moderated), *seen)


def _own(member_id: Any) -> Rule:
    """What is one member's alone, such as what authors are asked about their text, and what they answer."""
    return lambda reader: false() if reader is None else and_(active(reader), member_id == reader)


def _for_moderators(model: Any) -> Rule:
    return lambda reader: (
        false() if reader is None else and_(active(reader), inside(model.space_id, reader, Role.MODERATOR))
    )


RULES: dict[type[Any], Rule] = {
    Space: _space_visible,
    Thread: reads_thread,
    Post: _post_visible,
    Lesson: _lesson_visible,
    LessonVersion: _version_visible,
    Claim: _claim_visible,
    AdoptionReport: _adoption_visible,
    LibraryCount: _library_count_visible,
    Membership: _membership_visible,
    ConsentRequest: _own(ConsentRequest.author_id),
    Invitation: _for_moderators(Invitation),
    JoinRequest: _for_moderators(JoinRequest),
    Notification: _notification_visible,
}
