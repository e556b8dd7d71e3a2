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
    factory: Any = import_module(PACKAGE)
    keys: dict[str, str] = {}
    for form, word in sorted(factory.DefaultDictionaryFactory().get_dictionary(DUTCH).items()):
        folded = fold(form)
        if folded in FORMS or folded in keys or not _WORD.fullmatch(folded):
            continue
        key = rule(fold(word), DUTCH)
        if key.isalnum() and key != rule(folded, DUTCH):
            keys[folded] = key[:LONGEST]
    return keys
