"""The report of a benchmark as tables for people; columns with a mark are those of the checkout beside this one."""

from typing import Any

from bench.pages import MORE_ROWS

MARKS = ("", "'")
FEW = 3  # tables named, of which a page reads most more rows

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
        *table(_rows(sides), words_last=True),
        "",
    ]
    told += [
        f"{'met   ' if check['met'] else 'MISSED'} {check['check']}: {check['found']} (at most {check['most']})"
        for check in found["checks"]
    ]
    if found["one_core_for_all"]:
        told.append("This machine has one core: who asks and who serves shared it.")
    return told


def table(rows: list[list[str]], *, words_last: bool = False) -> list[str]:
    """Columns as wide as they must be: words in the first one, figures in the others."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    left = {0, len(widths) - 1} if words_last else {0}
    return [
        "  ".join(
            cell.ljust(widths[place]) if place in left else cell.rjust(widths[place])
            for place, cell in enumerate(row)
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
    rows = [[*head, "more of"]]
    for page in sides[0]:
        counts = [f"{sum(read.values()):,}" for side in sides for read in side[page]["rows"].values()]
        rows.append([page, *counts, _grown(sides[0][page]["rows"])])
    return rows


def _grown(by_size: dict[str, dict[str, int]]) -> str:
    """The tables of which more rows are read in the largest forum than in the smallest."""
    sizes = list(by_size.values())
    small, large = sizes[0], sizes[-1]
    more = {name: count for name, count in large.items() if count > small.get(name, 0) * MORE_ROWS}
    most = sorted(more, key=lambda name: more[name] - small.get(name, 0), reverse=True)[:FEW]
    return ", ".join(f"{name} {small.get(name, 0):,} → {more[name]:,}" for name in most)
