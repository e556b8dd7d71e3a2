"""Tables of posts: no cell is dropped, and one that is larger than a page stays text."""

from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_block.table import escapedSplit, getLine
from markdown_it.token import Token

MOST_COLUMNS = 40
MOST_CELLS = 500
TOO_LARGE_UNTIL = (
    "tables_too_large_until"  # in the environment of one parsing: the line up to which that is known
)


def whole_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: a table in which a row may have more cells than the heading."""
    if start < state.env.get(TOO_LARGE_UNTIL, 0) or not table(state, start, end, True):
        return False
    if silent:
        return True
    last, widest = _extent(state, start, end)
    if widest > MOST_COLUMNS or widest * (last - start - 1) > MOST_CELLS:
        state.env[TOO_LARGE_UNTIL] = last
        return False
    first = len(state.tokens)
    table(state, start, end, False)
    _add_dropped_cells(state, first)
    return True


def _extent(state: StateBlock, start: int, end: int) -> tuple[int, int]:
    """The line after the last that can belong to the table, and the most cells in a line of it."""
    line, widest = start, 0
    while line < end and not state.isEmpty(line):
        widest = max(widest, _columns(state, line))
        line += 1
    return line, widest


def _columns(state: StateBlock, line: int) -> int:
    """At most how many cells a line has: a pipe at its border parts nothing. An escaped pipe counts too."""
    content = getLine(state, line).strip()
    return content.count("|") + 1 - content.startswith("|") - (len(content) > 1 and content.endswith("|"))


def _add_dropped_cells(state: StateBlock, first: int) -> None:
    """Put back the cells for which the heading has no column, and make all rows as long as the longest."""
    # For each row where it closes, how many cells it has in the tokens, and its cells as typed.
    rows: list[tuple[int, int, list[str]]] = []
    columns = 0
    for at, token in enumerate(state.tokens[first:], first):
        if token.type == "tr_open" and token.map:
            columns, line = 0, token.map[0]
        elif token.type in {"th_open", "td_open"}:
            columns += 1
        elif token.type == "tr_close":
            rows.append((at, columns, _cells(state, line)))
    longest = max(len(cells) for _at, _columns, cells in rows)
    for at, present, cells in reversed(rows):
        extra = [cells[place] if place < len(cells) else "" for place in range(present, longest)]
        state.tokens[at:at] = [token for content in extra for token in _cell(content)]


def _cells(state: StateBlock, line: int) -> list[str]:
    cells = escapedSplit(getLine(state, line).strip())
    cells = cells[1:] if cells and not cells[0] else cells
    return cells[:-1] if cells and not cells[-1] else cells


def _cell(content: str) -> list[Token]:
    inline = Token("inline", "", 0, content=content.strip(), children=[])
    return [Token("td_open", "td", 1), inline, Token("td_close", "td", -1)]
