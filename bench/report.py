"""From what was measured to figures side by side, and whether the bars are met."""

import itertools
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench import pages
from bench.forums import Forum
from bench.measure import Costs, Measured


def report(measured: Measured, writing: Sequence[float], *, one_core: bool) -> dict[str, Any]:
    """The costs of every forum in times the limits, how they grow, and the checks."""
    here = [(forum, costs) for forum, costs in measured.forums if forum.here]
    beside = [(forum, costs) for forum, costs in measured.forums if not forum.here]
    found = _figures(measured.limits, here)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "one_core_for_all": one_core,
        "limits_ms": {
            limit: round(statistics.median(itertools.chain(*costs.values())), 3)
            for limit, costs in measured.limits.items()
        },
        "seeding": {forum.name: forum.told["seeding"] for forum, _costs in measured.forums},
        "pages": found,
        "beside": _figures(measured.limits, beside),
        "checks": [*_checks(found, here[-1][0]), _writing(writing)],
    }


def _figures(limits: dict[str, Costs], forums: Sequence[tuple[Forum, Costs]]) -> list[dict[str, Any]]:
    if not forums:
        return []
    found = []
    for page in forums[-1][0].pages:
        ready, rows = (limits[limit.name][page.name] for limit in pages.LIMITS)
        by_size = {str(forum.posts): costs[page.name] for forum, costs in forums}
        smallest, *_between, largest = [*by_size.values()] if len(by_size) > 1 else [*by_size.values()] * 2
        growth, spread = _ratio(largest, smallest)
        found.append(
            {
                "page": page.name,
                "signed_in": page.signed_in,
                "cpu_ms": {size: round(statistics.median(costs), 3) for size, costs in by_size.items()},
                "times_limit_1": {size: round(_ratio(costs, ready)[0], 2) for size, costs in by_size.items()},
                "times_limit_2": {size: round(_ratio(costs, rows)[0], 2) for size, costs in by_size.items()},
                "growth": round(growth, 3),
                "spread": round(spread, 3),
                "queries": {str(forum.posts): forum.told["queries"][page.name] for forum, _costs in forums},
                "rows": {str(forum.posts): forum.told["rows"][page.name] for forum, _costs in forums},
                "more_rows": _more_rows([forum for forum, _costs in forums], page.name),
            }
        )
    return found


def _ratio(costs: list[float], others: list[float]) -> tuple[float, float]:
    """How many times as much, turn by turn: the median, and the distance between the quartiles."""
    ratios = [one / other for one, other in zip(costs, others, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return middle, high - low


def _checks(found: list[dict[str, Any]], largest: Forum) -> list[dict[str, Any]]:
    checks = []
    for row in found:
        name = row["page"]
        if name in pages.MOST_TIMES:
            times = max(row["times_limit_2"].values())
            checks.append(_check(f"{name}: times limit 2", times, pages.MOST_TIMES[name]))
        most_queries = pages.MORE_QUERIES.get(name, pages.MOST_QUERIES)
        checks.append(_check(f"{name}: queries", max(row["queries"].values()), most_queries))
        most = round(pages.MOST_GROWTH + row["spread"], 3)
        checks.append(_check(f"{name}: growth", row["growth"], most))
        checks.append(_check(f"{name}: queries that read more rows", len(row["more_rows"]), 0))
    checks.append(_check("megabytes to seed", round(largest.told["megabytes"]), pages.MOST_MEMORY))
    return checks


def _writing(turns: Sequence[float]) -> dict[str, Any]:
    together = round(statistics.median(turns), 2)
    return _check("eight writers in one space, times eight spaces", together, pages.MOST_TOGETHER)


def _check(name: str, found: float, most: float) -> dict[str, Any]:
    return {"check": name, "found": found, "most": most, "met": found <= most}


def _more_rows(forums: Sequence[Forum], page: str) -> dict[str, tuple[int, int]]:
    """The queries of a page that read more rows in the largest forum than in the smallest, with both numbers."""
    small, large = (
        {query: sum(tables.values()) for query, tables in forum.told["rows"][page].items()}
        for forum in (forums[0], forums[-1])
    )
    return {
        query: (small.get(query, 0), rows)
        for query, rows in large.items()
        if rows > small.get(query, 0) * pages.MORE_ROWS + pages.FEW_ROWS
    }
