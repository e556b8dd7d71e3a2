"""Who says something, in words: name, function, level and body, as they were at the moment of speaking."""

from dataclasses import dataclass
from datetime import date

from forum.domain.themes.labels import LEVELS, organisation
from forum.infra import clock
from forum.infra.i18n import _
from forum.models.accounts import Body, Capacity


@dataclass(frozen=True, slots=True)
class Byline:
    """What stands beside somebody's words. It never orders anything."""

    name: str
    handle: str = ""
    url: str | None = None
    job: str = ""
    org_words: str = ""
    city: str | None = None
    former: bool = False
    guest: bool = False


def byline(name: str, handle: str, capacity: Capacity | None, *, today: date | None = None) -> Byline:
    """The byline of a member with the capacity in which she spoke (None: she had none)."""
    if capacity is None:
        return Byline(name=name, handle=handle)
    ended = capacity.ends_on is not None and capacity.ends_on < (today or clock.now().date())
    where = _("%(level)s, %(body)s", level=LEVELS[capacity.level], body=organisation(capacity))
    return Byline(
        name=name,
        handle=handle,
        job=capacity.function,
        org_words=where,
        city=capacity.city,
        former=ended,
        guest=capacity.body in {Body.ACADEMIC, Body.GOVERNMENT, Body.CITIZENS} and capacity.city is None,
    )


def masked(words: str) -> Byline:
    """A speaker who may not be named: only the words agreed with her."""
    return Byline(name=words)
