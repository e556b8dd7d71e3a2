"""What somebody chose in a list with filters of several kinds: the part that all such lists share."""

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Chosen:
    """The chosen values of each kind of filter, in the order in which they were chosen: a field of each subclass.

    Of the kinds in `SINGLE` one value is chosen at most.
    """

    SINGLE: ClassVar[AbstractSet[str]] = frozenset()

    @classmethod
    def kinds(cls) -> tuple[str, ...]:
        """Return the kinds of filters of such a list, in their order."""
        return tuple(each.name for each in fields(cls) if each.default == ())

    def with_toggled(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the values of a kind without that one, or where it is not chosen with it; a single one replaced."""
        values: tuple[str, ...] = getattr(self, kind)
        if value in values:
            return tuple(each for each in values if each != value)
        return (value,) if kind in self.SINGLE else (*values, value)

    def toggled(self, kind: str, value: str) -> Self:
        """Return the choice with that value of a kind taken out or added."""
        return self._with(kind, self.with_toggled(kind, value))

    def without(self, kind: str) -> Self:
        """Return the choice without any value of that kind."""
        return self._with(kind, ())

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The kinds of which something is chosen, with the chosen values."""
        return {kind: values for kind in self.kinds() if (values := getattr(self, kind))}

    def _with(self, kind: str, values: tuple[str, ...]) -> Self:
        changed: dict[str, Any] = {kind: values}
        return replace(self, **changed)


@dataclass(slots=True)
class Counts:
    """How many rows there are, and how many each value would leave with what is chosen of the other kinds.

    `at_least`: the kinds of which only so many rows are counted, since there are more; so is the total where "" is
    among them.
    """

    total: int = 0
    by: dict[str, Counter[str]] = field(default_factory=dict)
    at_least: set[str] = field(default_factory=set)
