"""Keys of words; those that follow no rule are looked up in one query, whether anybody wrote them or not."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from sqlalchemy import String, select

from forum.infra.in_lists import in_list
from forum.infra.search_keys import compounds, keying
from forum.infra.search_keys.languages import DUTCH, language_of
from forum.infra.statements import select_rows
from forum.models.search import WordKey

_LOOKED_UP = select(WordKey.form, WordKey.key).where(
    WordKey.language == DUTCH, in_list(WordKey.form, "forms", String)
)


class Keyed(NamedTuple):
    """The keys of a text as its row has them: of its words in order, and of the parts of its compounds."""

    terms: str
    parts: str


class Dutch(NamedTuple):
    """The key of a Dutch word, and where it is a compound those of its parts, and of its longer parts."""

    key: str
    parts: tuple[str, ...]
    longer: tuple[str, ...] = ()

    @property
    def within(self) -> tuple[str, ...]:
        """By which keys it is found besides its own."""
        return self.parts + self.longer


class Keys:
    """The keys of the words that were learned so far."""

    def __init__(self) -> None:
        self._dutch: dict[str, Dutch] = {}

    def __len__(self) -> int:
        return len(self._dutch)

    def learn(self, forms: Iterable[str]) -> None:
        """Look up the folded words, and the parts of compounds among them, that are not known yet: in one query."""
        parts = {form: compounds.parts(form) for form in set(forms) - self._dutch.keys()}
        longer = {form: compounds.longer_parts(form, each) for form, each in parts.items() if each}
        asked = sorted({*parts, *chain.from_iterable((*parts.values(), *longer.values()))})
        if not asked:
            return
        table = {row.form: row.key for row in select_rows(_LOOKED_UP, {"forms": asked})}
        for form, each in parts.items():
            found = (tuple(keying.key(one, table) for one in some) for some in (each, longer.get(form, ())))
            self._dutch[form] = Dutch(keying.key(form, table), *found)

    def dutch(self, form: str) -> Dutch:
        """Return the key of a learned word as a Dutch one, and those of its parts."""
        return self._dutch[form]

    def of_text(self, fields: Sequence[Sequence[str]]) -> list[Keyed]:
        """Return the keys of a text whose words were learned, field by field: all of it is in one language."""
        language = language_of(form for forms in fields for form in forms)
        if language != DUTCH:
            return [Keyed(" ".join(keying.foreign(form, language) for form in forms), "") for forms in fields]
        return [self._of_field(forms) for forms in fields]

    def _of_field(self, forms: Sequence[str]) -> Keyed:
        found = [self._dutch[form] for form in forms]
        parts = dict.fromkeys(part for each in found for part in each.within)
        return Keyed(" ".join(each.key for each in found), " ".join(parts))
