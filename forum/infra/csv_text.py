"""Tables as CSV that a spreadsheet opens as they are meant: no cell of them is a formula.

UTF-8 with a byte order mark, by which Excel knows it, and semicolons, which it expects in Dutch.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "\ufeff"


def lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Return the text of a table row by row, its mark before the first."""
    yield MARK
    for row in rows:
        buffer = StringIO()
        csv.writer(buffer, delimiter=";").writerow([neutral(str(cell)) for cell in row])
        yield buffer.getvalue()


def neutral(cell: str) -> str:
    """Return the text of a cell, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
