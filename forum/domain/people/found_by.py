"""The words by which members are found: of their name, of what they do, of what they offer; looked up by beginning."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, insert, or_, true
from sqlalchemy.orm import aliased

from forum.infra.db import db
from forum.infra.sort_keys import KEY_TYPE, sort_key
from forum.models.accounts import Capacity, Member
from forum.models.profiles import MemberWord, WordSource

SHORTEST = 2  # letters of a word that is looked up: one would begin nearly everything
MOST = 5  # words of one question
# Letters of another form that may begin a word: "man" would find managers, "school" finds schoolstraat.
BEGINNING = 5
LAST = "\U0010ffff"
_WORD = aliased(MemberWord)


def words(text: str) -> list[str]:
    """Return the different words of a text as they are kept: without accents, capitals and signs."""
    return list(dict.fromkeys(sort_key(text).split("\t")[0].split()))


def asked(question: str) -> list[str]:
    """Return what of a question can be looked up, the longest word first: it fits the fewest people."""
    known = [word for word in words(question) if len(word) >= SHORTEST]
    return sorted(known, key=len, reverse=True)[:MOST]


def begins(row: Any, word: Any, end: Any) -> ColumnElement[bool]:
    """Return whether the word of a row begins so; `end` is `word` with LAST after it."""
    return and_(row.word >= word, row.word <= end)


def begins_as(row: Any, number: int) -> ColumnElement[bool]:
    """Return whether the word of a row begins as word `number` of a question; the query runs with `values_of`."""
    word, end = (bindparam(f"{name}_{number}", type_=KEY_TYPE) for name in ("word", "end"))
    return begins(row, word, end)


def is_called(number: int) -> ColumnElement[bool]:
    """Say of a Member that a word of their name begins as word `number` of a question."""
    name = (_WORD.member_id == Member.id, _WORD.source == WordSource.NAME)
    return exists().where(*name, begins_as(_WORD, number)).correlate(Member)


def is_named(member_id: Any, count: int) -> ColumnElement[bool]:
    """Say of a column with the id of a member that their name has these `count` words, whole (`values_of_name`)."""
    conditions = []
    for number in range(count):
        word = bindparam(f"name_{number}", type_=KEY_TYPE)
        found = (_WORD.member_id == member_id, _WORD.source == WordSource.NAME, _WORD.word == word)
        conditions.append(exists().where(*found).correlate_except(_WORD))
    return and_(true(), *conditions)


def values_of_name(name_words: list[str]) -> dict[str, str]:
    """Return the parameters that `is_named` compares with."""
    return {f"name_{number}": word for number, word in enumerate(name_words)}


def values_of(asked_words: list[str]) -> dict[str, str]:
    """Return the parameters that `begins_as` compares with."""
    values: dict[str, str] = {}
    for number, word in enumerate(asked_words):
        values |= {f"word_{number}": word, f"end_{number}": word + LAST}
    return values


def begins_as_some(row: Any, count: int) -> ColumnElement[bool]:
    """Say that the word of a row begins as one of `count` others; the query runs with `values_of_some`."""
    names = [(f"some_{number}", f"some_end_{number}") for number in range(count)]
    return or_(*(begins(row, *(bindparam(name, type_=KEY_TYPE) for name in both)) for both in names))


def values_of_some(beginnings: Sequence[str]) -> dict[str, str]:
    """Return the parameters that `begins_as_some` compares with."""
    values: dict[str, str] = {}
    for number, word in enumerate(beginnings):
        end = LAST if len(word) >= BEGINNING else ""
        values |= {f"some_{number}": word, f"some_end_{number}": word + end}
    return values


def is_found_by(own: str, form: str) -> bool:
    """Return whether a word is found by another form of one: it is that, or begins so where that is long enough."""
    return own == form or (len(form) >= BEGINNING and own.startswith(form))


def keep_name(member: Member) -> None:
    """Let a member be found by the name they have now."""
    _keep(member.id, WordSource.NAME, words(member.name))


def keep_function(capacity: Capacity) -> None:
    """Let a member be found by what they do in a new capacity: its words never change."""
    db.session.flush()
    _insert(capacity.member_id, WordSource.FUNCTION, words(capacity.function), capacity.id)


def keep_offer(member_id: int, texts: list[str]) -> None:
    """Let a member be found by what they offer now."""
    _keep(member_id, WordSource.OFFER, [word for text in texts for word in words(text)])


def _keep(member_id: int, source: WordSource, found: list[str]) -> None:
    db.session.execute(
        delete(MemberWord)
        .where(MemberWord.member_id == member_id, MemberWord.source == source)
        .execution_options(synchronize_session=False)
    )
    _insert(member_id, source, found)


def _insert(member_id: int, source: WordSource, found: list[str], capacity_id: int | None = None) -> None:
    rows = [
        {"member_id": member_id, "source": source, "word": word, "capacity_id": capacity_id}
        for word in dict.fromkeys(found)
    ]
    if rows:
        db.session.execute(insert(MemberWord), rows)
