"""What people look for and do not find, for editors of the network: words alone, once three people looked for them.

Who looked for something is never kept. So that each person counts once there is a mark of them with these very words,
made with the secret of the forum, until there are three; until then the words are a mark as well.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select

from forum.domain.indexing.keys import Keys
from forum.domain.people import found_by
from forum.domain.search.language import Question
from forum.domain.search.results import Answer
from forum.domain.search.sought import search_for
from forum.infra import clock, rates, tokens
from forum.infra.db import db
from forum.infra.paging import LARGEST, Page, keyset
from forum.infra.rows import drawn_id, insert_new
from forum.infra.search_keys.common_words import COMMON
from forum.infra.search_keys.words import words
from forum.models.missed import MissedBy, MissedSearch
from forum.models.profiles import MemberWord, WordSource
from forum.policy.actions import may_edit_network, require
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

PEOPLE = 3  # from so many on the words can be read
MOST_WORDS = 6
MOST_OF_ONE = "60 per day"  # of one person
COUNTED_FOR = timedelta(days=90)
LISTED_FOR = timedelta(days=365)
# An e-mail address or a name with @, an address of a page, a number of somebody or something: 0470 12 34 56 as well.
_TELLING = re.compile(r"@|://|\bwww\.|\w\.[^\W\d_]{2}|\d(?:[\s./-]*\d){3}", re.IGNORECASE)


def may_be_kept(reader: Actor | None, answer: Answer) -> bool:
    """Return whether a search is one of a member that found nothing, and its words alone may be kept for editors."""
    return (
        reader is not None
        and reader.approved_at is not None
        and answer.is_asked
        and not (answer.counts.total or answer.being_made or answer.choice.values)
        and _is_plain(answer.question)
    )


def note(actor: Actor, question: Question) -> None:
    """Count that somebody looked for this in vain: once for each person, and no more once there are enough.

    The same work whether others looked for it or not. Nothing for what is not kept, or too much of one person.
    """
    keys = _keys(question) if actor.approved_at is not None and _is_plain(question) else ""
    if not keys:
        return
    try:
        rates.spend("missed_search", f"member:{actor.id}", limit=MOST_OF_ONE)
    except rates.TooOften:
        return
    mark, month = tokens.mark("missed.words", keys), _month(clock.now())
    new = {"id": drawn_id(MissedSearch.id), "mark": mark, "is_set_aside": False}
    insert_new(MissedSearch, [{**new, "first_month": month, "last_month": month}])
    query = select(MissedSearch).where(MissedSearch.mark == mark).with_for_update()
    missed = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if missed is None:  # forgotten at this very moment
        return
    missed.last_month = month
    if missed.words is None:
        _count(missed, tokens.mark("missed.person", f"{actor.id} {keys}"), question.plain.lower(), month)
    db.session.flush()


def page(actor: Actor, *, set_aside: bool = False, cursor: str | None = None) -> Page[MissedSearch]:
    """Return what people miss, what was looked for last first, or what was set aside of it; Forbidden."""
    require(may_edit_network(actor))
    query = select(MissedSearch).where(
        MissedSearch.words.is_not(None), MissedSearch.is_set_aside.is_(set_aside)
    )
    rows, following = keyset(query, keys=(MissedSearch.last_month, MissedSearch.id), cursor=cursor)
    return Page([row[0] for row in rows], following)


def set_aside(actor: Actor, missed_id: int) -> str:
    """Take words off the list, also when somebody looks for them again, and return them; Forbidden, NotFound."""
    return _set(actor, missed_id, is_set_aside=True)


def bring_back(actor: Actor, missed_id: int) -> str:
    """Put words on the list again that were set aside, and return them; Forbidden, NotFound."""
    return _set(actor, missed_id, is_set_aside=False)


def forget_old() -> None:
    """Delete what fewer than three people looked for, after 90 days, and what nobody looked for in a year."""
    counted, listed = clock.now() - COUNTED_FOR, clock.now() - LISTED_FOR
    db.session.execute(delete(MissedBy).where(MissedBy.month <= counted))
    few = (MissedSearch.words.is_(None)) & (MissedSearch.last_month <= counted)
    db.session.execute(delete(MissedSearch).where(or_(few, MissedSearch.last_month <= listed)))


def _set(actor: Actor, missed_id: int, *, is_set_aside: bool) -> str:
    require(may_edit_network(actor))
    query = select(MissedSearch).where(MissedSearch.id == min(missed_id, LARGEST)).with_for_update()
    missed = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if missed is None or missed.words is None:
        raise NotFound
    missed.is_set_aside = is_set_aside
    return missed.words


def _count(missed: MissedSearch, mark: str, said: str, month: datetime) -> None:
    """Count one person more; from the last that is needed on the words stand there, and no mark of anybody."""
    insert_new(MissedBy, [{"missed_id": missed.id, "mark": mark, "month": month}])
    people = db.session.scalar(select(func.count()).where(MissedBy.missed_id == missed.id)) or 0
    if people >= PEOPLE and not _is_name(said):
        missed.words = said
        db.session.execute(delete(MissedBy).where(MissedBy.missed_id == missed.id))


def _is_plain(question: Question) -> bool:
    """Whether it is a few words without any sign, of which none looks like an address or a number."""
    plain = question.plain
    return (
        bool(question.wanted)
        and not (question.filters or question.excluded or any(term.is_phrase for term in question.wanted))
        and len(plain) <= MissedSearch.WORDS_MAX
        and len(words(plain)) <= MOST_WORDS
        and _TELLING.search(plain) is None
    )


def _keys(question: Question) -> str:
    """By which words that are looked for are the same, whatever their form and order (one query)."""
    keys = Keys()
    wanted = search_for(question, keys).wanted
    return " ".join(sorted({keys.dutch(word.form).key for each in wanted for word in words(each.text)}))


def _is_name(said: str) -> bool:
    """Whether all of its words begin words of the name of one member, or two of them are words of it (one query)."""
    asked = found_by.asked(said)
    if not asked:
        return True
    telling = [word for word in asked if word not in COMMON]
    begins = [
        select(MemberWord.member_id).where(
            _is_of_name(), found_by.begins(MemberWord, each, each + found_by.LAST)
        )
        for each in asked
    ]
    called: Any = begins[0].intersect(*begins[1:]) if len(begins) > 1 else begins[0]
    both = (
        select(MemberWord.member_id)
        .where(_is_of_name(), MemberWord.word.in_(telling))
        .group_by(MemberWord.member_id)
        .having(func.count() >= 2)
    )
    return db.session.scalar(select(or_(called.exists(), both.exists()))) or False


def _is_of_name() -> Any:
    return MemberWord.source == WordSource.NAME


def _month(moment: datetime) -> datetime:
    """The first moment of its month."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
