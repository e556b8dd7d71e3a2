"""Careful with people: what in a text may let somebody be recognised is pointed out once before it is sent.

Never refused: the same words sent again go. The form carries marks of what its writer saw, and nothing else is kept.
"""

from typing import Any, NamedTuple

from forum.domain.themes.labels import TRACES
from forum.infra import recognisable
from forum.infra.recognisable import Trace
from forum.web.http import transactions

AROUND = 30  # characters before and after, so that the place is known


class Found(NamedTuple):
    """Words to look at once more: in which field, what they may be, and what stands around them."""

    field: str
    what: str
    before: str
    words: str
    after: str


def finds(form: Any) -> bool:
    """Return whether there are words to point out that the writer was not shown yet, and keep nobody waiting for it."""
    with transactions.looking_up():
        return look(form)


def look(form: Any) -> bool:
    """Return whether there are words to point out that the writer was not shown yet; then they are `form.people`."""
    typed = {field.name: _typed(field) for field in form if field.name in form.looked_at}
    traces = [(name, trace) for name, words in typed.items() for trace in recognisable.find(words)]
    marks = {trace.mark for _name, trace in traces}
    if marks <= set((form.people_seen.data or "").split()):
        return False
    form.people_seen.data = " ".join(sorted(marks))
    form.people = [_found(name, typed[name], trace) for name, trace in traces]
    return True


def found_in(**typed: str) -> list[Found]:
    """Return what in these texts, by the name of their field, may let somebody be recognised."""
    return [_found(name, words, trace) for name, words in typed.items() for trace in recognisable.find(words)]


def _typed(field: Any) -> str:
    return (field.data or "").replace("\r\n", "\n")


def _found(name: str, text: str, trace: Trace) -> Found:
    before, after = text[max(0, trace.start - AROUND) : trace.start], text[trace.end : trace.end + AROUND]
    # From the first whole word to the last one.
    before = before if trace.start <= AROUND else "… " + before.partition(" ")[2]
    after = after if len(text) <= trace.end + AROUND else after.rpartition(" ")[0] + " …"
    return Found(name, str(TRACES[trace.kind]), before, trace.words, after)
