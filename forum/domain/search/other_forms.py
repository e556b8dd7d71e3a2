"""Other forms of a Dutch word, for what is looked up by its beginning and not by its key: "school" for "scholen".

A form is made by what plurals and adjectives do to their words, and is one where it has the same key.
"""

from collections.abc import Iterator

from forum.domain.indexing.keys import Keys
from forum.infra.search_keys.irregular import FORMS

SHORTEST = 3  # letters of a form
MOST = 6
_TAKEN, _GIVEN = ("en", "n", "e", "s", "er", "eren", ""), ("", "e", "en")  # endings
_SOFT = {"z": "s", "v": "f", "s": "z", "f": "v"}
_VOWELS = "aeou"


def of(word: str) -> list[str]:
    """Return other forms of a folded word, the shortest first (one query, for those that follow no rule).

    Not those that it begins: who looks for beginnings finds them already.
    """
    stems = {word.removesuffix(ending) for ending in _TAKEN}
    made = {each + ending for stem in stems for each in _spelt(stem) for ending in _GIVEN}
    made |= {form for form in FORMS if FORMS[form] == FORMS.get(word, word)} | {FORMS.get(word, word)}
    new = {each for each in made if len(each) >= SHORTEST and not each.startswith(word)}
    near = sorted(new, key=lambda each: (len(each), each))
    keys = Keys()
    keys.learn([word, *near])
    wanted = keys.dutch(word).key
    return [each for each in near if keys.dutch(each).key == wanted][:MOST]


def _spelt(stem: str) -> Iterator[str]:
    """A stem as it is spelt in an open syllable and in a closed one: "schol" and "school", "huiz" and "huis"."""
    if not stem:
        return
    yield stem
    if stem[-1] in _SOFT:
        yield stem[:-1] + _SOFT[stem[-1]]
    if len(stem) > 1 and stem[-1] == stem[-2]:
        yield stem[:-1]
    if len(stem) > 1 and stem[-2] in _VOWELS:
        yield stem[:-1] + stem[-2] + stem[-1]
        yield stem + stem[-1]
        if stem[-1] in _SOFT:
            yield stem[:-1] + stem[-2] + _SOFT[stem[-1]]
    if len(stem) > 2 and stem[-2] == stem[-3] and stem[-2] in _VOWELS:
        yield stem[:-2] + stem[-1]
