"""What members say about themselves: name, language, time zone, theme, and the capacities in which they speak."""

from datetime import date
from zoneinfo import available_timezones

from sqlalchemy import select, update

from forum.domain.people import accounts, capacities
from forum.infra import days, text
from forum.infra.db import db
from forum.infra.i18n import LOCALES, _
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member
from forum.models.spaces import Membership, Space, SpaceKind
from forum.policy.actors import Actor
from forum.policy.answering import ADMINISTRATIONS, speaks_for_city
from forum.policy.errors import Invalid, NotFound

THEMES = ("light", "dark")
MOST_CAPACITIES = 12


def save(actor: Actor, *, name: str, locale: str | None, timezone: str, theme: str | None) -> Member:
    """Store a changed profile; None as language or theme follows the browser. Invalid at the field that is wrong."""
    member = db.session.get_one(Member, actor.id)
    member.name = accounts.clean_name(name)
    if locale not in (*LOCALES, None):
        raise Invalid("locale", _("Choose one of the languages."))
    if timezone not in available_timezones():
        raise Invalid("timezone", _("Choose one of the time zones."))
    if theme not in (*THEMES, None):
        raise Invalid("theme", _("Choose light, dark, or the setting of your device."))
    member.locale, member.timezone, member.theme = locale, timezone, theme
    db.session.flush()
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
    return list(
        db.session.scalars(
            select(Capacity)
            .where(Capacity.member_id == actor.id)
            .order_by(Capacity.ends_on.is_not(None), Capacity.starts_on.desc(), Capacity.id.desc())
        )
    )


def add_capacity(
    actor: Actor, *, function: str, level: Level, body: Body, city: str | None, starts_on: date
) -> Capacity:
    """Add a capacity that begins on a day; the same one twice is one.

    It waits until somebody confirms it; the first one of whom the command line put in that city's space does not.
    Invalid at `starts_on`, `function` or `city`.
    """
    if starts_on > days.today(actor.timezone):
        raise Invalid("starts_on", _("Choose today or an earlier day."))
    capacities.check_city(city, body)
    db.session.execute(select(Member.id).where(Member.id == actor.id).with_for_update())
    held, new = capacities_of(actor), (text.one_line(function), level, body, city, starts_on)
    for one in held:
        is_open = one.ends_on is None and one.refused_at is None
        if is_open and (one.function, one.level, one.body, one.city, one.starts_on) == new:
            return one
    if len(held) >= MOST_CAPACITIES:
        raise Invalid("function", _("You can have at most %(limit)d capacities.", limit=MOST_CAPACITIES))
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
            Membership.ended_at.is_(None),
            Space.kind == SpaceKind.CITY,
            Space.city == city,
        )
    )
    of_city = speaks_for_city(body, city, bodies=ADMINISTRATIONS)
    return of_city and db.session.scalar(placed.limit(1)) is not None


def reword_capacity(actor: Actor, capacity_id: int, *, function: str) -> Capacity:
    """Say in other words what the actor does in one of their capacities, from now on; the same words change nothing.

    What somebody looks at or confirmed never changes into something else: the new words are a capacity of their own,
    which waits. The one before ends, unless it was confirmed: that one is spoken in meanwhile.
    NotFound for another's, and one that ended or was refused; Invalid as in `add_capacity`.
    """
    held = _own(actor, capacity_id)
    if held.ends_on is not None or held.refused_at is not None:
        raise NotFound
    added = add_capacity(
        actor,
        function=function,
        level=held.level,
        body=held.body,
        city=held.city,
        starts_on=held.starts_on,
    )
    if added is not held and held.confirmed_at is None:
        end_capacity(actor, held.id)
    return added


def end_capacity(actor: Actor, capacity_id: int) -> Capacity:
    """End one of the actor's capacities, from this moment; it stays beside earlier posts. NotFound for another's.

    Also one of which an end was planned.
    """
    capacity = _own(actor, capacity_id)
    today = days.today(actor.timezone)
    if capacity.ended_by_id is None and (capacity.ends_on is None or capacity.ends_on >= today):
        capacities.end(capacity, by_id=actor.id, day=today)
    return capacity


def _own(actor: Actor, capacity_id: int) -> Capacity:
    capacity = db.session.scalars(
        select(Capacity)
        .where(Capacity.id == capacity_id, Capacity.member_id == actor.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if capacity is None:
        raise NotFound
    return capacity
