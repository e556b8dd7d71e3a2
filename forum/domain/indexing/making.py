"""What is left to do until every text has its keys, step by step: each is written and committed by itself."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from forum.domain.indexing import rebuilding, word_table
from forum.domain.indexing.keys import Keys
from forum.infra.connections import reading

MOST_KNOWN = 200_000  # words whose keys are kept from one step to the next


class Step(NamedTuple):
    """What a step did: of what, and how many rows have keys now."""

    kind: str
    rows: int


def steps(commit: Callable[[], None]) -> Iterator[Step]:
    """Do what is left, and say what each step did. Whoever stops in the middle goes on there the next time."""
    if not word_table.is_filled():
        filled = word_table.fill()
        commit()
        yield Step(word_table.NAME, filled)
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
