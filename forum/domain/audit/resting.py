"""The house rule on which a line of the log rests, in the words of the version that held then."""

from typing import Any, NamedTuple

from forum.infra.i18n import _
from forum.models.house_rules import HouseRule, RulesVersion


class Rule(NamedTuple):
    """A rule as it stood in a version."""

    number: int
    heading: str
    words: str
    version: int

    @property
    def in_words(self) -> str:
        """Return it as one line of plain text."""
        return _("House rule %(number)s: %(heading)s", number=self.number, heading=self.heading)


COLUMNS = (
    HouseRule.position.label("rule_number"),
    HouseRule.heading.label("rule_heading"),
    HouseRule.words.label("rule_words"),
    RulesVersion.number.label("rule_version"),
)


def rule_of(row: Any) -> Rule | None:
    """Return the rule of a row with COLUMNS; None where it rests on none."""
    if row.rule_number is None:
        return None
    return Rule(row.rule_number, row.rule_heading, row.rule_words, row.rule_version)
