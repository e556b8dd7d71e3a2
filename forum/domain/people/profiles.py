"""What members say about themselves: name, language, time zone, theme, and the capacities in which they speak."""

from datetime import date
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import ColumnElement, Select, bindparam, select, update

from forum.domain.mailing import quiet_times
from forum.domain.people import accounts, capacities, found_by, said_under
from forum.infra import days, i18n, rates
from forum.infra.db import db
from forum.infra.i18n import LOCALES, _
from forum.infra.statements import cached
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member
from forum.models.spaces import Membership, Space, SpaceKind
from forum.policy.actors import Actor
from forum.policy.answering import ADMINISTRATIONS, speaks_for_city
from forum.policy.errors import Invalid, NotFound
from forum.policy.standing import belonging

THEMES = ("light", "dark")
MOST_CAPACITIES = 12  # that did not end
CURRENT_FIRST = (Capacity.ends_on.is_not(None), Capacity.starts_on.desc(), Capacity.id.desc())
LONGEST = 60  # years that somebody can have been doing the same
MOST_ADDED = "20 per day"  # also in other words: each asks a moderator to look


def save(
    actor: Actor, *, name: str, locale: str | None, timezone: str, theme: str | None, shortcuts: bool = True
) -> Member:
    """Store a changed profile; None as language or theme follows the browser. Invalid at the field that is wrong."""
    member = db.session.get_one(Member, actor.id)
    member.name = accounts.clean_name(name)
    if locale not in (*LOCALES, None):
        raise Invalid("locale", _("Choose one of the languages."))
    if timezone not in available_timezones():
        raise Invalid("timezone", _("Choose one of the time zones."))
    if theme not in (*THEMES, None):
        raise Invalid("theme", _("Choose light, dark, or the setting of your device."))
    moves = member.timezone != timezone
    member.locale, member.timezone, member.theme, member.shortcuts = locale, timezone, theme, shortcuts
    db.session.flush()
    found_by.keep_name(member)
    if moves:
        quiet_times.replan(member.id)
    return member


def set_locale(actor: Actor, locale: str) -> None:
    """Choose the language of the actor's pages and letters; an unknown one is ignored."""
    if locale in LOCALES:
        db.session.get_one(Member, actor.id).locale = locale
        db.session.flush()


def note_locale_seen(actor: Actor, locale: str) -> None:
    """Remember the language of the page that the actor just saw, for letters while they choose none themselves."""
    db.session.execute(update(Member).where(Member.id == actor.id).values(locale_seen=locale))


def set_theme(actor: Actor, theme: str | None) -> None:
    """Choose the light or the dark theme; None follows the device."""
    db.session.get_one(Member, actor.id).theme = theme if theme in THEMES else None
    db.session.flush()


def capacities_of(actor: Actor) -> list[Capacity]:
    """Return all capacities of the actor, the current ones first; ended ones stay with the posts written in them."""
    return list(db.session.scalars(_capacities(), {"member_id": actor.id}))


@cached
def _capacities() -> Select[Any]:
    return select(Capacity).where(Capacity.member_id == bindparam("member_id")).order_by(*CURRENT_FIRST)


def add_capacity(
    actor: Actor, *, function: str, level: Level, body: Body, city: str | None, starts_on: date
) -> Capacity:
    """Add a capacity that begins on a day; the same one twice is one.

    It waits until somebody confirms it; the first one of whom the command line put in that city's space does not.
    Invalid at `starts_on`, `function` or `city`; TooOften.
    """
    today = days.today(actor.timezone)
    if starts_on > today:
        raise Invalid("starts_on", _("Choose today or an earlier day."))
    earliest = today.year - LONGEST
    if starts_on < date(earliest, 1, 1):
        raise Invalid("starts_on", _("Choose a year from %(year)d on.", year=earliest))
    capacities.check_city(city, body)
    accounts.one_at_a_time(actor)
    _refuse_again(actor, (capacities.clean_function(function), level, body, city), starts_on)
    return _add(actor, (function, level, body, city, starts_on))


def _refuse_again(actor: Actor, said: tuple[str, Level, Body, str | None], starts_on: date) -> None:
    """Refuse what the actor speaks as already, with another first day."""
    for one in capacities_of(actor):
        is_open = one.ends_on is None and one.refused_at is None
        if is_open and (one.function, one.level, one.body, one.city) == said and one.starts_on != starts_on:
            raise Invalid(
                "starts_on",
                _("You speak as this already, since %(day)s.", day=i18n.short_day(one.starts_on)),
            )


def _add(
    actor: Actor, said: tuple[str, Level, Body, str | None, date], *, instead_of: Capacity | None = None
) -> Capacity:
    """Return the open capacity of the actor that says just this, or a new one."""
    held, today = capacities_of(actor), days.today(actor.timezone)
    function, level, body, city, starts_on = said
    new = (capacities.clean_function(function), level, body, city, starts_on)
    for one in held:
        is_open = one.ends_on is None and one.refused_at is None
        if is_open and (one.function, one.level, one.body, one.city, one.starts_on) == new:
            return one
    if sum(one is not instead_of and not capacities.has_ended(one, today) for one in held) >= MOST_CAPACITIES:
        raise Invalid("function", _("You can have at most %(limit)d capacities.", limit=MOST_CAPACITIES))
    rates.spend("capacity", f"member:{actor.id}", limit=MOST_ADDED)
    return capacities.add(
        actor.id,
        function=function,
        level=level,
        body=body,
        city=city,
        starts_on=starts_on,
        confirmation=Confirmation.OPERATOR if not held and _placed_by_operator(actor, body, city) else None,
    )


def _placed_by_operator(actor: Actor, body: Body, city: str | None) -> bool:
    """Whether the command line gave the actor the role that they have in the space of a city: it vouches for them.

    As an invitation does, for what is of the city itself.
    """
    placed = (
        select(Membership.id)
        .join(Space, Space.id == Membership.space_id)
        .where(
            Membership.member_id == actor.id,
            Membership.granted_by_id.is_(None),
            belonging(Membership),
            Space.kind == SpaceKind.CITY,
            Space.city == city,
        )
    )
    of_city = speaks_for_city(body, city, bodies=ADMINISTRATIONS)
    return of_city and db.session.scalar(placed.limit(1)) is not None


def reword_capacity(actor: Actor, capacity_id: int, *, function: str) -> Capacity:
    """Say in other words what the actor does in one of their capacities, from now on; the same words change nothing.

    What somebody looks at or confirmed never changes into something else: the new words are a capacity of their own,
    which waits. The one before ends, unless it was confirmed: that one is spoken in meanwhile. What was said as one
    that waits goes along and waits with the new words; where those are confirmed already it stays, and its capacity.
    NotFound for another's, and one that ended or was refused; Invalid at `function`; TooOften.
    """
    accounts.one_at_a_time(actor)  # first: whoever is let in is locked before what they speak as
    held = {one.id: one for one in _locked(Capacity.member_id == actor.id)}.get(capacity_id)
    if held is None or held.ends_on is not None or held.refused_at is not None:
        raise NotFound
    said = (function, held.level, held.body, held.city, held.starts_on)
    added = _add(actor, said, instead_of=held if held.confirmed_at is None else None)
    if added is held or held.confirmed_at is not None:
        return added
    if added.confirmed_at is None:
        said_under.hand_over(held, added)
    if not said_under.is_waited_for(held):
        capacities.end(held, by_id=actor.id, day=days.today(actor.timezone))
    return added


def end_capacity(actor: Actor, capacity_id: int) -> Capacity:
    """End one of the actor's capacities, from this moment; it stays beside earlier posts. NotFound for another's.

    Also one of which an end was planned.
    """
    found = _locked(Capacity.id == capacity_id, Capacity.member_id == actor.id)
    if not found:
        raise NotFound
    (capacity,), today = found, days.today(actor.timezone)
    if not capacities.has_ended(capacity, today):
        capacities.end(capacity, by_id=actor.id, day=today)
    return capacity


def _locked(*which: ColumnElement[bool]) -> list[Capacity]:
    query = select(Capacity).where(*which).order_by(Capacity.id).with_for_update()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
