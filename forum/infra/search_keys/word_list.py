"""Keys of Dutch forms that follow no rule, from the list of words of simplemma, which is loaded when asked for."""

import re
from importlib import import_module
from typing import Any

from forum.infra.search_keys.irregular import FORMS
from forum.infra.search_keys.languages import DUTCH
from forum.infra.search_keys.rules import rule
from forum.infra.search_keys.separable import BEGINNINGS
from forum.infra.search_keys.words import LONGEST, fold

PACKAGE = "simplemma.strategies.dictionaries.dictionary_factory"  # 50 MB in memory: nothing that serves pages has it
NOUN, SHORTEST_NOUN = "atie", 6  # an ending, and letters
_PARTED = "_"  # of separable verbs: terug_bellen
_WORD = re.compile(f"[a-z]{{2,{LONGEST}}}")


def irregular() -> dict[str, str]:
    """Return the keys of all forms whose key by rule is not that of the word that they are forms of."""
    base = _base_forms()
    keys, of_homes = {}, dict[str, str]()
    for form in base:
        home = _verb_of(_home(form, base), base)
        if home not in of_homes:
            of_homes[home] = (FORMS.get(home) or rule(home, DUTCH))[:LONGEST]
        key = of_homes[home]
        if form != home and form not in FORMS and key.isalnum() and key != rule(form, DUTCH):
            keys[form] = key
    return keys


def _base_forms() -> dict[str, str]:
    """The word that each form is a form of, folded; participles with the ends that they have as adjectives."""
    factory: Any = import_module(PACKAGE)
    base: dict[str, str] = {}
    for form, word in sorted(factory.DefaultDictionaryFactory().get_dictionary(DUTCH).items()):
        folded, home = fold(form), fold(word).replace(_PARTED, "")
        if _WORD.fullmatch(folded) and not _is_other_gender(folded, home):
            base.setdefault(folded, home)
    for form, word in list(base.items()):
        if form.endswith(("d", "t")) and word.endswith("n") and form != word:
            for end in ("e", "en"):
                base.setdefault(form + end, form)
    _add_separable(base)
    return base


def _add_separable(base: dict[str, str]) -> None:
    """Add the participles of separable verbs that the list has no forms of: teruggebeld, as gebeld is of bellen."""
    participles = [(form, verb) for form, verb in base.items() if form.startswith("ge") and form != verb]
    found = [
        (beginning + form, beginning + verb)
        for form, verb in participles
        for beginning in BEGINNINGS
        if beginning + verb in base and verb in base
    ]
    for form, verb in found:
        base.setdefault(form, verb)


def _is_other_gender(form: str, word: str) -> bool:
    """Whether the list leads from the word for a man to the one for a woman: both stay what they are."""
    return word.endswith(("ster", "in")) and form.endswith(("er", "ers")) and not form.startswith(word)


def _home(form: str, base: dict[str, str]) -> str:
    """Follow forms to where they lead at last: what is a form of "verdraaid" is one of "verdraaien"."""
    home = base.get(form, form)
    if base.get(home, home) == home:  # nearly always
        return home
    passed = {form}
    while (form := base.get(form, form)) not in passed:
        passed.add(form)
    return form


def _verb_of(word: str, base: dict[str, str]) -> str:
    """The verb that a noun in -atie is made from: what is about renovatie is found by renoveren."""
    if not word.endswith(NOUN):
        return word
    verb = word.removesuffix(NOUN) + "eren"
    return verb if len(word) > SHORTEST_NOUN and base.get(verb) == verb else word
