"""A word while it is typed: which keys the whole of it may have, and which titles it begins a word of.

The key of a word is often shorter than what is typed of it ("vergaderi" on the way to "vergadering"), or another one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from forum.domain.indexing.keys import Keys
from forum.domain.search.sought import key_of
from forum.infra.search_keys.irregular import FORMS
from forum.infra.search_keys.rules import LANGUAGES
from forum.infra.search_keys.words import words
from forum.infra.search_questions import AnyOf, Beginning, Key, Node

SHORTEST = 3  # letters: fewer begin nearly everything
_CUT, _LEFT = 4, 4  # letters that are taken from its end, at most, and that are left of it, at least
_IRREGULAR = 8  # forms that follow no rule and begin so: "sted" on the way to "steden"


@dataclass(frozen=True, slots=True)
class HalfWord:
    """A word that is being typed. `own` are its keys as it stands, `others` those that the whole of it may have."""

    form: str
    beginnings: tuple[str, ...]
    own: frozenset[str]
    others: frozenset[str]

    @property
    def node(self) -> Node:
        """What the index is asked: more than begins so, which `begins` sorts out."""
        exact = map(Key, sorted(self.own | self.others))
        return AnyOf((*map(Beginning, self.beginnings), *exact))

    def is_in(self, title: str, keys: Collection[str]) -> bool:
        """Return whether a title with these keys has a word, or the part of one, that begins so or is a form of it."""
        return (
            self.begins(title)
            or not self.own.isdisjoint(keys)
            or any(key.startswith(self.beginnings) for key in keys)
        )

    def begins(self, title: str) -> bool:
        """Return whether a word of a title begins as this was typed."""
        return any(word.form.startswith(self.form) for word in words(title))


def half_word(form: str, keys: Keys) -> HalfWord:
    """Return what a folded word may become (one query, for the forms that follow no rule)."""
    others = [form[:end] for end in range(len(form) - 1, max(_LEFT, len(form) - _CUT) - 1, -1)]
    others += sorted(whole for whole in FORMS if whole.startswith(form))[:_IRREGULAR]
    keys.learn([form, *others])
    beginnings = (form, form[:-1]) if len(form) > SHORTEST and form[-1] == form[-2] else (form,)
    own = frozenset(_keys_of(form, keys))
    return HalfWord(
        form, beginnings, own, frozenset(key for each in others for key in _keys_of(each, keys)) - own
    )


def _keys_of(form: str, keys: Keys) -> Iterator[str]:
    return (key_of(form, language, keys) for language in LANGUAGES)
