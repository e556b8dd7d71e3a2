"""A typing error in a word that stands nowhere: what it may have been is asked of texts that the reader may see.

There is no list of words that people wrote: every word that is one error away is looked for, in the same rows that a
search of this reader reads. So no word of a text that they may not read is ever offered, nor changes what is.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from string import ascii_lowercase

from sqlalchemy import String, select

from forum.domain.indexing.keys import Keys
from forum.domain.search import lesson_candidates, thread_candidates
from forum.domain.search.language import Question, Term
from forum.domain.search.lookup import look_up
from forum.domain.search.sought import Search, Sought, key_of
from forum.infra.in_lists import in_list
from forum.infra.search_index import present
from forum.infra.search_keys import known
from forum.infra.search_keys.rules import LANGUAGES
from forum.infra.search_keys.words import words
from forum.infra.statements import select_rows
from forum.models.search import ClaimText, PostText, TitleText, VersionText, WordKey
from forum.policy.actors import Actor

SHORTEST, LONGEST = 5, 24  # letters of a word in which an error is forgiven
MOST = 2  # words of one question
INDEXED = (PostText, TitleText, VersionText, ClaimText)
_KNOWN = select(WordKey.form).where(in_list(WordKey.form, "forms", String))


def corrected(reader: Actor | None, question: Question, search: Search, keys: Keys) -> Question | None:
    """Return the question with words that the reader can find in place of those that they cannot; None without any."""
    unknown = _unknown(reader, question, search)
    better: dict[Term, Term] = {}
    for term, form in unknown.items():
        found = _nearest(reader, form, keys)
        if found is not None:
            better[term] = Term(found, False)
    if not better:
        return None
    return replace(question, wanted=tuple(better.get(term, term) for term in question.wanted))


def edits(form: str) -> list[str]:
    """Return every word that is one error away: a letter too few, too many or another, or two that changed places."""
    cuts = [(form[:at], form[at:]) for at in range(len(form) + 1)]
    swapped = [before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1]
    shorter = [before + after[1:] for before, after in cuts if after]
    other = [before + letter + after[1:] for before, after in cuts if after for letter in ascii_lowercase]
    longer = [before + letter + after for before, after in cuts for letter in ascii_lowercase]
    return [each for each in dict.fromkeys([*swapped, *shorter, *other, *longer]) if each != form]


def _unknown(reader: Actor | None, question: Question, search: Search) -> dict[Term, str]:
    """The words of a question that stand in nothing that the reader may see and are in no list, with their form."""
    forms = {term: [word.form for word in words(term.text)] for term in question.wanted if not term.is_phrase}
    single = {
        term: each[0]
        for term, each in forms.items()
        if len(each) == 1 and SHORTEST <= len(each[0]) <= LONGEST and each[0].isascii() and each[0].isalpha()
    }
    if not single:
        return {}
    there_are = _known(single.values(), known.is_known)
    texts = _texts(reader, search.wanted) if len(question.wanted) > 1 else []
    sought = {each.text: each for each in search.wanted}
    there = {text for text, each in sought.items() if any(each.is_in(" ".join(keyed), "") for keyed in texts)}
    return dict(
        [(term, form) for term, form in single.items() if form not in there_are and term.text not in there][
            :MOST
        ]
    )


def _nearest(reader: Actor | None, form: str, keys: Keys) -> str | None:
    """The word one error away that stands in most of the texts in which any of them does; known words first."""
    near = edits(form)
    keys.learn(near)
    by_key: dict[str, list[str]] = {}
    for each in near:
        for language in LANGUAGES:
            by_key.setdefault(key_of(each, language, keys), []).append(each)
    # Not other forms of the word itself: nothing has them, and what is closed must not be read for them.
    for language in LANGUAGES:
        by_key.pop(key_of(form, language, keys), None)
    # Of those that stand anywhere, in the same number of queries where none does.
    anywhere = present(INDEXED, by_key)
    counted = Counter(
        key
        for keyed in _texts(reader, [Sought(form, tuple((key,) for key in sorted(anywhere) or [near[0]]))])
        for key in keyed & by_key.keys()
    )
    if not counted:
        return None
    near_by = [(key, each) for key in counted for each in by_key[key]]
    written = _known((each for _key, each in near_by), known.is_listed)
    # The index has keys alone: of the forms of one, those that nobody would write are not shown.
    shown = [(key, each) for key, each in near_by if each in written or known.may_be_written(each, key)]
    if not shown:
        return None
    order = {each: at for at, each in enumerate(near)}
    # Of the forms of one word the one that is its key is the plainest.
    return min(
        shown,
        key=lambda at: (
            not (at[1] in written or known.is_known(at[1])),
            -counted[at[0]],
            at[1] not in written,
            at[1] != at[0],
            order[at[1]],
        ),
    )[1]


def _known(forms: Iterable[str], is_known: Callable[[str], bool]) -> set[str]:
    """Those of the words that there are in Dutch: by the lists here, or in the table of what follows no rule."""
    asked = sorted({*forms})
    return {form for form in asked if is_known(form)} | {*select_rows(_KNOWN, {"forms": asked}).scalars()}


def _texts(reader: Actor | None, wanted: Iterable[Sought]) -> list[frozenset[str]]:
    """The keys of texts that the reader may see and in which something of this stands: the newest of each kind."""
    found = look_up(Search(tuple(wanted)), some=True)
    lines = [*lesson_candidates.texts_with(reader, found), *thread_candidates.texts_with(reader, found)]
    return [frozenset(line.split()) for line in lines]
