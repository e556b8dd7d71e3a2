"""How many rows the database reads for a page: every statement of the page asked again with EXPLAIN (ANALYZE).

Time depends on the machine and on what else it does; rows do not. A page that reads more of them in a larger forum will
be slow one day, even when it is not yet.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import ClientCursor
from sqlalchemy import Connection, Engine, event

TAKEN = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")  # of each turn of a scan


@dataclass(frozen=True)
class Statement:
    """One query of a page, with what was filled in."""

    sql: str
    values: Any


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Collect the queries of the block."""
    found: list[Statement] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        if sql.startswith(("SELECT", "WITH")):
            found.append(Statement(sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def read(connection: Connection, asked: list[Statement]) -> dict[str, dict[str, int]]:
    """The rows that PostgreSQL reads for these queries, by query and by table."""
    found: dict[str, dict[str, int]] = {}
    driver: Any = connection.connection.driver_connection
    cursor = ClientCursor(driver)  # EXECUTE takes its values as text
    for one in asked:
        sql, values = prepared(one)
        # As the forum asks it: prepared, with the plan that serves any values.
        cursor.execute(f"PREPARE of_a_page AS {sql}")
        given = f"({', '.join(['%s'] * len(values))})" if values else ""
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE of_a_page {given}", values)
        plan = cursor.fetchone()[0][0]["Plan"]
        cursor.execute("DEALLOCATE of_a_page")
        name, number = outline(one.sql), 2
        while name in found:
            name, number = f"{outline(one.sql)} ({number})", number + 1
        found[name] = dict(rows_of(plan))
    return found


def prepared(asked: Statement) -> tuple[str, list[Any]]:
    """The query with numbers for its parameters, as PREPARE wants it, and their values in that order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    sql = re.sub(r"%%|%\((\w+)\)s", number, asked.sql)
    return sql, [asked.values[name] for name in names]


def outline(sql: str) -> str:
    """What a query asks from: its own FROM, without those of queries inside it; the same at every size of forum."""
    outside, depth = "", 0
    for piece in re.split(r"([()])", sql):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth == 0 and piece != ")":
            outside += piece
    asked = re.search(r"\sFROM\s+(.*?)(?=\s(?:WHERE|GROUP|ORDER|LIMIT)\s|$)", outside, re.DOTALL)
    joined = re.sub(r"\sON\b.*?(?=\s(?:LEFT|JOIN)\s|,|$)", "", " ".join(asked[1].split())) if asked else ""
    return joined.replace("LEFT OUTER JOIN", "JOIN").replace(" JOIN ", ", ")


def rows_of(plan: dict[str, Any]) -> Counter[str]:
    """The rows that the scans of a plan took from each table, those included that a filter threw away."""
    found: Counter[str] = Counter()
    for part in plan.get("Plans", ()):
        found.update(rows_of(part))
    if "Relation Name" in plan:
        each = sum(plan.get(kind, 0.0) for kind in TAKEN)
        found[plan["Relation Name"]] += round(each * plan.get("Actual Loops", 0.0))
    return found
