"""What is looked for: each word as the keys of its forms and of its parts, each phrase as keys that follow each other.

A query asks the keys of all three languages, since nobody says in which one they search.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from forum.domain.indexing.keys import Keys
from forum.domain.search.language import Question, Term
from forum.infra.search_keys.common_words import LITTLE
from forum.infra.search_keys.keying import foreign
from forum.infra.search_keys.languages import DUTCH
from forum.infra.search_keys.rules import LANGUAGES
from forum.infra.search_keys.separable import separated
from forum.infra.search_keys.words import words
from forum.infra.search_questions import AllOf, AnyOf, Key, Node, Phrase

LONGEST_PHRASE = 12  # words
PLAIN_WAYS = 6  # a word has three: one for each language


@dataclass(frozen=True, slots=True)
class Sought:
    """One word or phrase: any of `ways`, each a phrase of keys; or all of `parts` of a compound or a verb, anywhere."""

    text: str
    ways: tuple[tuple[str, ...], ...]
    parts: tuple[str, ...] = ()
    # One word, which may be part of another one; and how `ways` stand in a line of keys. For thousands of texts.
    is_word: bool = field(init=False, compare=False, repr=False)
    _runs: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_word", all(len(way) == 1 for way in self.ways))
        object.__setattr__(self, "_runs", tuple(f" {' '.join(way)} " for way in self.ways))

    @property
    def node(self) -> Node:
        """What the index is asked."""
        nodes: list[Node] = [Key(way[0]) if len(way) == 1 else Phrase(way) for way in self.ways]
        if self.parts:
            nodes.append(AllOf(tuple(map(Key, self.parts))))
        return nodes[0] if len(nodes) == 1 else AnyOf(tuple(nodes))

    @property
    def has_many_ways(self) -> bool:
        """Whether any of many words is looked for: the database does not know how many texts have one."""
        return len(self.ways) > PLAIN_WAYS

    @property
    def whole(self) -> "Sought":
        """The same, without looking for the parts of a compound apart from each other."""
        return replace(self, parts=()) if self.parts else self

    def is_in(self, terms: str, parts: str) -> bool:
        """Return whether a text with these keys has it, as the index would say."""
        return bool(standing((self,), terms, parts))

    def _stands_in(self, terms: str, every: str) -> bool:
        """Whether it stands in a line of the keys of a text, or in one that has those of parts too."""
        line = every if self.is_word else terms
        for run in self._runs:
            if run in line:
                return True
        return self.is_word and bool(self.parts) and all(f" {part} " in line for part in self.parts)


def standing(wanted: Sequence[Sought], terms: str | None, parts: str | None) -> set[int]:
    """Return which of the words, by their places among them, stand in a text with these keys."""
    line = f" {terms} " if terms else " "
    every = f"{line}{parts} " if parts else line
    return {number for number, sought in enumerate(wanted) if sought._stands_in(line, every)}


@dataclass(frozen=True, slots=True)
class Search:
    """Everything that is looked for, and what must not be there."""

    wanted: tuple[Sought, ...] = ()
    excluded: tuple[Sought, ...] = ()

    @property
    def whole(self) -> "Search":
        """The same, with each compound in one piece."""
        return Search(tuple(each.whole for each in self.wanted), self.excluded)

    @property
    def all_of(self) -> Node:
        """What a text has that has all of it."""
        return AllOf(tuple(each.node for each in self.wanted))

    @property
    def any_of(self) -> Node:
        """What a text has that has some of it."""
        return AnyOf(tuple(each.node for each in self.wanted))

    @property
    def none_of(self) -> Node:
        """What a text may not have."""
        return AnyOf(tuple(each.node for each in self.excluded))


def search_for(question: Question, keys: Keys) -> Search:
    """Return what a question looks for (one query, for the forms that follow no rule).

    Beside other words, a word that says nothing ("de", "the") is not looked for, and so marked nowhere.
    """
    forms = {
        term: [word.form for word in words(term.text)][:LONGEST_PHRASE]
        for term in (*question.wanted, *question.excluded)
    }
    keys.learn(each for found in forms.values() for form in found for each in (form, *separated(form)))
    return Search(_each(_telling(question.wanted, forms), forms, keys), _each(question.excluded, forms, keys))


def _telling(terms: Sequence[Term], forms: Mapping[Term, Sequence[str]]) -> Sequence[Term]:
    """The words that say something; all of them where none does."""
    told = [term for term in terms if term.is_phrase or not LITTLE.issuperset(forms[term])]
    return told or terms


def _each(terms: Iterable[Term], forms: dict[Term, list[str]], keys: Keys) -> tuple[Sought, ...]:
    return tuple(_sought(term, forms[term], keys) for term in terms if forms[term])


def _sought(term: Term, forms: list[str], keys: Keys) -> Sought:
    ways = dict.fromkeys(tuple(key_of(form, language, keys) for form in forms) for language in LANGUAGES)
    # In quotation marks a compound is itself alone.
    parts = () if len(forms) > 1 or term.is_phrase else _parts(forms[0], keys)
    return Sought(term.text, tuple(ways), parts)


def _parts(form: str, keys: Keys) -> tuple[str, ...]:
    """The keys of the parts of a compound, or of a verb that is said in two words: "Wie belt er terug?"."""
    return keys.dutch(form).parts or tuple(keys.dutch(each).key for each in separated(form))


def key_of(form: str, language: str, keys: Keys) -> str:
    """Return the key of a learned word in a language."""
    return keys.dutch(form).key if language == DUTCH else foreign(form, language)
