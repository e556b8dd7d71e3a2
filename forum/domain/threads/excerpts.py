"""The frozen words under a version of a lesson, each with its right and the post, thread and speaker it came from.

Which of it a reader may see is decided in `lessons.page`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, and_, false, func, select

from forum.domain.people.bylines import CapacityColumns
from forum.domain.people.capacities import lit
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Capacity, Member
from forum.models.claims import Claim, Excerpt, Removal, RemovalKind, Stance
from forum.models.consents import Consent, Masking
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import Reader, reached


class Passage(NamedTuple):
    """`plain[start:end]` of the revision of a post: what tells one excerpt of a lesson from another."""

    revision_id: int
    start_at: int
    end_at: int


class Right(NamedTuple):
    """Whose words these may be: the audience of a thread, and its space."""

    audience: Audience
    space_id: int


class Words(NamedTuple):
    """The frozen words, what they do for their claim, and the right that the seal gave them."""

    id: int
    words: str
    revision_id: int
    start_at: int  # in the plain text of the revision, like `end_at`
    end_at: int
    stance: Stance
    sha256: str
    right_audience: Audience | None
    right_space_id: int | None


class Agreed(NamedTuple):
    """What the author agreed to, where the seal says that the words stand by that."""

    id: int
    words: str
    masking: Masking
    city_shown: bool
    shown_as: str
    adapted: bool
    agreed: bool | None


class QuotedPost(NamedTuple):
    """The post, as it is now."""

    id: int
    author_id: int
    number: int
    revision: int
    created_at: datetime
    deleted_at: datetime | None
    hidden_at: datetime | None


class QuotedThread(NamedTuple):
    """The thread, as it is now."""

    id: int
    author_id: int
    slug: str
    audience: Audience
    space_id: int
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """One excerpt and where it came from.

    `out_of_history`: the text is hidden from the history of its post, and the version is not published.
    `removed`: its author took it out of the lesson. `in_right`: the reader is in the audience that its right says.
    """

    excerpt: Words
    position: int  # of its claim
    revision: int
    post: QuotedPost
    thread: QuotedThread
    speaker: str
    handle: str
    capacity: CapacityColumns | None
    consent: Agreed | None = None
    removed: RemovalKind | None = None
    in_right: bool = False
    out_of_history: bool = False
    claim_text: str = ""

    @property
    def passage(self) -> Passage:
        """Where the words stand."""
        return Passage(self.excerpt.revision_id, self.excerpt.start_at, self.excerpt.end_at)

    @property
    def right(self) -> Right:
        """The audience the words may have without a consent: kept at the seal, until then that of the thread."""
        if self.excerpt.right_audience is None or self.excerpt.right_space_id is None:
            return Right(self.thread.audience, self.thread.space_id)
        return Right(self.excerpt.right_audience, self.excerpt.right_space_id)

    @property
    def city(self) -> str | None:
        """The city for which the speaker spoke, confirmed or not: a name leads there all the same."""
        return self.capacity.city if self.capacity else None

    @property
    def lit(self) -> str | None:
        """The city that these words light: that of a university or another government is none."""
        return lit(self.capacity, self.post.created_at) if self.capacity else None

    @property
    def edited(self) -> bool:
        """Whether the post was changed after it was quoted."""
        return self.revision != self.post.revision

    @property
    def withheld(self) -> str:
        """Why nobody may read the words any more: "removed", "sealed", "deleted", "hidden", or "" while they stand.

        What became of the opening post takes only its own words along, not those of others in its thread.
        """
        if self.removed is not None:
            return "sealed" if self.removed == RemovalKind.SEALED else "removed"
        took_all_back = self.thread.withdrawn_at is not None and self.thread.author_id == self.post.author_id
        if self.post.deleted_at is not None or took_all_back:
            return "deleted"
        return "hidden" if self.post.hidden_at is not None or self.out_of_history else ""


@dataclass(frozen=True, slots=True)
class QuotedClaim:
    """A claim with the excerpts that it rests on."""

    position: int
    text: str
    quotes: list[Quoted]
    root: int = 0  # what it is known by in every version of its lesson


def under(version_id: int) -> list[Quoted]:
    """Return every excerpt under the claims of a version, in their order (one query), also what was just written."""
    db.session.flush()
    return [quoted for claim in by_claim(version_id) for quoted in claim.quotes]


def by_claim(version_id: int) -> list[QuotedClaim]:
    """Return the claims of a version in their order, each with its excerpts, for the forum itself (one query)."""
    return _claims(_statement(signed_in=None), [version_id])[version_id]


def of_versions(version_ids: Collection[int]) -> dict[int, list[QuotedClaim]]:
    """Return the claims of several versions, each as `by_claim` has them (one query)."""
    return _claims(_statement(signed_in=None), version_ids)


def for_reader(reader: Reader | None, version_id: int) -> list[QuotedClaim]:
    """Return the claims of a version with what each right says of this reader (one query)."""
    return all_for_reader(reader, [version_id])[version_id]


def all_for_reader(reader: Reader | None, version_ids: Collection[int]) -> dict[int, list[QuotedClaim]]:
    """Return the same of several versions (one query)."""
    return _claims(_statement(signed_in=reader is not None), version_ids, **reader_values(reader))


def _claims(
    statement: Select[Any], version_ids: Collection[int], **values: Any
) -> dict[int, list[QuotedClaim]]:
    found: dict[int, dict[int, QuotedClaim]] = {version_id: {} for version_id in version_ids}
    for row in select_rows(statement, {**values, "version_ids": list(version_ids)}):
        version_id, position, text, root, revision, speaker, handle, removed, in_right, is_out, *origin = row
        claim = found[version_id].setdefault(position, QuotedClaim(position, text, [], root))
        words, post, thread, capacity, consent = (tuple(origin[part]) for part in _PARTS)
        if words[0] is not None:
            claim.quotes.append(
                Quoted(
                    Words(*words),
                    position,
                    revision,
                    QuotedPost(*post),
                    QuotedThread(*thread),
                    speaker,
                    handle,
                    CapacityColumns(*capacity) if capacity[0] is not None else None,
                    Agreed(*consent) if consent[0] is not None else None,
                    removed,
                    bool(in_right),
                    bool(is_out),
                    claim_text=text,
                )
            )
    return {version_id: list(claims.values()) for version_id, claims in found.items()}


# What each part of a quote is made of, in the order of its fields.
_COLUMNS: tuple[tuple[type[Any], Any], ...] = (
    (Words, Excerpt),
    (QuotedPost, Post),
    (QuotedThread, Thread),
    (CapacityColumns, Capacity),
    (Agreed, Consent),
)
_ENDS = [sum(len(part._fields) for part, _model in _COLUMNS[:number]) for number in range(len(_COLUMNS) + 1)]
_PARTS = [slice(*ends) for ends in pairwise(_ENDS)]


@cached
def _statement(signed_in: bool | None) -> Select[Any]:
    """The claims of the versions `version_ids`, for a visitor or a member; None: for the forum itself."""
    right: Any = false()
    if signed_in is not None:
        right = reached(Excerpt.right_audience, Excerpt.right_space_id, reader_param(signed_in))
    query: Any = (
        select(
            Claim.version_id,
            Claim.position,
            Claim.text,
            func.coalesce(Claim.root_id, Claim.id),
            PostRevision.number,
            Member.name,
            Member.handle,
            func.coalesce(Excerpt.removal, taken_out()),
            right,
            and_(PostRevision.hidden_at.is_not(None), LessonVersion.number.is_(None)),
            *(getattr(model, field) for part, model in _COLUMNS for field in part._fields),
        )
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .outerjoin(Excerpt, Excerpt.claim_id == Claim.id)
        .outerjoin(PostRevision, PostRevision.id == Excerpt.revision_id)
        .outerjoin(Post, Post.id == PostRevision.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .outerjoin(Member, Member.id == Post.author_id)
        .outerjoin(Capacity, Capacity.id == Post.capacity_id)
        .outerjoin(Consent, Consent.id == Excerpt.consent_id)
        .where(in_list(Claim.version_id, "version_ids"))
        .order_by(Claim.position, Excerpt.id)
    )
    return cast(Select[Any], query)


def taken_out() -> Any:
    """What an author did a moment ago, before the versions follow; also for words that overlap those."""
    kind = select(Removal.kind).where(
        Removal.lesson_id == LessonVersion.lesson_id,
        Removal.undone_at.is_(None),
        Removal.revision_id == Excerpt.revision_id,
        Removal.start_at < Excerpt.end_at,
        Removal.end_at > Excerpt.start_at,
    )
    return kind.limit(1).correlate(LessonVersion, Excerpt).scalar_subquery()
