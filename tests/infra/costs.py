"""Processor time of pure work, beside that of ordinary prose in the same process."""

import statistics
import time
from collections.abc import Callable

from forum.infra import text

BAR = 10  # times prose of the greatest length
SENTENCE = "Op het plein stonden dertig mensen, en wie bleef staan vertelde wat er misliep. "
PROSE = "\n\n".join([SENTENCE * 5] * 60)[: text.MAX_LENGTH]


def milliseconds(work: Callable[[], object], *, runs: int = 5) -> float:
    """The median processor time of some runs."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return 1000 * statistics.median(times)


def show(source: str) -> None:
    """All that is done with the text of a post when it is written."""
    plain = text.plain(text.render(source))
    text.summary(plain)
    text.is_blank(plain)


def prose_cost() -> float:
    """What prose of the greatest length costs, in milliseconds."""
    return milliseconds(lambda: show(PROSE))


def ratio(source: str, work: Callable[[str], object] = show, *, runs: int = 5) -> float:
    """How much dearer work with a text is than showing prose of the greatest length.

    Asked again before it counts, for a machine that was busy meanwhile, and what is read once at its first use.
    """
    source = source[: text.MAX_LENGTH]
    least = float("inf")
    for _ in range(3):
        least = min(least, milliseconds(lambda: work(source), runs=runs) / prose_cost())
        if least < BAR:
            break
    return least
