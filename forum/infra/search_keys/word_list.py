"""Keys of Dutch forms that follow no rule, from the list of words of simplemma, which is loaded when asked for."""

import re
from importlib import import_module
from typing import Any

from forum.infra.search_keys.irregular import FORMS
from forum.infra.search_keys.languages import DUTCH
from forum.infra.search_keys.rules import rule
from forum.infra.search_keys.words import LONGEST, fold

PACKAGE = "simplemma.strategies.dictionaries.dictionary_factory"  # 50 MB in memory: nothing that serves pages has it
_WORD = re.compile(f"[a-z]{{2,{LONGEST}}}")


def irregular() -> dict[str, str]:
    """Return the keys of all forms whose key by rule is not that of the word that they are forms of."""
    base = _base_forms()
    keys = {}
    for form in base:
        key = rule(_home(form, base), DUTCH)[:LONGEST]
        if form not in FORMS and key.isalnum() and key != rule(form, DUTCH):
            keys[form] = key
    return keys


def _base_forms() -> dict[str, str]:
    """The word that each form is a form of, folded; participles with the ends that they have as adjectives."""
    factory: Any = import_module(PACKAGE)
    base: dict[str, str] = {}
    for form, word in sorted(factory.DefaultDictionaryFactory().get_dictionary(DUTCH).items()):
        folded, home = fold(form), fold(word)
        if _WORD.fullmatch(folded) and not _is_other_gender(folded, home):
            base.setdefault(folded, home)
    for form, word in list(base.items()):
        if form.endswith(("d", "t")) and word.endswith("n") and form != word:
            for end in ("e", "en"):
                base.setdefault(form + end, form)
    return base


def _is_other_gender(form: str, word: str) -> bool:
    """Whether the list leads from the word for a man to the one for a woman: both stay what they are."""
    return word.endswith(("ster", "in")) and form.endswith(("er", "ers")) and not form.startswith(word)


def _home(form: str, base: dict[str, str]) -> str:
    """Follow forms to where they lead at last: what is a form of "verdraaid" is one of "verdraaien"."""
    passed = {form}
    while (form := base.get(form, form)) not in passed:
        passed.add(form)
    return FORMS.get(form, form)
