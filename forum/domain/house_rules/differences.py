"""What a version of rules changed in another one, rule by rule and word by word."""

import enum
from dataclasses import dataclass

from forum.domain.house_rules.versions import Rule, Version
from forum.infra.word_diff import Piece, pieces


class Became(enum.StrEnum):
    """What became of a rule."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """One rule in two versions; the number is that of the newer one, of one that is gone its last."""

    became: Became
    number: int
    heading: str
    pieces: list[Piece]
    was_number: int | None = None  # where it has another one now


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different between two versions; of an introduction that stayed there are no pieces."""

    older: Version
    newer: Version
    intro: list[Piece]
    rules: list[Change]

    @property
    def is_none(self) -> bool:
        """Whether both say the same."""
        return not self.intro and all(rule.became == Became.SAME for rule in self.rules)


def between(older: Version, newer: Version) -> Difference:
    """Return what the newer version changed: its rules in their order, and after them those that are gone."""
    before = {rule.identity: rule for rule in older.rules}
    changes = [_change(before.pop(rule.identity, None), rule) for rule in newer.rules]
    gone = [
        Change(Became.GONE, rule.number, rule.heading, [("removed", _whole(rule))])
        for rule in before.values()
    ]
    intro = [] if older.intro == newer.intro else pieces(older.intro, newer.intro)
    return Difference(older, newer, intro, [*changes, *gone])


def _change(old: Rule | None, new: Rule) -> Change:
    if old is None:
        return Change(Became.NEW, new.number, new.heading, [("added", _whole(new))])
    moved = old.number if old.number != new.number else None
    if _whole(old) == _whole(new):
        return Change(Became.SAME, new.number, new.heading, [], moved)
    return Change(Became.CHANGED, new.number, new.heading, pieces(_whole(old), _whole(new)), moved)


def _whole(rule: Rule) -> str:
    return f"{rule.heading}\n{rule.words}"
