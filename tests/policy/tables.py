"""Tables of expected answers, written by hand: one row for a state, one column for a person, one cell for an answer.

`x` is yes and `.` is no; where a no has reasons, a letter stands for each of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from forum.infra.db import db
from forum.policy.visibility import audience, visible
from tests.policy.people import IN_GOOD_STANDING, PEOPLE, Town

Table = dict[str, dict[str, str]]


def read(text: str, *, answers: str = "x.", columns: Mapping[str, str] = PEOPLE) -> Table:
    """The cells of a table by row and person; every person has a column and every cell a known answer.

    The `columns` may be others than the people, by their code with what they are.
    """
    heading, *lines = [line for line in text.splitlines() if line.strip()]
    codes = heading.split()
    assert codes == list(columns), f"the columns are {' '.join(columns)}"
    table: Table = {}
    for line in lines:
        words = line.split()
        name, cells = " ".join(words[: -len(codes)]), words[-len(codes) :]
        assert name, f"no name, or a cell too few: {line}"
        assert name not in table, f"two rows are called {name}"
        assert set(cells) <= set(answers), f"{name}: the answers are {answers}"
        table[name] = dict(zip(codes, cells, strict=True))
    return table


def differences(expected: Table, found: Table, *, columns: Mapping[str, str] = PEOPLE) -> list[str]:
    """Where two tables differ, cell by cell; both must have the same rows."""
    missing = sorted(expected.keys() ^ found.keys())
    assert missing == [], f"rows of one table only: {missing}"
    return [
        f"{name}: {columns[code]} ({code}) should get {expected[name][code]!r}, gets {found[name][code]!r}"
        for name in expected
        for code in columns
        if expected[name][code] != found[name][code]
    ]


def who_sees(model: Any, rows: dict[str, Any], town: Town) -> Table:
    """What the rule says about these rows, asked once for each person."""
    seen = {code: _seen(model, rows, reader) for code, reader in town.people.items()}
    return {
        name: {code: "x" if row.id in seen[code] else "." for code in PEOPLE} for name, row in rows.items()
    }


def who_is_told(rows: dict[str, Any], town: Town) -> Table:
    """The same in the other direction, asked once for each row."""
    told = {name: {member.id for member in db.session.scalars(audience(row))} for name, row in rows.items()}
    numbers = {code: member.id if member is not None else 0 for code, member in town.people.items()}
    return {name: {code: "x" if numbers[code] in told[name] else "." for code in PEOPLE} for name in rows}


def without_strangers(table: Table) -> Table:
    """What a table says about who gets notices: nobody outside good standing, whatever they may read."""
    return {
        name: {code: cell if code in IN_GOOD_STANDING else "." for code, cell in cells.items()}
        for name, cells in table.items()
    }


def _seen(model: Any, rows: dict[str, Any], reader: Any) -> set[int]:
    asked = visible(model, reader, model.id).where(model.id.in_([row.id for row in rows.values()]))
    return set(db.session.scalars(asked))


def without_table(things: Iterable[Any], tables: Iterable[Any]) -> list[str]:
    """The names of models or predicates for which nobody wrote a table."""
    known = set(tables)
    return sorted(thing.__name__ for thing in things if thing not in known)
