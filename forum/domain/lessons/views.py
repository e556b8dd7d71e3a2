"""A lesson as one reader gets it: what a page draws, nothing more."""

from dataclasses import dataclass, field
from datetime import datetime

from forum.domain.lessons.adoptions import Pair
from forum.domain.lessons.dispute_list import Counter
from forum.domain.lessons.facts import Facts
from forum.domain.lessons.masking import in_words
from forum.domain.lessons.origin import Origin
from forum.domain.lessons.report_list import PostLink, Reports
from forum.domain.lessons.unknowns import keeping
from forum.domain.people.bylines import Byline
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import Outcome
from forum.policy.actions import Answer


@dataclass(frozen=True, slots=True)
class ExcerptView:
    """Words under a claim. Without words, `withheld` says why: removed, sealed, deleted, hidden, closed.

    `adapted`: the author agreed to other words than they said, so they are never shown as a quotation.
    """

    stance: str
    words: str = ""
    author: Byline | None = None
    said_at: datetime | None = None
    post: PostLink | None = None
    edited: bool = False
    withheld: str = ""
    adapted: bool = False


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with what it rests on."""

    number: int
    text: str
    excerpts: list[ExcerptView]
    bare: bool = False  # nobody gets words for it any more
    counters: tuple[Counter, ...] = ()  # evidence against it, as far as the reader knows of it
    root: int = 0  # what it is known by in every version

    @property
    def is_disputed(self) -> bool:
        """Whether evidence against it stands that nobody has answered yet."""
        return any(one.is_open for one in self.counters)


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A thread behind the lesson that the reader may see."""

    id: int
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class LessonPage:
    """Everything on the page of a lesson."""

    lesson: Lesson
    version: LessonVersion
    claims: list[ClaimView]
    sources: list[SourceLink]
    origin: Origin
    reports: Reports
    facts: Facts  # what more stands beside it, as it was read
    tags: list[str]
    overdue: bool
    quotes_reader: bool  # and has those words still: their author can take them out
    may_revise: Answer | None = None  # for moderators of its space, while no version of it is made
    has_notices: bool = False  # unread, of the reader
    shared_by: tuple[str, ...] = ()  # cities that wonder about what it does not know, too
    evidence: tuple[Counter, ...] = ()  # against its claims, all that the reader knows of
    loose: tuple[Counter, ...] = ()  # of that, what is against claims that this version has not
    # How each author stands for the reader, by the root of the claim that quotes them and their id.
    speakers: dict[tuple[int, int], Byline] = field(default_factory=dict)

    @property
    def is_current(self) -> bool:
        """Whether this is the version that readers get first."""
        return self.version.id == self.lesson.current_id

    @property
    def answered(self) -> list[str]:
        """The questions of an earlier version that this one answers."""
        return keeping.answered(self.version)

    @property
    def others(self) -> int:
        """How many cities share what it does not know, beside those that it is known to rest on."""
        return len(set(self.shared_by) - set(self.origin.cities))

    @property
    def excerpt_count(self) -> int:
        """How many excerpts of the claims the reader gets: what was hidden or taken out has no words."""
        return sum(bool(excerpt.words) for claim in self.claims for excerpt in claim.excerpts)

    @property
    def affirmed(self) -> str:
        """When its makers last said that it still holds, as the reader may know it."""
        return in_words(self.lesson.affirmed_at, hidden=self.origin.hidden)

    @property
    def ended(self) -> str:
        """When it was withdrawn or superseded, as the reader may know it."""
        return in_words(self.lesson.ended_at, hidden=self.origin.hidden)

    @property
    def is_note(self) -> bool:
        """Whether it is the note of a discussion."""
        return self.version.outcome == Outcome.DISCUSSION

    @property
    def disputed(self) -> list[int]:
        """The numbers of the claims that are disputed now."""
        return [claim.number for claim in self.claims if claim.is_disputed]

    @property
    def is_disputed(self) -> bool:
        """Whether evidence stands against any claim, of this version or an earlier one, that nobody has answered."""
        return bool(self.disputed) or any(one.is_open for one in self.loose)

    @property
    def counter_count(self) -> int:
        """How much evidence stands beside the claims."""
        return sum(one.accepted for claim in self.claims for one in claim.counters)

    @property
    def pairs(self) -> list[Pair]:
        """City and outcome of each report that lights its city, from old to new, for the ring."""
        return self.reports.pairs
