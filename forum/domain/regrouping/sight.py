"""Who loses sight of something and who gains it, from the rule of reading in both directions; visitors apart."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, not_, select

from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Audience
from forum.policy.actors import Actor
from forum.policy.finding import finds
from forum.policy.thread_readers import Place, reads_there, visitors_read

MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class People:
    """Members by their number, and by name those of them of whom the actor may know it: the first MOST_NAMES."""

    ids: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def number(self) -> int:
        """How many they are."""
        return len(self.ids)

    @property
    def unnamed(self) -> int:
        """How many of them have no name here."""
        return len(self.ids) - len(self.names)


@dataclass(frozen=True, slots=True)
class Sight:
    """Who reads something before an act and after it. `before` and `after` are numbers of members."""

    before: int
    lost: People
    gained: People
    visitors_lose: bool
    visitors_gain: bool

    @property
    def after(self) -> int:
        """How many members read it after the act."""
        return self.before - self.lost.number + self.gained.number

    @property
    def is_wider(self) -> bool:
        """Whether anybody reads it after the act who did not before."""
        return self.visitors_gain or self.gained.number > 0


def of(actor: Actor, before: Place, after: Place) -> Sight:
    """Return who would read something no more and who newly, when it went from one place to another (five queries)."""
    read, will = visitors_read(before), visitors_read(after)
    number = db.session.scalar(select(func.count(Member.id)).where(reads_there(before))) or 0
    return Sight(
        before=number,
        lost=_people(actor, before, after, loses(before, after)),
        gained=_people(actor, before, after, loses(after, before)),
        visitors_lose=read and not will,
        visitors_gain=will and not read,
    )


def loses(before: Place, after: Place) -> ColumnElement[bool]:
    """Return whether the `Member` of the query around reads something in the first place and not in the second."""
    return and_(reads_there(before), not_(reads_there(after)))


def _people(actor: Actor, before: Place, after: Place, are: ColumnElement[bool]) -> People:
    ids = db.session.scalars(select(Member.id).where(are).order_by(Member.id)).all()
    # Who belongs to a space is known to its own people alone.
    known = all(
        place.audience != Audience.SPACE or place.space_id in actor.roles for place in (before, after)
    )
    if not ids or not known:
        return People(tuple(ids), ())
    reader = bindparam("finder", actor.id, type_=Integer, unique=True)
    query = select(Member.name).where(are, finds(reader)).order_by(Member.sort_key, Member.id)
    return People(tuple(ids), tuple(db.session.scalars(query.limit(MOST_NAMES))))
