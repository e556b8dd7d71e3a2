"""Markdown as people type and paste it, before it is parsed: lists out of word processors, and text too heavy to parse.

Only marks change here, never words: a bullet that Markdown does not know becomes one that it knows, and a number that
begins no list is kept as text.
"""

import re
from itertools import pairwise

# Microseconds that a mark costs, measured in texts of some hundred; a mark within another one adds to it. Letters and
# spaces cost next to nothing. `tests/infra/test_cost.py` finds out when this is no longer true.
WEIGHTS = {
    **dict.fromkeys("]!:{}$%+-=^", 2),
    ">": 12,
    "\n": 14,
    "\n\n": 20,
    "\n\n>": 60,
    "*": 24,
    "**": -18,
    "_": 24,
    "~": 12,
    "[": 11,
    "](": 50,
    "]:": 20,
    "![": 25,
    "|": 48,
    "`": 20,
    "<": 20,
    "&": 14,
    "\\": 3,
    "\\\n": 18,
    "@": 70,
    "://": 75,
    "ww.": 70,
    "WW.": 70,
    "# ": 40,
    "\n---": 39,
    "\n-\n": 39,
    "\n=": 39,
}
ITEM_MARK = re.compile(r"(?:[-+*•●▪■◦○‣⁃∙·\uf0b7\uf0a7–—]|\d[.)])[ \t\u00a0]")
OF_AN_ITEM = 50
OF_A_NESTED_ITEM = 60  # more, for "- - - a"
OF_A_LOOK = 1.3  # at each mark between a bracket and the one that closes it, or the end of the paragraph
STOPS = re.compile(r"[\n!$%&*+\-:<=>@\[\\\]^_`{}~]")
WITH_DEFINITIONS = 1.6  # a text with one may be parsed twice
MOST_WORK = 28_000
FENCE = re.compile(r"[ >]*(`{3,}|~{3,})")
BULLET = re.compile(
    r"^((?:[ \t]{0,8}>)*[ \t]{0,8})([•●▪■◦○‣⁃∙·\uf0b7\uf0a7–—])([ \t\u00a0\u2002\u2003]+)(?=\S)"
)
ITEM = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])[ \t]")
INDENT = re.compile(" *")
QUOTED = re.compile(r"(?: {0,3}>)+")
WRAPS_AT = 60  # characters: where mail programs break lines, a line that goes on is longer
FAR = 4  # columns from the margin: CommonMark reads such a line as code
DASHES = "–—"  # in a line of its own a dash is what somebody says, not a list
NUMBER = re.compile(r"^((?:[ \t]{0,3}>)*[ \t]*)(\d{1,9})([.)])(?=[ \t])")


def is_heavy(source: str) -> bool:
    """Return whether so much of a text is marks that parsing it would cost many times what prose of its length costs.

    The bound is an estimate from counts, so that asking is cheap. Such a text is shown as it was written.
    """
    work: float = sum(source.count(mark) * weight for mark, weight in WEIGHTS.items())
    before = -1
    for mark in ITEM_MARK.finditer(source):
        work += OF_AN_ITEM + (OF_A_NESTED_ITEM if mark.start() == before else 0)
        before = mark.end()
    if work <= MOST_WORK and "[" in source:
        work += OF_A_LOOK * sum(map(_looks, source.split("\n\n")))
    return work * (WITH_DEFINITIONS if "]:" in source else 1) > MOST_WORK


def _looks(paragraph: str) -> int:
    """How many marks the parser looks at to find the brackets that close: it begins anew at each that opens."""
    marks = STOPS.findall(paragraph)
    opened: list[int] = []
    looks = 0
    for at, mark in enumerate(marks):
        if mark == "[":
            opened.append(at)
        elif mark == "]" and opened:
            looks += at - opened.pop()
    return looks + sum(len(marks) - at for at in opened)


def with_known_marks(source: str) -> str:
    """Return the text with bullets of word processors as Markdown's own, and single numbers kept as text.

    Fenced code stays as it is.
    """
    lines = source.split("\n")
    open_text = _outside_fences(lines)
    _move_to_margin(lines, open_text)
    bullets = [
        BULLET.match(line) if is_open else None for line, is_open in zip(lines, open_text, strict=True)
    ]
    beside = _beside_alike(bullets)
    numbers = [
        NUMBER.match(line) if is_open else None for line, is_open in zip(lines, open_text, strict=True)
    ]
    kept = _numbers_of_lists(numbers)
    for at, line in enumerate(lines):
        bullet, number = bullets[at], numbers[at]
        if bullet and (bullet[2] not in DASHES or beside[at] or bullet[3][0] == "\t"):
            lines[at] = f"{bullet[1]}- {line[bullet.end() :]}"
        elif number and not kept[at]:
            lines[at] = f"{number[1]}{number[2]}\\{line[number.end(2) :]}"
    _end_lists(lines, open_text)
    _end_quotes(lines, open_text)
    return "\n".join(lines)


def _outside_fences(lines: list[str]) -> list[bool]:
    """For each line whether it stands outside fenced code."""
    outside, fence = [], ""
    for line in lines:
        mark = FENCE.match(line)
        if fence:
            outside.append(False)
            if mark and mark[1].startswith(fence) and not line[mark.end() :].strip():
                fence = ""
        else:
            fence = mark[1] if mark else ""
            outside.append(not mark)
    return outside


def _move_to_margin(lines: list[str], open_text: list[bool]) -> None:
    """Bring a block that begins far from the margin, and belongs to no item of a list, to it."""
    in_list, far = False, 0
    for at, line in enumerate(lines):
        if not open_text[at] or not line.strip():
            far = 0
            continue
        indent = INDENT.match(line.expandtabs(4))[0]  # type: ignore[index]  # it matches the empty text too
        after_blank = at == 0 or not lines[at - 1].strip()
        if ITEM.match(line):
            in_list = True
        elif after_blank and not indent:
            in_list = False
        if after_blank and not in_list and len(indent) >= FAR:
            far = len(indent)
        if far:
            lines[at] = line.expandtabs(4)[min(far, len(indent)) :]


def _end_lists(lines: list[str], open_text: list[bool]) -> None:
    """What stands below the last item of a list at the margin is not part of that item, unless a long line wraps there.

    CommonMark lets it go on ("lazy continuation"), and a greeting would stand in the last bullet.
    """
    last = -1  # the last item of this block
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if not open_text[at] or not line.strip():
            last = -1
        elif ITEM.match(line):
            if (
                last < 0
                and at + 1 < len(lines)
                and open_text[at + 1]
                and lines[at + 1].strip()
                and len(line) < WRAPS_AT
            ):
                below = at + 1
                while below < len(lines) and lines[below][:1].isspace() and lines[below].strip():
                    below += 1
                if below < len(lines) and open_text[below] and lines[below].strip():
                    lines[below] = "\n" + lines[below]
            last = at


def _end_quotes(lines: list[str], open_text: list[bool]) -> None:
    """A line with fewer marks of quoting than the one before it is by somebody else: it begins a paragraph of its own.

    CommonMark lets it go on, and an answer would stand in the mouth of who is answered.
    """
    before = 0
    for at, line in enumerate(lines):
        depth = _quoted(line) if open_text[at] else 0
        if open_text[at] and line.strip() and depth < before:
            lines[at] = "> " * depth + "\n" + line
        before = depth


def _quoted(line: str) -> int:
    mark = QUOTED.match(line)
    return mark[0].count(">") if mark else 0


def _beside_alike(bullets: list[re.Match[str] | None]) -> list[bool]:
    """For each line whether the line before or after it has the same bullet."""
    beside = [False] * len(bullets)
    for at, (first, second) in enumerate(pairwise(bullets)):
        if first and second and first[2] == second[2]:
            beside[at] = beside[at + 1] = True
    return beside


def _numbers_of_lists(numbers: list[re.Match[str] | None]) -> list[bool]:
    """For each line whether its number is one of a list: it is 0 or 1, or its neighbours are one less or one more.

    "12. maart was koud" is not the twelfth of anything, and Markdown would hide the twelve from the plain text.
    """
    kept = [False] * len(numbers)
    placed = [(at, int(match[2]), match[3]) for at, match in enumerate(numbers) if match]
    for at, number, _delimiter in placed:
        kept[at] = number <= 1
    for (one, first, before), (other, second, after) in pairwise(placed):
        if second == first + 1 and before == after:
            kept[one] = kept[other] = True
    return kept
