"""How much waits on the desk of a moderator, as it was counted last: kept, so that every page can say it at no cost."""

from typing import Any

from sqlalchemy import String, cast, select

from forum.infra import clock, tokens
from forum.infra.rows import upsert
from forum.models.accounts import Member
from forum.models.desk import DeskNumber
from forum.policy.actors import Actor
from forum.policy.answering import moderated

SEPARATOR = ":"


def column() -> Any:
    """Return what is kept for a Member as one column, which `read` reads."""
    kept = cast(DeskNumber.number, String) + SEPARATOR + DeskNumber.spaces
    return select(kept).where(DeskNumber.member_id == Member.id).correlate(Member).scalar_subquery()


def read(words: str | None, actor: Actor) -> int | None:
    """Return the number that such a column says; None where it was counted for other spaces, or never."""
    number, _, spaces = (words or "").partition(SEPARATOR)
    return int(number) if number and spaces == _mark(actor) else None


def keep(actor: Actor, number: int) -> None:
    """Keep how much waits for a moderator, counted just now."""
    row = {"member_id": actor.id, "spaces": _mark(actor), "number": number, "counted_at": clock.now()}
    upsert(DeskNumber, [row], keys=("member_id",))


def _mark(actor: Actor) -> str:
    """What stands for the spaces that somebody moderates, and is the deputy of: of others it counts nothing."""
    spaces = (sorted(moderated(actor)), sorted(actor.deputy_in))
    return tokens.digest("/".join(",".join(map(str, some)) for some in spaces))
