"""Names and titles within our own sentences: one written from right to left leaves the words around it alone."""

import re
from typing import Any

ISOLATE, END = "\u2068", "\u2069"  # the direction of what stands between them comes from its own first letter
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def isolate(parts: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a sentence, those with letters from right to left isolated; HTML that is trusted stays so."""
    return {name: isolated(part) if isinstance(part, str) else part for name, part in parts.items()}


def isolated(part: str) -> str:
    """Return a name or a title for between our own words; unchanged where it has no letter from right to left."""
    return ISOLATE + part + END if not part.isascii() and _RIGHT_TO_LEFT.search(part) else part
