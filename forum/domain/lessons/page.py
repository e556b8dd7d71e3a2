"""A lesson as one reader gets it: its claims with the words they rest on, as far as talk and consent allow her.

Where she may not see the talk, she gets the words as their author agreed, and nothing that leads back to the talk.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from forum.domain.lessons import adoptions, consent_checks
from forum.domain.lessons import tags as lesson_tags
from forum.domain.lessons.adoptions import Adoption, Pair, PostLink
from forum.domain.lessons.completeness import claims_of
from forum.domain.people import capacities
from forum.domain.people.bylines import Byline, byline, masked
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson, LessonReview, LessonSource, LessonState, LessonVersion, Verdict
from forum.models.spaces import Role
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import get_visible, sees, visible


@dataclass(frozen=True, slots=True)
class ExcerptView:
    """Words under a claim. Without words, `withheld` says why: deleted, hidden, closed."""

    stance: str
    words: str = ""
    author: Byline | None = None
    said_at: datetime | None = None
    post: PostLink | None = None
    edited: bool = False
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with what it rests on."""

    number: int
    text: str
    excerpts: list[ExcerptView]


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A talk behind the lesson that the reader may see."""

    id: int
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One published version in the list."""

    number: str
    published_at: datetime
    change_note: str


@dataclass(frozen=True, slots=True)
class LessonPage:
    """Everything on the page of a lesson."""

    lesson: Lesson
    version: LessonVersion
    claims: list[ClaimView]
    sources: list[SourceLink]
    curator: Byline
    readers: list[str]  # who checked this version
    published_by: str
    history: list[VersionLine]
    adoptions: list[Adoption]
    tags: list[str]
    overdue: bool
    may_revise: bool

    @property
    def is_current(self) -> bool:
        """Whether this is what readers get first."""
        return self.version.id == self.lesson.current_id

    @property
    def excerpt_count(self) -> int:
        """How many excerpts the claims rest on."""
        return sum(len(claim.excerpts) for claim in self.claims)

    @property
    def pairs(self) -> list[Pair]:
        """City and outcome of each report from old to new, for the ring."""
        return [(report.city, report.outcome) for report in reversed(self.adoptions)]


def page(reader: Actor | None, public_id: str, number: str | None = None) -> LessonPage:
    """The page of a published lesson: its current version, or the one with that number."""
    query = visible(Lesson, reader).where(Lesson.public_id == public_id, Lesson.current_id.is_not(None))
    lesson = db.session.scalars(query).one_or_none()
    if lesson is None:
        raise NotFound
    which = LessonVersion.id == lesson.current_id if number is None else LessonVersion.number == number
    version = db.session.scalars(
        visible(LessonVersion, reader).where(LessonVersion.lesson_id == lesson.id, which)
    ).one_or_none()
    if version is None or version.number is None:
        raise NotFound
    return _composed(reader, lesson, version, lambda thread: True)


def preview(reader: Actor, lesson_id: int) -> LessonPage:
    """The version that is being made, exactly as a reader outside its talks would get it."""
    lesson: Lesson = get_visible(Lesson, reader, lesson_id)
    query = visible(LessonVersion, reader).where(LessonVersion.id == lesson.working_id)
    version = db.session.scalars(query).one_or_none()
    if version is None:
        raise NotFound
    return _composed(
        reader, lesson, version, lambda thread: not consent_checks.needed(thread, lesson, lesson.audience)
    )


def history(reader: Actor | None, lesson: Lesson) -> list[VersionLine]:
    """The published versions, the newest first."""
    query = visible(
        LessonVersion, reader, LessonVersion.number, LessonVersion.published_at, LessonVersion.change_note
    ).where(LessonVersion.lesson_id == lesson.id, LessonVersion.number.is_not(None))
    return [VersionLine(*row) for row in db.session.execute(query.order_by(LessonVersion.sequence.desc()))]


def excerpt_view(quoted: Quoted, seen: Collection[int], consent: Consent | None) -> ExcerptView:
    """An excerpt for a reader who may see the talks in `seen`."""
    stance = quoted.excerpt.stance.value
    if quoted.withheld:
        return ExcerptView(stance, withheld=quoted.withheld)
    if quoted.thread.id in seen:
        return ExcerptView(
            stance,
            words=quoted.excerpt.words,
            author=byline(quoted.speaker, quoted.handle, quoted.capacity),
            said_at=quoted.post.created_at,
            post=PostLink(quoted.thread.id, quoted.thread.slug, quoted.post.number),
            edited=quoted.edited,
        )
    if consent is None:
        return ExcerptView(stance, withheld="closed")
    return ExcerptView(stance, words=consent.words, author=_agreed_name(quoted, consent))


def _composed(
    reader: Actor | None, lesson: Lesson, version: LessonVersion, shows: Callable[[Thread], bool]
) -> LessonPage:
    sources, complete = _sources(reader, lesson, shows)
    quotes = excerpts.under(version.id)
    seen = {source.id for source in sources}
    agreed = consent_checks.given(lesson.id, lesson.audience)
    reviewers, names = _people(lesson, version)
    return LessonPage(
        lesson=lesson,
        version=version,
        claims=_claims(version, quotes, seen, agreed),
        sources=sources,
        curator=_curator(lesson, complete),
        readers=reviewers,
        published_by=names.get(lesson.published_by_id or 0, ""),
        history=history(reader, lesson),
        adoptions=adoptions.of_lesson(reader, lesson),
        tags=lesson_tags.of(version.id),
        overdue=lesson.review_on is not None and lesson.review_on < clock.now().date(),
        may_revise=_may_revise(reader, lesson),
    )


def _sources(
    reader: Actor | None, lesson: Lesson, shows: Callable[[Thread], bool]
) -> tuple[list[SourceLink], bool]:
    """The talks that she may see, and whether these are all."""
    query = (
        select(Thread, sees(Thread, reader).label("seen"))
        .join(LessonSource, LessonSource.thread_id == Thread.id)
        .where(LessonSource.lesson_id == lesson.id)
        .order_by(Thread.id)
    )
    rows = db.session.execute(query).all()
    shown = [row.Thread for row in rows if row.seen and shows(row.Thread)]
    return [SourceLink(t.id, t.slug, t.title) for t in shown], len(shown) == len(rows)


def _claims(
    version: LessonVersion,
    quotes: list[Quoted],
    seen: Collection[int],
    agreed: dict[consent_checks.Key, Consent],
) -> list[ClaimView]:
    return [
        ClaimView(
            claim.position,
            claim.text,
            [
                excerpt_view(q, seen, agreed.get(consent_checks.key(q)))
                for q in quotes
                if q.position == claim.position
            ],
        )
        for claim in claims_of(version.id)
    ]


def _agreed_name(quoted: Quoted, consent: Consent) -> Byline:
    """The speaker as she agreed to be named outside the talk."""
    if consent.masking == Masking.NAME and consent.city_shown:
        return byline(quoted.speaker, "", quoted.capacity)
    return masked(consent.shown_as)


def _curator(lesson: Lesson, complete: bool) -> Byline:
    """Who made it. Where a thread is closed to the reader, without the organisation that would lead to it."""
    then = lesson.created_at.date()
    query = (
        select(Member.name, Member.handle, Capacity)
        .outerjoin(Capacity, and_(Capacity.member_id == Member.id, capacities.holds_on(then)))
        .where(Member.id == lesson.curator_id)
        .order_by(Capacity.starts_on.desc(), Capacity.id.desc())
        .limit(1)
    )
    name, handle, capacity = db.session.execute(query).one()
    return byline(name, handle, capacity if complete else None)


def _people(lesson: Lesson, version: LessonVersion) -> tuple[list[str], dict[int, str]]:
    """Who checked the version, and the name of who published the lesson last."""
    checked = select(LessonReview.reviewer_id).where(
        LessonReview.version_id == version.id, LessonReview.verdict == Verdict.APPROVED
    )
    query = select(Member.id, Member.name, Member.id.in_(checked).label("checked")).where(
        or_(Member.id.in_(checked), Member.id == lesson.published_by_id)
    )
    rows = db.session.execute(query.order_by(Member.name)).all()
    return [row.name for row in rows if row.checked], {row.id: row.name for row in rows}


def _may_revise(reader: Actor | None, lesson: Lesson) -> bool:
    moderator = reader is not None and reader.roles.get(lesson.space_id) == Role.MODERATOR
    return moderator and lesson.state == LessonState.PUBLISHED
