"""The key of a word: of one that follows no rule from a table, of any other from the rule of its language."""

from collections.abc import Mapping

from forum.infra.search_keys.irregular import FORMS
from forum.infra.search_keys.languages import DUTCH
from forum.infra.search_keys.rules import rule

# Raise it when a word gets another key, or other parts, than before, or a text is found by other words: everything is
# then made anew by itself.
RECIPE = 4


def key(form: str, table: Mapping[str, str]) -> str:
    """Return the key of a folded Dutch word; `table` has those that a list of words knows better than the rule."""
    return FORMS.get(form) or table.get(form) or rule(form, DUTCH)


def foreign(form: str, language: str) -> str:
    """Return the key of a folded word in another language, which is no key of a word in Dutch or in a third.

    By the rule of French "water" would be "wat", and found wherever that Dutch word stands.
    """
    return f"{rule(form, language)}0{language}"
