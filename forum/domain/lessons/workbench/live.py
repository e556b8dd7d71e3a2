"""The live panel of a draft: what it still lacks, what to look at, and what it rests on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from forum.domain.lessons import completeness, unborne, word_limits
from forum.domain.lessons.completeness import MissingField
from forum.domain.lessons.unborne import Unborne
from forum.domain.lessons.views import ExcerptView
from forum.domain.lessons.workbench import telling
from forum.domain.lessons.workbench.source_thread import POSTS, SourceThread
from forum.domain.people.capacities import counted
from forum.domain.threads.excerpts import Quoted
from forum.domain.threads.sentences import Span
from forum.models.accounts import Level
from forum.models.claims import Claim, Stance
from forum.models.lessons import LessonVersion


class DraftExcerpt(NamedTuple):
    """An excerpt of a draft as its curator gets it; `changed_id` is its post, where that was edited since."""

    id: int
    position: int
    quote: ExcerptView
    asks: bool  # its author has to agree before the lesson leaves its space
    changed_id: int | None = None


@dataclass(frozen=True, slots=True)
class WorkbenchClaim:
    """A claim of the draft with its excerpts, each with its id, so that it can be removed."""

    id: int
    root: int  # what it is known by in every version
    number: int
    text: str
    excerpts: list[DraftExcerpt]
    agreed: int = 0  # excerpts whose authors agreed to stand under just these words


@dataclass(frozen=True)
class Drafted:
    """A draft as it is written down; `asking` are excerpts that need consent, `seen` threads that the actor reads."""

    version: LessonVersion
    claims: Sequence[Claim]
    quotes: Sequence[Quoted]
    asking: Collection[int]
    seen: Collection[int]

    @cached_property
    def standing(self) -> list[Quoted]:
        """The excerpts whose words can be read now."""
        return [quoted for quoted in self.quotes if not quoted.withheld]

    @cached_property
    def telling(self) -> Mapping[int, Sequence[Span]]:
        """Where somebody may be recognised by what would leave its space, by post, as far as the actor reads it."""
        here = [quoted for quoted in self.standing if quoted.thread.id in self.seen]
        leaving = [quoted for quoted in here if quoted.excerpt.id in self.asking]
        return telling.places(leaving, {quoted.speaker for quoted in here})


class Look(NamedTuple):
    """Places to look at in the posts of a thread: how many, and the first post that has one."""

    places: int
    thread_id: int
    number: int

    @property
    def page(self) -> int:
        """The page of the thread that it stands on."""
        return (self.number - 1) // POSTS + 1


@dataclass(frozen=True, slots=True)
class Facts:
    """What a draft lacks and what it rests on. Only `missing` stops it; the rest is for its curator to judge."""

    missing: list[MissingField]
    look: Look | None
    too_many_words: int
    unborne: list[Unborne]
    excerpt_count: int
    field_voices: int  # of people whose level somebody confirmed
    cities: list[str]
    nuances: int
    contradictions: int
    words: int
    heard: int  # posts of the thread beside it that a claim rests on
    unused: int  # and those that none does
    words_max: int = word_limits.PAGE

    @property
    def unborne_fields(self) -> dict[str, int]:
        """How many sentences no claim carries, by the field they stand in."""
        fields = [one.field for one in self.unborne]
        return {field: fields.count(field) for field in dict.fromkeys(fields)}


def facts(drafted: Drafted, thread: SourceThread | None, claims: Sequence[WorkbenchClaim]) -> Facts:
    """Return the live panel of a draft beside one of its threads (one query); `claims` as its curator gets them."""
    standing, version = drafted.standing, drafted.version
    words = word_limits.of_version(version, drafted.claims)
    stances = [quoted.excerpt.stance for quoted in standing]
    heard = {quoted.post.id for quoted in standing if thread is not None and quoted.thread.id == thread.id}
    said = [[claim.text, *(one.quote.words for one in claim.excerpts)] for claim in claims]
    return Facts(
        missing=completeness.missing_fields(version, drafted.claims),
        look=_look(drafted),
        too_many_words=max(0, words - word_limits.PAGE),
        unborne=unborne.unborne({name: getattr(version, name) for name in unborne.FIELDS}, said),
        excerpt_count=len(standing),
        field_voices=sum(_is_field_voice(quoted) for quoted in standing),
        cities=list(dict.fromkeys(q.lit for q in standing if q.lit and q.thread.id in drafted.seen)),
        nuances=stances.count(Stance.NUANCES),
        contradictions=stances.count(Stance.CONTRADICTS),
        words=words,
        heard=len(heard),
        unused=thread.post_count - len(heard) if thread is not None else 0,
    )


def _is_field_voice(quoted: Quoted) -> bool:
    capacity = quoted.capacity
    return (
        capacity is not None and capacity.level == Level.FIELD and counted(capacity, quoted.post.created_at)
    )


def _look(drafted: Drafted) -> Look | None:
    places = drafted.telling
    first = next((quoted for quoted in drafted.standing if quoted.post.id in places), None)
    if first is None:
        return None
    return Look(sum(map(len, places.values())), first.thread.id, first.post.number)
