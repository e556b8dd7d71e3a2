"""What somebody types in the search field: words, "phrases", words with a minus before them, and filters as city:gent.

Names of filters are known in both languages, whatever the reader's. What a filter asks for is read in `filters`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from forum.infra import text
from forum.infra.i18n import _
from forum.infra.sort_keys import sort_key
from forum.policy.errors import Invalid

LONGEST = 200  # characters of a question
MOST = 12  # words and phrases of it are looked for
FIELD = "q"
NAMES = {
    "in": "kind",
    "space": "space",
    "ruimte": "space",
    "by": "by",
    "door": "by",
    "before": "before",
    "voor": "before",
    "axis": "axis",
    "theme": "axis",
    "thema": "axis",
    "need": "need",
    "nood": "need",
    "city": "city",
    "stad": "city",
    "outcome": "outcome",
    "afloop": "outcome",
}
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))
_TOKEN = re.compile(
    r'(?P<minus>-?)(?:(?P<name>[^\W\d_]+):(?=[^\s]))?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))'
)


class Term(NamedTuple):
    """A word or phrase as it was typed, without its quotation marks."""

    text: str
    is_phrase: bool

    def __str__(self) -> str:
        return f'"{self.text}"' if self.is_phrase else self.text


class Typed(NamedTuple):
    """A filter as it was typed: which kind, and what it asks for."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question in its parts. `notes` say how it was understood, where it could be read in more than one way."""

    wanted: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    filters: tuple[Typed, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of_words(cls, texts: Iterable[str]) -> "Question":
        """Return the question that looks for all of these words."""
        return cls(tuple(dict.fromkeys(Term(text, False) for text in texts)))

    @property
    def words(self) -> str:
        """The words as they would be typed without the filters."""
        return " ".join([*map(str, self.wanted), *(f"-{term}" for term in self.excluded)])

    @property
    def plain(self) -> str:
        """The words that are looked for, without any sign."""
        return " ".join(term.text for term in self.wanted)


def read(typed: str) -> Question:
    """Return the parts of what somebody typed; Invalid at `q` where it cannot be looked for."""
    line = text.one_line(typed)
    if len(line) > LONGEST:
        raise Invalid(
            FIELD,
            _("Your question has %(length)s characters. At most %(limit)s are allowed.", length=len(line),
              limit=LONGEST),
        )  # fmt: skip
    line, notes = _paired(line.translate(_QUOTES))
    wanted: dict[Term, None] = {}
    excluded: dict[Term, None] = {}
    filters: list[Typed] = []
    for match in _TOKEN.finditer(line):
        kind = NAMES.get(_plain(match["name"] or ""))
        if kind is not None:
            if match["minus"]:
                raise Invalid(
                    FIELD, _("A minus works before words only, not before “%(name)s:”.", name=match["name"])
                )
            filters.append(Typed(kind, _value(match)))
            continue
        term = _term(match)
        if term is None:
            continue
        if match["name"] and not _value(match).startswith("//"):  # an address of a page is no filter
            notes.append(
                _("“%(name)s:” is not a filter, so we searched for it as a word.", name=match["name"])
            )
        if not match["minus"] and term.text.endswith(":") and _plain(term.text) in NAMES:
            notes.append(_("There is nothing behind “%(name)s”, so we left it out.", name=term.text))
            continue
        (excluded if match["minus"] else wanted)[term] = None
    if len(wanted) + len(excluded) > MOST:
        notes.append(_("We searched for the first %(limit)s words.", limit=MOST))
    first = tuple(wanted)[:MOST]
    return Question(first, tuple(excluded)[: MOST - len(first)], tuple(filters), tuple(dict.fromkeys(notes)))


def _paired(line: str) -> tuple[str, list[str]]:
    """The line without a quotation mark that has no other one, and what there is to say about it."""
    if line.count('"') % 2 == 0:
        return line, []
    before, _mark, after = line.rpartition('"')
    return f"{before} {after}", [_("There is one quotation mark too many. We searched without it.")]


def _value(match: re.Match[str]) -> str:
    return (match["phrase"] if match["phrase"] is not None else match["word"]).strip()


def _term(match: re.Match[str]) -> Term | None:
    """A word or phrase; what has no letter or figure is none. An unknown name with a colon is a word like others."""
    is_phrase = match["phrase"] is not None
    value = _value(match)
    if match["name"]:
        value = f"{match['name']} {value}".strip() if is_phrase else f"{match['name']}:{value}"
    if not any(sign.isalnum() for sign in value):
        return None
    return Term(value, is_phrase)


def _plain(name: str) -> str:
    return sort_key(name).split("\t")[0]
