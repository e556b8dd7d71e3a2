"""The workbench of one draft: its claims, the thread beside it, what is missing, and who would read it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from forum.domain.lessons import completeness, consent_checks
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons import tags as lesson_tags
from forum.domain.lessons.completeness import MissingField
from forum.domain.lessons.views import ExcerptView
from forum.domain.lessons.workbench import source_thread
from forum.domain.lessons.workbench.source_thread import SourceThread, WorkbenchPost
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.models.accounts import Level, Member
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonReview, LessonVersion
from forum.models.spaces import Audience, Space
from forum.policy.actions import Answer, may_edit_draft, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import count_readers, get_visible, visible


@dataclass(frozen=True, slots=True)
class WorkbenchClaim:
    """A claim of the draft with its excerpts, each with its id, so that it can be removed."""

    id: int
    root: int  # what it is known by in every version
    number: int
    text: str
    excerpts: list[tuple[int, ExcerptView]]


@dataclass(frozen=True, slots=True)
class AudienceOption:
    """An audience that may be chosen, how many members it has, and how many excerpts still wait for consent."""

    audience: str
    readers: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything on the workbench of one draft."""

    lesson: Lesson
    version: LessonVersion
    space: Space
    curator: str
    claims: list[WorkbenchClaim]
    threads: list[SourceThread]
    thread: SourceThread | None
    posts: list[WorkbenchPost]
    page: int
    pages: int
    tags: list[str]
    missing_fields: list[MissingField]
    heard: int  # posts of this thread that a claim rests on
    field_voices: int
    excerpt_count: int
    cities: list[str]
    stances: set[str]
    words: int
    audiences: list[AudienceOption]
    returned: LessonReview | None
    may_edit: Answer


def workbench(actor: Actor, lesson_id: int, *, thread_id: int | None = None, page: int = 1) -> Workbench:
    """Return the workbench of a lesson beside one page of one of its threads; NotFound, Forbidden for reviewers."""
    lesson, version, space = _opened(actor, lesson_id)
    quotes = excerpts.under(version.id)
    threads = source_thread.source_threads(actor, lesson)
    thread = next((t for t in threads if t.id == thread_id), threads[0] if threads else None)
    seen = {t.id for t in threads}
    claims = completeness.claims_of(version.id)
    standing = [q for q in quotes if not q.withheld]
    here = [q for q in standing if thread is not None and q.thread.id == thread.id]
    pages = max(1, -(-thread.last_number // source_thread.POSTS)) if thread else 1
    page = min(max(page, 1), pages)
    return Workbench(
        lesson=lesson,
        version=version,
        space=space,
        curator=db.session.scalar(select(Member.name).where(Member.id == lesson.curator_id)) or "",
        claims=_claims(lesson, claims, quotes, seen),
        threads=threads,
        thread=thread,
        posts=source_thread.posts(actor, thread, here, page) if thread else [],
        page=page,
        pages=pages,
        tags=lesson_tags.of(version.id),
        missing_fields=completeness.missing_fields(version, claims),
        heard=len({q.post.id for q in here}),
        field_voices=sum(q.capacity is not None and q.capacity.level == Level.FIELD for q in standing),
        excerpt_count=len(standing),
        cities=list(dict.fromkeys(q.lit for q in standing if q.lit and q.thread.id in seen)),
        stances={q.excerpt.stance.value for q in standing},
        words=_word_count(version, claims),
        audiences=_audience_options(lesson, space, quotes),
        returned=lesson_reviews.last_return(lesson.id),
        may_edit=may_edit_draft(actor, lesson),
    )


def lesson(actor: Actor, lesson_id: int) -> Lesson:
    """Return the lesson, for a page that depends on its state; NotFound."""
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    return lesson


def _opened(actor: Actor, lesson_id: int) -> tuple[Lesson, LessonVersion, Space]:
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))  # a reviewer gets the preview, with masked names
    query = visible(LessonVersion, actor).where(LessonVersion.id == lesson.working_id)
    version = db.session.scalars(query).one_or_none()
    if version is None:
        raise NotFound
    return lesson, version, db.session.get_one(Space, lesson.space_id)


def _claims(
    lesson: Lesson, claims: Iterable[Claim], quotes: Iterable[Quoted], seen: Collection[int]
) -> list[WorkbenchClaim]:
    agreed = consent_checks.given(lesson.id, lesson.audience)
    views = [
        (q.position, q.excerpt.id, lesson_page.excerpt_view(q, seen, agreed.get(consent_checks.key(q))))
        for q in quotes
    ]
    return [
        WorkbenchClaim(
            claim.id,
            claim.root,
            claim.position,
            claim.text,
            [(number, view) for position, number, view in views if position == claim.position],
        )
        for claim in claims
    ]


def _word_count(version: LessonVersion, claims: Iterable[Claim]) -> int:
    texts = [
        version.one_sentence, version.context, version.problem, version.what_was_done, version.result,
        version.recommendation, version.unknowns, version.alternative_reading, *version.conditions, *version.not_for,
    ]  # fmt: skip
    return sum(len(text.split()) for text in [*texts, *(claim.text for claim in claims)])


def _audience_options(lesson: Lesson, space: Space, quotes: list[Quoted]) -> list[AudienceOption]:
    if lesson.current_id is not None:
        offered = [lesson.audience]
    else:
        offered = [Audience.SPACE] if space.unlisted_at is not None else list(Audience)
    answered = consent_checks.Consents(lesson)
    return [
        AudienceOption(audience, count_readers(space.id, audience), len(answered.waiting(quotes, audience)))
        for audience in offered
    ]
