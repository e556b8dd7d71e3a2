"""The workbench of one draft: its claims, the thread beside it, what is missing, and who would read it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from forum.domain.lessons import claim_views, completeness, consent_checks
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons import tags as lesson_tags
from forum.domain.lessons.completeness import MissingField
from forum.domain.lessons.workbench import live, source_thread
from forum.domain.lessons.workbench.live import Drafted, DraftExcerpt, Facts, WorkbenchClaim
from forum.domain.lessons.workbench.source_thread import Marks, SourceThread, WorkbenchPost
from forum.domain.threads import excerpts
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonReview, LessonVersion
from forum.models.spaces import Audience, Space
from forum.models.threads import Outcome
from forum.policy.actions import Answer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.holding import may_edit_draft
from forum.policy.visibility import count_readers, get_visible


@dataclass(frozen=True, slots=True)
class AudienceOption:
    """An audience that may be chosen, and how many excerpts still wait for consent before it reads them."""

    audience: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of the workbench shows of its threads: which one, which page of it, and which of its posts."""

    thread_id: int | None = None
    page: int = 1
    posts: str = ""  # source_thread.USED or UNUSED, or all of them in order


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
    facts: Facts
    audiences: list[AudienceOption]
    wanted: Audience  # for whom it probably will be
    returned: LessonReview | None
    may_edit: Answer

    @property
    def is_note(self) -> bool:
        """Whether it is a discussion note, which has positions in place of claims."""
        return self.version.outcome == Outcome.DISCUSSION

    @property
    def asking(self) -> int:
        """How many excerpts ask permission of their authors, for whom it probably will be."""
        return sum(excerpt.asks for claim in self.claims for excerpt in claim.excerpts)

    @property
    def missing_fields(self) -> list[MissingField]:
        """What has to be there before it can be sent for review."""
        return self.facts.missing


def workbench(actor: Actor, lesson_id: int, shown: Shown = Shown()) -> Workbench:
    """Return the workbench of a lesson beside one page of one of its threads; NotFound, Forbidden for reviewers."""
    lesson, version, space = _opened(actor, lesson_id)
    quotes = excerpts.under(version.id)
    threads = source_thread.source_threads(actor, lesson)
    thread = next((t for t in threads if t.id == shown.thread_id), threads[0] if threads else None)
    answered, offered = consent_checks.Consents(lesson), _offered(lesson, space)
    wanted = _wanted(lesson, offered)
    asking = {quoted.excerpt.id for quoted in answered.waiting(quotes, wanted)}
    seen = {t.id for t in threads}
    drafted = Drafted(version, completeness.claims_of(version.id), quotes, asking, seen)
    claims = _claims(lesson, drafted, answered, wanted)
    marks = _marks(lesson, thread, drafted)
    pages = source_thread.pages(thread, marks.used_ids, shown.posts) if thread else 1
    page = min(max(shown.page, 1), pages)
    return Workbench(
        lesson=lesson,
        version=version,
        space=space,
        curator=db.session.scalar(select(Member.name).where(Member.id == lesson.curator_id)) or "",
        claims=claims,
        threads=threads,
        thread=thread,
        posts=source_thread.posts(actor, thread, marks, page, shown.posts) if thread else [],
        page=page,
        pages=pages,
        tags=lesson_tags.of(version.id),
        facts=live.facts(drafted, thread, claims),
        audiences=[AudienceOption(one, len(answered.waiting(quotes, one))) for one in offered],
        wanted=wanted,
        returned=lesson_reviews.last_return(lesson.id),
        may_edit=may_edit_draft(actor, lesson),
    )


def readers(found: Workbench) -> dict[str, int]:
    """Return how many members each audience has that may be chosen (one query each)."""
    return {one.audience: count_readers(found.space.id, Audience(one.audience)) for one in found.audiences}


class InBrief(NamedTuple):
    """The claims of a draft, and what it still lacks."""

    claims: list[Claim]
    missing: list[MissingField]


def in_brief(actor: Actor, lesson_id: int) -> InBrief:
    """Return what a draft has and lacks, for a sentence about it; NotFound, Forbidden."""
    _lesson, version, _space = _opened(actor, lesson_id)
    claims = completeness.claims_of(version.id)
    return InBrief(claims, completeness.missing_fields(version, claims))


def lesson(actor: Actor, lesson_id: int) -> Lesson:
    """Return the lesson, for a page that depends on its state; NotFound."""
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    return lesson


def _opened(actor: Actor, lesson_id: int) -> tuple[Lesson, LessonVersion, Space]:
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))  # a reviewer gets the preview, with masked names
    version: LessonVersion = get_visible(LessonVersion, actor, lesson.working_id)
    return lesson, version, db.session.get_one(Space, lesson.space_id)


def _claims(
    lesson: Lesson, drafted: Drafted, answered: consent_checks.Consents, wanted: Audience
) -> list[WorkbenchClaim]:
    agreed = answered.reaching(lesson.audience)
    asked = answered.reaching(wanted)
    views = [
        DraftExcerpt(
            quoted.excerpt.id,
            quoted.position,
            claim_views.excerpt_view(quoted, drafted.seen, agreed.get(consent_checks.key(quoted))),
            quoted.excerpt.id in drafted.asking,
            quoted.post.id if quoted.edited and quoted.thread.id in drafted.seen else None,
        )
        for quoted in drafted.quotes
    ]
    return [
        WorkbenchClaim(
            claim.id,
            claim.root,
            claim.position,
            claim.text,
            [one for one in views if one.position == claim.position],
            sum(
                quoted.position == claim.position and consent_checks.key(quoted) in asked
                for quoted in drafted.quotes
            ),
        )
        for claim in drafted.claims
    ]


def _marks(lesson: Lesson, thread: SourceThread | None, drafted: Drafted) -> Marks:
    if thread is None:
        return Marks([], {}, {})
    here = [quoted for quoted in drafted.standing if quoted.thread.id == thread.id]
    return Marks(here, drafted.telling, source_thread.taken_out(lesson, thread))


def _offered(lesson: Lesson, space: Space) -> list[Audience]:
    if lesson.current_id is not None:
        return [lesson.audience]
    return [Audience.SPACE] if space.unlisted_at is not None else list(Audience)


def _wanted(lesson: Lesson, offered: Collection[Audience]) -> Audience:
    """For whom the lesson probably will be: those who were chosen, else the network where that may be chosen."""
    chosen = lesson.audience
    return Audience.NETWORK if chosen == Audience.SPACE and Audience.NETWORK in offered else chosen
