"""The text of house rules as somebody types it: an introduction, then each rule below a heading of its own."""

import re
from typing import NamedTuple

from forum.domain.lines import clean_line, within
from forum.infra import text
from forum.infra.i18n import _
from forum.models.house_rules import HouseRule, RulesVersion
from forum.policy.errors import Invalid

HEADING = re.compile(r"^##[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
MOST = 30


class Rule(NamedTuple):
    """One rule as it was typed."""

    heading: str
    words: str


class Parsed(NamedTuple):
    """What stands above the first heading, and the rules."""

    intro: str
    rules: list[Rule]


def parse(typed: str) -> Parsed:
    """Return the rules that somebody typed; Invalid at `body` where there are none, too many, or one has no words."""
    body = within(text.typed(typed), field="body", limit=RulesVersion.BODY_MAX)
    intro, *parts = HEADING.split(body)
    found = [
        Rule(clean_line(heading, field="body", limit=HouseRule.HEADING_MAX), words.strip())
        for heading, words in zip(parts[::2], parts[1::2], strict=True)
    ]
    if not found:
        raise Invalid("body", _("Begin each rule with a line that starts with ## and names it."))
    if len(found) > MOST:
        raise Invalid("body", _("Write at most %(most)d rules.", most=MOST))
    for rule in found:
        if text.is_blank(text.plain(text.render(rule.words))):
            raise Invalid("body", _("The rule “%(heading)s” has no words yet.", heading=rule.heading))
    return Parsed(intro.strip(), found)


def check(typed: str) -> None:
    """Do nothing for a text that holds rules; Invalid at `body`, as `parse`."""
    parse(typed)
