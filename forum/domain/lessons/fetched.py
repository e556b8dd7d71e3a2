"""What a reader of another city gets of a lesson that is being made, from the functions that their pages use."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from forum.domain.lessons import comparison, library, origin
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.views import LessonPage
from forum.domain.people.bylines import Byline
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.accounts import Member
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import LessonTag, ThreadTag
from forum.models.threads import Thread
from forum.policy.actors import Actor, actor_of
from forum.policy.errors import NotFound
from forum.policy.standing import belonging, in_good_standing
from forum.policy.visibility import sees, visible

MANY = 50


@dataclass(slots=True)
class Fetched:
    """All that such a reader has before them: texts with where they stand, and what is drawn beside them."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    cities: set[str] = field(default_factory=set)  # on the ring
    makers: list[Byline] = field(default_factory=list)
    speakers: list[Byline] = field(default_factory=list)  # who are named with an excerpt
    checkers: set[str] = field(default_factory=set)
    is_listed: bool = False  # in the list of its space
    tags_of_space: list[str] = field(default_factory=list)  # under which they find threads of no other space


def fetch(
    actor: Actor,
    lesson: Lesson,
    audience: Audience,
    space_ids: Collection[int],
    proposed: Iterable[tuple[str, str]] = (),
) -> Fetched:
    """Return what a reader outside these spaces would get of a draft, and gets today of what was published before.

    `proposed` are words and names that authors are asked about: they would stand there too.
    """
    outsider, got = _outsider(space_ids), Fetched()
    _take(got, lesson_page.preview(actor, lesson.id, audience))
    for words, name in proposed:
        got.texts += [(_("An excerpt"), words), (_("The name with an excerpt"), name)]
    if lesson.current_id is not None and lesson.public_id is not None:
        try:
            _take(got, lesson_page.page(outsider, lesson.public_id))
        except NotFound:
            pass  # it is for fewer readers today
        got.texts += list(_earlier(outsider, lesson))
        listed = library.from_space(outsider, lesson.space_id, limit=MANY)
        got.is_listed = lesson.id in {card.id for card in listed}
    got.tags_of_space = _leading_back(outsider, lesson, space_ids)
    return got


def _take(got: Fetched, page: LessonPage) -> None:
    origin = page.origin
    got.texts += list(_fields(page.version))
    for claim in page.claims:
        got.texts.append((_("Claims"), claim.text))
        for quote in claim.excerpts:
            got.texts.append((_("An excerpt"), quote.words))
            if quote.author is not None and quote.author.handle:
                got.speakers.append(quote.author)
            elif quote.author is not None and quote.author.city is None:
                name = " ".join((quote.author.name, quote.author.job, quote.author.org_words))
                got.texts.append((_("The name with an excerpt"), name))
    for report in page.reports.newest:
        got.texts.append((_("Who applied it"), "\n".join(report.words.values())))
    got.texts += [(_("What changed"), line.change_note) for line in origin.history]
    got.tags += page.tags
    got.cities |= set(origin.cities)
    got.makers += [origin.curator]
    got.checkers |= {*origin.reviewers, origin.publisher} - {""}


def _fields(version: LessonVersion) -> Iterator[tuple[str, str]]:
    for name, title in comparison.FIELDS:
        if name != "claims" and name not in comparison.NAMES and name not in origin.HIDDEN_FIELDS:
            yield str(title), comparison.words_of(version, name)


def _earlier(outsider: Actor | None, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The texts of all versions that were published: old ones can be read, and compared."""
    ours = visible(LessonVersion, outsider).where(
        LessonVersion.lesson_id == lesson.id,
        LessonVersion.number.is_not(None),
        LessonVersion.id != lesson.current_id,
    )
    versions = db.session.scalars(ours).all()
    texts: Any = select(Claim.text).where(Claim.version_id.in_([version.id for version in versions]))
    for words in [words for version in versions for _where, words in _fields(version)]:
        yield _("An earlier version"), words
    yield from ((_("An earlier version"), words) for words in db.session.scalars(texts))


def _leading_back(outsider: Actor | None, lesson: Lesson, space_ids: Collection[int]) -> list[str]:
    """The tags of the draft under which the reader finds threads, all of them in these spaces."""
    rows = db.session.execute(
        select(LessonTag.name, Thread.space_id)
        .join(ThreadTag, ThreadTag.tag_id == LessonTag.tag_id)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .where(LessonTag.version_id == lesson.working_id, sees(Thread, outsider))
        .distinct()
    )
    spaces: dict[str, set[int]] = {}
    for row in rows:
        spaces.setdefault(row.name, set()).add(row.space_id)
    return sorted(name for name, found in spaces.items() if found <= set(space_ids))


def _outsider(space_ids: Collection[int]) -> Actor | None:
    """A member of another city with no role here and none in the network; a visitor where there is nobody."""
    inside = select(Membership.member_id).where(Membership.space_id.in_(space_ids))
    query = (
        select(Member.id)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            in_good_standing(Member),
            belonging(Membership),
            Membership.role == Role.MEMBER,
            Member.id.not_in(inside),
        )
        .order_by(Member.id)
        .limit(1)
    )
    member_id = db.session.scalar(query)
    return actor_of(member_id) if member_id is not None else None
