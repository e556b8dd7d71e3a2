"""People who wrote about something: authors whom the reader finds, by posts that the reader may read.

A post leads to its author only by the name that it is signed with. Nobody is ordered by what they wrote or how much:
the newest post stands first, of each person one.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from forum.domain.indexing.keys import Keys
from forum.domain.search import language, results, texts, thread_candidates
from forum.domain.search.lookup import look_up
from forum.domain.search.sought import search_for
from forum.domain.search.texts import PostPassage
from forum.infra import rates
from forum.infra.in_lists import in_list
from forum.infra.statements import cached, select_rows
from forum.models.accounts import Member
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.finding import finds
from forum.policy.readers import reader_param, reader_values

MOST = 10


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody, by their newest post that has all of the words."""

    thread_id: int
    slug: str
    title: str
    post: PostPassage


def about(reader: Actor, typed: str) -> list[Writer]:
    """Return who else wrote about what was typed, the newest post first; nobody where it cannot be looked for.

    Six queries at most, and one more where any post has an @. TooOften as of searches.
    """
    try:
        question = language.read(typed)
    except Invalid:
        return []
    if not question.wanted or question.filters:
        return []
    rates.spend("search", f"member:{reader.id}", limit=results.MOST_SEARCHES)
    keys = Keys()
    search = search_for(question, keys)
    if not search.wanted:
        return []
    newest: dict[int, Any] = {}
    for row in thread_candidates.posts_with(reader, look_up(search, some=False)):
        newest.setdefault(row.author_id, row)
    newest.pop(reader.id, None)
    found = _found(reader, list(newest))
    rows = [row for author_id, row in newest.items() if author_id in found][:MOST]
    said = texts.of_posts(reader, search, keys, [row.post_id for row in rows]) if rows else {}
    found_by_post = [
        Writer(row.id, row.slug, row.title, said[row.post_id]) for row in rows if row.post_id in said
    ]
    return sorted(found_by_post, key=lambda writer: writer.post.said_at, reverse=True)


def _found(reader: Actor, member_ids: list[int]) -> set[int]:
    """Those of some members whom the reader finds."""
    if not member_ids:
        return set()
    return set(select_rows(_found_among(), {**reader_values(reader), "ids": member_ids}).scalars())


@cached
def _found_among() -> Select[Any]:
    reader: Any = reader_param(signed_in=True)
    return select(Member.id).where(in_list(Member.id, "ids"), finds(reader.id))
