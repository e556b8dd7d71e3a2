"""Watched words in a text: whole words, in any form that search takes for the same, and never a part of another."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from forum.domain.indexing.keys import Keys
from forum.infra.db import db
from forum.infra.search_keys import keying, words
from forum.infra.search_keys.languages import DUTCH, language_of
from forum.models.held import Watch, WatchedWord


def found(space_id: int, texts: Sequence[str], watch: Watch) -> list[str]:
    """Return the words of a space and of the network, of this sort, that stand in a text (two queries at most).

    A quotation of somebody else is none of its words: `text.plain` leaves it out.
    """
    here = or_(WatchedWord.space_id == space_id, WatchedWord.space_id.is_(None))
    query = select(WatchedWord.word).where(here, WatchedWord.watch == watch)
    watched = sorted(set(db.session.scalars(query)))
    return among(watched, texts) if watched else []


def among(watched: Iterable[str], texts: Sequence[str]) -> list[str]:
    """Return those of these words that stand in a text: as they are, or in another form of its language (a query)."""
    forms = {word.form for each in texts for word in words.words(each)}
    language = language_of(word.form for each in texts for word in words.words(each))
    folded = {word: form for word in watched if (form := form_of(word))}
    keys = Keys()
    keys.learn({*forms, *folded.values()})

    def key(form: str) -> str:
        return keys.dutch(form).key if language == DUTCH else keying.foreign(form, language)

    there = {key(form) for form in forms}
    return [word for word, form in folded.items() if form in forms or key(form) in there]


def form_of(word: str) -> str:
    """Return a word as it is compared; "" for what is no word, or several."""
    one = words.words(word)
    return one[0].form if len(one) == 1 else ""
