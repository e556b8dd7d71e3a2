"""What a restore leaves out of a backup: triggers and rules that are not of this forum.

They could release its mail, and call what no backup holds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

# As `pg_restore --list` has them: table, name and owner at the end.
ENTRY = re.compile(r"\d+; \d+ \d+ (?:TRIGGER|RULE) public (.*)")
OF_A_VIEW = " _RETURN "  # the rule that makes it one


@dataclass(frozen=True, slots=True)
class Triggers:
    """Those of this forum, each as its table, a space and its name; `tell` is called with the names of the others."""

    ours: frozenset[str]
    tell: Callable[[list[str]], None]


def split(listed: str, ours: frozenset[str]) -> tuple[str, list[str]]:
    """Return what `pg_restore --list` wrote without triggers and rules that are not `ours`, and the names of those."""
    kept, left_out = [], []
    for line in listed.split("\n"):
        entry = ENTRY.fullmatch(line)
        if entry is None or OF_A_VIEW in entry[1] or entry[1].startswith(tuple(f"{each} " for each in ours)):
            kept.append(line)
        else:
            left_out.append(entry[1].partition(" ")[2].rpartition(" ")[0])
    return "\n".join(kept), sorted(left_out)
