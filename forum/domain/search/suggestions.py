"""What is suggested while somebody types a question: titles, tags, people and spaces, as far as they may see them.

Everything is asked of the rule of reading before anything is cut off, so what is closed leaves no gap.
"""

from collections.abc import Sequence
from itertools import chain, islice, zip_longest
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, String, bindparam, func, select

from forum.domain.people import capacities, found_by
from forum.domain.people.bylines import Byline, byline
from forum.domain.search import language, suggested_titles
from forum.domain.search.candidates import spaces_called
from forum.domain.search.choice import LESSONS, PEOPLE, SPACES, THREADS
from forum.domain.spaces import spaces
from forum.domain.themes import tags
from forum.infra import rates
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.models.profiles import MemberWord, WordSource
from forum.models.themes import Tag, ThreadTag
from forum.models.threads import Thread
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import sees

TAGS = "tags"
MOST, MOST_OF_A_KIND = 8, 4
MOST_ASKED = "600 per minute"  # of a member, or a place: a town hall has one address
_READER: Any = reader_param(signed_in=True)


class Suggestion(NamedTuple):
    """One of them: its kind, its words, and the row by which its address is made."""

    kind: str
    words: str
    row: Any


def suggest(reader: Actor | None, typed: str, *, address: str = "") -> list[Suggestion]:
    """Return a few suggestions, kind by kind; none for a question with filters. TooOften, of visitors by `address`.

    Eight queries at most, of which each returns a bounded number of rows. None is cut before the rule is asked: a gap
    would tell how much there is that the reader does not find.
    """
    rates.spend("search_suggest", f"member:{reader.id}" if reader else rates.place(address), limit=MOST_ASKED)
    try:
        question = language.read(typed)
    except Invalid:
        return []
    if question.filters or question.excluded or not question.wanted:
        return []
    asked, plain = suggested_titles.asked(question), question.plain
    lessons = suggested_titles.lessons(reader, asked, MOST_OF_A_KIND) if asked else []
    threads = suggested_titles.threads(reader, asked, MOST_OF_A_KIND) if asked else []
    called = spaces_called(spaces.directory(reader), plain)
    return _few(
        [Suggestion(LESSONS, row.title, row) for row in lessons],
        [Suggestion(THREADS, row.title, row) for row in threads],
        [Suggestion(TAGS, row.name, row) for row in _tags(reader, plain)],
        [Suggestion(PEOPLE, one.name, one) for one in _people(reader, plain)],
        [Suggestion(SPACES, space.name, space) for space in called],
    )


def _few(*kinds: Sequence[Suggestion]) -> list[Suggestion]:
    """The first of each kind, then the second, until there are enough; those of a kind together."""
    in_turn = (each for each in chain.from_iterable(zip_longest(*kinds)) if each is not None)
    taken = list(islice(in_turn, MOST))
    return [each for kind in kinds for each in kind if each in taken]


def _tags(reader: Actor | None, plain: str) -> Sequence[Any]:
    """Rows of tags that begin so and stand on a thread that the reader may see, spelt as there.

    By their slugs, which are the same whoever spelt them first, and where.
    """
    begin = tags.slug_of(plain)
    if len(begin) < found_by.SHORTEST:
        return []
    values = {**reader_values(reader), "begin": begin}
    return select_rows(_tags_from(reader is not None), values).all()


def _people(reader: Actor | None, plain: str) -> list[Byline]:
    """Who has all of these as beginnings of words of their name, of those whom the reader finds."""
    words = found_by.asked(plain)
    if reader is None or not words or len(words) < len(found_by.words(plain)):
        return []
    rows = select_rows(_called(len(words)), {**reader_values(reader), **found_by.values_of(words)}).all()
    held = capacities.current_of([row.id for row in rows]) if rows else {}
    return [byline(row.name, row.handle, held.get(row.id)) for row in rows]


@cached
def _tags_from(signed_in: bool) -> Select[Any]:
    used = (
        select(ThreadTag.name)
        .join(Thread, Thread.id == ThreadTag.thread_id)
        .where(
            ThreadTag.tag_id == Tag.id,
            Thread.hidden_at.is_(None),
            Thread.withdrawn_at.is_(None),
            Thread.title != "",
            sees(Thread, reader_param(signed_in)),
        )
        .correlate(Tag)
    )
    name = func.coalesce(Tag.label, used.order_by(ThreadTag.thread_id).limit(1).scalar_subquery()).label(
        "name"
    )
    query: Any = select(Tag.slug, name).where(
        Tag.slug.startswith(bindparam("begin", type_=String)), Tag.merged_into_id.is_(None), used.exists()
    )
    return cast(Select[Any], query.order_by(Tag.slug).limit(MOST_OF_A_KIND))


@cached
def _called(count: int) -> Select[Any]:
    names = select(MemberWord.member_id).where(
        MemberWord.source == WordSource.NAME, found_by.begins_as(MemberWord, 0)
    )
    others = [found_by.is_called(number) for number in range(1, count)]
    query: Any = select(Member.id, Member.name, Member.handle).where(
        Member.id.in_(names), finds(_READER.id), *others
    )
    return cast(Select[Any], query.order_by(Member.sort_key, Member.id).limit(MOST_OF_A_KIND))
