"""What is left to do until every text has its keys, step by step: each is written and committed by itself."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import NamedTuple

from forum.domain.indexing import rebuilding, word_table
from forum.domain.indexing.keys import Keys
from forum.infra.connections import reading

MOST_KNOWN = 200_000  # words whose keys are kept from one step to the next
WAITING = "waiting"  # the kind of a step that waits, for so many who write
PATIENCE, PAUSE = 60.0, 0.1  # seconds that are waited for them, and between two looks


class StillWriting(Exception):
    """Somebody has been writing for too long; nothing is lost, and whoever comes next goes on here.

    `processes` of the server, by their numbers.
    """

    def __init__(self, processes: list[int]) -> None:
        super().__init__(processes)
        self.processes = processes


class Step(NamedTuple):
    """What a step did: of what, and how many rows have keys now."""

    kind: str
    rows: int


def steps(commit: Callable[[], None]) -> Iterator[Step]:
    """Do what is left, and say what each step did. Whoever stops in the middle goes on there the next time.

    StillWriting where somebody writes with keys of before for longer than PATIENCE.
    """
    if not word_table.is_filled():
        filled = word_table.fill()
        commit()
        yield Step(word_table.NAME, filled)
    if not word_table.is_settled():
        yield from _wait(commit)
    keys = Keys()
    for kind, after in rebuilding.unfinished():
        is_over = False
        while not is_over:
            with reading():  # others write meanwhile: making keys takes longest
                batch = rebuilding.next_batch(kind, after, keys)
                commit()
            rebuilding.store(batch)
            commit()
            yield Step(kind.name, len(batch.texts))
            after, is_over = batch.last_id, not batch.texts
            if len(keys) > MOST_KNOWN:
                keys = Keys()


def _wait(commit: Callable[[], None]) -> Iterator[Step]:
    """Wait until who wrote before the table was there is done, step by step: then their texts are made anew too."""
    until, before = monotonic() + PATIENCE, _writers(commit)
    left = before
    while left:
        if monotonic() > until:
            raise StillWriting(sorted({*left.values()}))
        yield Step(WAITING, len(left))
        sleep(PAUSE)
        now = _writers(commit)
        left = {each: process for each, process in before.items() if each in now}
    word_table.settle()
    commit()


def _writers(commit: Callable[[], None]) -> dict[str, int]:
    with reading():
        found = word_table.writers()
        commit()
    return found
