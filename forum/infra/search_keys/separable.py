"""Verbs whose beginning stands by itself in a sentence: terugbellen is said as "Wie belt er terug?"."""

from forum.infra.search_keys import compounds
from forum.infra.search_keys.keying import key

# Of these few sentences have one without the verb; nearly all have "op", "in" or "aan".
CLEAR = ("af", "mee", "neer", "samen", "terug", "voort", "vooruit", "weg")
BEGINNINGS = (
    "aan", "achter", "bij", "binnen", "buiten", "door", "in", "na", "om", "onder", "op", "over", "rond", "tegen",
    "toe", "uit", "vast", "voor", *CLEAR,
)  # fmt: skip
SHORTEST_VERB, SHORTEST_PARTICIPLE = 4, 5  # letters: gaan, gezet
_INFINITIVES, _NOUNS, _PARTICIPLES = ("en", "aan", "oen", "ien"), ("ingen",), ("d", "t", "en", "aan", "ien")


def separated(form: str) -> tuple[str, ...]:
    """Return the beginning and the verb of a folded separable verb, where the beginning is clear; else nothing.

    Of an infinitive or a participle alone: "afval" is no form of afvallen.
    """
    for beginning in CLEAR:
        verb = form.removeprefix(beginning)
        if verb != form and (_is_infinitive(verb) or _is_participle(verb)):
            return beginning, verb
    return ()


def is_separable(form: str) -> bool:
    """Return whether a folded word is a separable verb, in any form that follows the rules."""
    rests = (form.removeprefix(beginning) for beginning in BEGINNINGS if form.startswith(beginning))
    return any(_is_verb(rest) or _is_verb(_without_ge(rest)) for rest in rests)


def _is_verb(form: str) -> bool:
    return len(form) >= SHORTEST_VERB and compounds.is_verb(key(form, {}))


def _is_infinitive(form: str) -> bool:
    return form.endswith(_INFINITIVES) and not form.endswith(_NOUNS) and _is_verb(form)


def _is_participle(form: str) -> bool:
    return form.startswith("ge") and form.endswith(_PARTICIPLES) and len(form) >= SHORTEST_PARTICIPLE


def _without_ge(form: str) -> str:
    """The verb of a participle: gebeld, gemaakt."""
    return form.removeprefix("ge").removesuffix("d").removesuffix("t") if _is_participle(form) else ""
