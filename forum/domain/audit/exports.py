"""All lines that somebody asks for, for a file: read in pieces, each of which gives its connection back."""

from collections.abc import Iterator

from forum.domain.audit import log
from forum.domain.audit.asked import Asked
from forum.domain.audit.reading import LogLine
from forum.infra.db import let_go
from forum.policy.actors import Actor

MOST = 10_000
PIECE = 500


def fits(actor: Actor, space_id: int, asked: Asked) -> bool:
    """Return whether one file can hold the lines that are asked for; NotFound, Forbidden."""
    return log.count(actor, space_id, asked, MOST) <= MOST


def lines(actor: Actor, space_id: int, asked: Asked) -> Iterator[LogLine]:
    """Return the lines of a space that are asked for, the latest first, MOST at most; NotFound, Forbidden."""
    cursor = None
    for _piece in range(MOST // PIECE):
        page = log.page(actor, space_id, asked=asked, cursor=cursor, limit=PIECE)
        let_go()  # whoever fetches the file may be slow
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return
