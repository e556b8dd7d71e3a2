"""Pieces of HTML that look the same to many readers: drawn once, then kept until newer ones need the room.

A template writes `{{ fragment(ring_marks, lit, grade) }}` instead of `{{ ring_marks(lit, grade) }}`. A macro that is
imported without context sees its arguments, the language, the time zone, the labels and, to say "yesterday", the day;
these are the key, so that two pieces with one key are the same text. Addresses may stand in a piece: where on its host
the forum begins does not change while it runs. A piece never holds anything of one reader: no token, no notice, no
cookie.
"""

from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from threading import Lock
from typing import Any, cast

from cachetools import LRUCache
from cachetools.keys import hashkey
from flask import g
from jinja2.runtime import Macro

from forum.domain.themes import label_rows
from forum.domain.threads.views import ALLOWANCES, PostView
from forum.infra import i18n

CHARACTERS = 8_000_000  # of HTML in each process; a reply of usual length has about two thousand
# What a post lets this reader do is not drawn in its fragment, or is an argument besides (`PostView.allowances`). Every
# other field is drawn in it, also one added later.
NOT_DRAWN = {*ALLOWANCES, "is_new"}

_kept: LRUCache[Hashable, str] = LRUCache(CHARACTERS, getsizeof=len)
_lock = Lock()


def fragment(macro: Macro, *drawn: Any) -> str:
    """The HTML of `macro(*drawn)`, drawn now or kept since somebody else asked for the same."""
    seen: list[Any] = []
    for value in drawn:
        seen.extend(_seen(value))
    # With types: text that is trusted equals the same text that is not, and is drawn differently.
    key = hashkey(macro, i18n.reader(), label_rows.fingerprint(), *seen, *map(type, seen))
    try:
        with _lock:
            return _kept[key]
    except KeyError:  # drawn without the lock, so that nobody waits
        html: str = macro(*drawn)
    _refuse_token(macro, html)
    with _lock:
        if len(html) <= CHARACTERS:
            _kept[key] = html
    return html


def _seen(value: Any) -> Any:
    read = _fields_of(cast(Hashable, type(value)))
    values = read(value) if read is not None else (value,)
    return (
        [tuple(each) if type(each) is list else each for each in values]
        if list in map(type, values)
        else values
    )


@cache
def _fields_of(view: Any) -> Callable[[Any], tuple[Any, ...]] | None:
    """What reads every field that is drawn of a view, also one that is added to it later; None for a plain value."""
    if not is_dataclass(view):
        return None
    names = [field.name for field in fields(view)]
    return attrgetter(*(name for name in names if view is not PostView or name not in NOT_DRAWN))


def _refuse_token(macro: Macro, html: str) -> None:
    token = g.get("csrf_token")
    if token and token in html:
        raise RuntimeError(f"{macro.name} draws the token of one reader and must not be a fragment")
