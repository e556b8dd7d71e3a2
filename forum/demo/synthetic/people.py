"""The people of a synthetic network: who they are, where they belong, from which devices, and what mail they want."""

from datetime import timedelta
from typing import Any

from forum.demo.synthetic.network import DAY, FORMER, HOMES, Network, Place, Rows, moment
from forum.demo.synthetic.size import READER
from forum.domain.people import found_by
from forum.infra import days
from forum.infra.sort_keys import sort_key
from forum.models.accounts import (
    Body,
    Capacity,
    Confirmation,
    Level,
    Member,
    NetworkAppointment,
    NetworkRole,
    SignIn,
)
from forum.models.profiles import MemberWord, Profile, ProfileAxis, WordSource
from forum.models.spaces import JoinRequest, Membership, Role, Space, SpaceKind
from forum.models.subscriptions import (
    Delivery,
    Digest,
    DigestChoice,
    DigestState,
    Frequency,
    Subscription,
)
from forum.models.themes import Axis

FUNCTIONS = ("wijkwerker", "beleidsmedewerker", "diensthoofd", "onthaalmedewerker")
OFFERED = ("Meegaan met aannemers", "Bomen en buren", "Cijfers lezen")
EDITORS = (14, 16)
# A city, the square and two groups, at every size.
READERS_PLACES = (0, len(HOMES), len(HOMES) + 2, len(HOMES) + 3)
ODD = 0x9E3779B97F4A7C15F39CC0605CEDC835


def scattered(number: int) -> str:
    """32 characters that differ for every number and stand in no order."""
    return f"{number * ODD % 2**128:032x}"


def rows(network: Network) -> Rows:
    """Everything about people, in an order that the keys allow."""
    for place in network.places:
        yield Space, _space(network, place)
    for member in range(1, network.size.members + 1):
        yield Member, _member(network, member)
        yield from _capacities(network, member)
        yield from _words(network, member)
        yield from _devices(network, member)
        yield from _mail(network, member)
    yield from _memberships(network)
    for number, member in enumerate([*EDITORS, *range(1000, network.size.members, 1000)], 1):
        role = NetworkRole.ADMIN if number == 2 else NetworkRole.EDITOR
        since = moment(network.came(member))
        yield NetworkAppointment, {"id": number, "member_id": member, "role": role, "since_at": since}


def _space(network: Network, place: Place) -> dict[str, Any]:
    closed = place.widest == place.default and place.kind == SpaceKind.GROUP
    began = moment(network.began)
    return {
        "id": place.id,
        "slug": place.slug,
        "name": place.name,
        "sort_key": sort_key(place.name),
        "description": f"De ruimte van {place.name}.",
        "kind": place.kind,
        "city": place.city,
        "default_audience": place.default,
        "widest_audience": place.widest,
        "unlisted_at": began if closed else None,
        "created_at": began,
    }


def _member(network: Network, number: int) -> dict[str, Any]:
    chance = network.chance
    came = network.came(number)
    # The reader never called everything read: then what is new to them does not depend on how busy the network is.
    read = came if number == READER else came + (network.now - came) * chance.random()
    return {
        "id": number,
        "handle": f"lid-{number}",
        "name": f"Lid {number}",
        "sort_key": sort_key(f"Lid {number}"),
        "email": f"lid-{number}@bench.leerkring.example",
        "password_stamp": scattered(number),
        "locale": "nl",
        "created_at": moment(came),
        "confirmed_at": moment(came),
        "approved_at": moment(came),
        "suspended_at": moment(network.now) if number % 200 == 199 else None,
        "all_read_at": moment(read),
    }


def _capacities(network: Network, number: int) -> Rows:
    chance = network.chance
    level = chance.choice((Level.FIELD, Level.FIELD, Level.STAFF, Level.LEAD))
    network.in_field[number] = level == Level.FIELD
    held = {
        "member_id": number,
        "function": FUNCTIONS[number % len(FUNCTIONS)],
        "level": level,
        "body": chance.choice((Body.CITY, Body.CITY, Body.OCMW, Body.ASSOCIATION)),
        "city": network.city(number),
        "confirmation": Confirmation.OPERATOR,
        "confirmed_at": moment(network.came(number)),
    }
    begin = days.day_of(moment(network.came(number))) - timedelta(days=365)
    if number % FORMER == 0:
        change = days.day_of(moment(network.changed(number)))
        former = network.size.members + number // FORMER
        yield Capacity, {**held, "id": former, "starts_on": begin, "ends_on": change}
        begin = change
    yield Capacity, {**held, "id": number, "starts_on": begin}


def _words(network: Network, number: int) -> Rows:
    """By what somebody is found; every fiftieth offers something."""
    first = 8 * number
    for place, word in enumerate(found_by.words(f"Lid {number}")):
        yield MemberWord, _word(first + place, number, word, WordSource.NAME)
    function = FUNCTIONS[number % len(FUNCTIONS)]
    yield MemberWord, _word(first + 3, number, function, WordSource.FUNCTION, capacity_id=number)
    if number % 50 == 0:
        asks = OFFERED[number // 50 % len(OFFERED)]
        said = {"member_id": number, "asks": asks, "seeks": "", "offered_at": moment(network.came(number))}
        yield Profile, said
        yield ProfileAxis, {"member_id": number, "axis": list(Axis)[number // 50 % len(Axis)]}
        for place, word in enumerate(found_by.words(asks)):
            yield MemberWord, _word(first + 4 + place, number, word, WordSource.OFFER)


def _word(
    row_id: int, member_id: int, word: str, source: WordSource, capacity_id: int | None = None
) -> dict[str, Any]:
    return {
        "id": row_id,
        "member_id": member_id,
        "word": word,
        "source": source,
        "capacity_id": capacity_id,
    }


def _devices(network: Network, number: int) -> Rows:
    chance = network.chance
    for device in range(2 if chance.random() < 0.4 else 1):
        one = 2 * number + device
        began = max(network.came(number), network.now - chance.random() * 60 * DAY)
        seen = network.soon(began, 14)
        yield (
            SignIn,
            {
                "id": one,
                "secret_digest": scattered(one) + scattered(-one),
                "member_id": number,
                "device": "Firefox",
                "created_at": moment(began),
                "last_seen_at": moment(seen),
                "ended_at": moment(seen) if chance.random() < 0.1 else None,
            },
        )


def _subscriptions(network: Network, number: int, *, home: bool, axes: list[Axis]) -> Rows:
    if home:
        place = network.places[network.homes[number]]
        yield (
            Subscription,
            {"id": 8 * number, "member_id": number, "space_id": place.id, "delivery": Delivery.DIGEST},
        )
    for position, axis in enumerate(Axis if axes else (), start=1):
        delivery = Delivery.DIGEST if axis in axes else Delivery.NOTHING
        yield (
            Subscription,
            {"id": 8 * number + position, "member_id": number, "axis": axis, "delivery": delivery},
        )


def _mail(network: Network, number: int) -> Rows:
    chance, now = network.chance, network.now
    if number != READER and chance.random() < 0.3:
        return
    often = Frequency.WEEKLY if number == READER else chance.choice(list(Frequency))
    chosen = network.soon(network.came(number), 30)
    home, axes = chance.random() < 0.3, chance.sample(list(Axis), 2) if chance.random() < 0.3 else []
    yield (
        DigestChoice,
        {
            "member_id": number,
            "frequency": often,
            "chosen_at": moment(chosen),
            "elsewhere": Delivery.NOTHING if home else Delivery.DIGEST,
        },
    )
    yield from _subscriptions(network, number, home=home, axes=axes)
    if often != Frequency.WEEKLY:
        return
    for week in range(4):
        end = now - (week * 7 + 1) * DAY
        if end > chosen:
            yield (
                Digest,
                {
                    "id": 4 * number + week,
                    "member_id": number,
                    "period": f"week:{days.day_of(moment(end))}",
                    "starts_at": moment(end - 7 * DAY),
                    "ends_at": moment(end),
                    "state": DigestState.SENT,
                    "created_at": moment(end),
                    "sent_at": moment(end),
                },
            )


def _memberships(network: Network) -> Rows:
    chance, number, requests = network.chance, 0, 0
    for index, place in enumerate(network.places):
        keepers = place.people[: min(6, 1 + len(place.people) // 100)]  # few, also in the largest city
        people = [*place.people, READER] if index in READERS_PLACES else place.people
        for member in people:
            number += 1
            since = moment(network.came(member))
            role = Role.MEMBER
            if member in keepers:
                role = Role.MODERATOR
            elif network.homes[member] != index and member != READER and chance.random() < 0.05:
                role = Role.GUEST
            row = {"id": number, "member_id": member, "space_id": place.id, "role": role, "since_at": since}
            yield Membership, row
            # Somebody from elsewhere who belonged here for a while.
            if member != READER and chance.random() < 0.03:
                number += 1
                guest = {**row, "id": number, "role": Role.GUEST, "ended_at": moment(network.now - DAY)}
                yield Membership, guest
        if place.kind == SpaceKind.CITY:
            for member in network.places[(index or len(HOMES)) - 1].people[:: 50 * len(HOMES)]:
                requests += 1
                asked = moment(max(network.came(member), network.now - chance.random() * 30 * DAY))
                yield (
                    JoinRequest,
                    {"id": requests, "space_id": place.id, "member_id": member, "asked_at": asked},
                )
