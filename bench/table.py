"""The report of a benchmark as tables for people; columns with a mark are those of the checkout beside this one."""

from typing import Any

MARKS = ("", "'")

Side = dict[str, dict[str, Any]]  # of one checkout: its figures by page


def lines(found: dict[str, Any]) -> list[str]:
    """What is printed."""
    sides: list[Side] = [
        {row["page"]: row for row in rows} for rows in (found["pages"], found["beside"]) if rows
    ]
    told = [
        "Times limit 2",
        *table(_times(sides)),
        "",
        "Milliseconds of processor time, server and database",
        *table(_milliseconds(found)),
        "",
        "Rows that the database reads",
        *table(_rows(sides)),
        "",
        "Queries that read more rows in the largest forum than in the smallest",
        *_more_rows(sides[0]),
        "",
    ]
    told += [
        f"{'met   ' if check['met'] else 'MISSED'} {check['check']}: {check['found']} (at most {check['most']})"
        for check in found["checks"]
    ]
    if found["one_core_for_all"]:
        told.append("This machine has one core: who asks and who serves shared it.")
    return told


def table(rows: list[list[str]]) -> list[str]:
    """Columns as wide as they must be: words in the first one, figures in the others."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def short(posts: str) -> str:
    """10k, 1M."""
    number = int(posts)
    if number % 1_000_000 == 0:
        return f"{number // 1_000_000}M"
    return f"{number // 1000}k" if number % 1000 == 0 else posts


def _sizes(side: Side, mark: str) -> list[str]:
    return [f"{short(size)}{mark}" for size in next(iter(side.values()))["cpu_ms"]]


def _times(sides: list[Side]) -> list[list[str]]:
    head = [""]
    for mark, side in zip(MARKS, sides, strict=False):
        head += [*_sizes(side, mark), f"growth{mark}", f"queries{mark}"]
    rows = [head]
    for page in sides[0]:
        cells = [page]
        for side in sides:
            one = side[page]
            cells += [f"{times:.2f}" for times in one["times_limit_2"].values()]
            cells += [f"{one['growth']:.2f} ±{one['spread']:.2f}", str(max(one["queries"].values()))]
        rows.append(cells)
    return rows


def _milliseconds(found: dict[str, Any]) -> list[list[str]]:
    sizes = list(found["pages"][0]["cpu_ms"])
    rows = [["", *map(short, sizes), f"x limit 1 at {short(sizes[-1])}"]]
    for name, cost in found["limits_ms"].items():
        rows.append([name, *[""] * (len(sizes) - 1), f"{cost:.2f}", ""])
    for row in found["pages"]:
        costs = [f"{cost:.2f}" for cost in row["cpu_ms"].values()]
        rows.append([row["page"], *costs, f"{row['times_limit_1'][sizes[-1]]:.1f}"])
    return rows


def _rows(sides: list[Side]) -> list[list[str]]:
    head = [""]
    for mark, side in zip(MARKS, sides, strict=False):
        head += _sizes(side, mark)
    rows = [head]
    for page in sides[0]:
        queries = [read for side in sides for read in side[page]["rows"].values()]
        rows.append(
            [page, *(f"{sum(sum(tables.values()) for tables in read.values()):,}" for read in queries)]
        )
    return rows


def _more_rows(side: Side) -> list[str]:
    return [
        f"{page}: {small:,} → {large:,} of {query}"
        for page, row in side.items()
        for query, (small, large) in row["more_rows"].items()
    ]
