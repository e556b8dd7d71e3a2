"""Whether there is such a word in Dutch, as far as the lists and rules here can tell."""

import re

from forum.infra.search_keys import compounds
from forum.infra.search_keys.irregular import FORMS
from forum.infra.search_keys.keying import key
from forum.infra.search_keys.languages import DUTCH
from forum.infra.search_keys.rules import rule
from forum.infra.search_keys.separable import is_separable

# No word is written so: three letters alike, or a consonant twice behind another one.
_UNHEARD = re.compile(r"(.)\1\1|[bcdfghjklmnpqrstvwxz](?!\1)([bcdfgjklmnprstvwxz])\2")
_ENDINGS = re.compile(
    "(?:e|en|n|s|r|er|ers|st|ste|sten|d|de|den|t|te|ten|end|ende|ing|ingen|heid|heden|ig|ige|lijk|lijke|baar|bare|"
    "loos|loze|achtig|achtige|je|jes|tje|tjes|etje|etjes)*"
)
_TWICE = re.compile(r"([a-z])\1")
_ALIKE = str.maketrans({"v": "f", "z": "s"})
FOREIGN = re.compile("(?P<stem>.+)0[a-z]{2}")  # a key of a word in another language


def is_listed(form: str) -> bool:
    """Return whether a folded word stands in a list, as it is."""
    return form in FORMS or compounds.is_listed(form)


def is_known(form: str) -> bool:
    """Return whether a folded word is listed, or a form of such a word, or a separable verb, or a compound."""
    return (
        is_listed(form)
        or compounds.has_key(key(form, {}))
        or is_separable(form)
        or _is_listed_compound(compounds.parts(form))
    )


def _is_listed_compound(parts: tuple[str, ...]) -> bool:
    """Whether the last part stands in the list too, or is a form of one that does: errors may end in a part by rule."""
    return bool(parts) and (is_listed(parts[-1]) or is_listed(key(parts[-1], {})))


def may_be_written(form: str, of: str) -> bool:
    """Return whether somebody may have written a folded word that has the key `of`: whether it is that, with endings.

    The rule of keys gives one to everything, "ter" to "terrssen".
    """
    if _UNHEARD.search(form):
        return False
    foreign = FOREIGN.fullmatch(of)
    stem, plain = _plain(foreign["stem"] if foreign else of), _plain(form)
    if foreign or rule(form, DUTCH) != of:
        return plain.startswith(stem[:-1])
    return plain.startswith(stem) and _ENDINGS.fullmatch(plain, len(stem)) is not None


def _plain(form: str) -> str:
    return _TWICE.sub(r"\1", form.translate(_ALIKE))
