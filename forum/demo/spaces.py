"""The spaces of the demo, and who belongs to which, in which role."""

from typing import Any

from forum.demo import codes
from forum.demo.book import CAUGHT_UP, FOUNDED, Book
from forum.domain.spaces import guests, memberships, spaces
from forum.infra import days
from forum.models.spaces import Audience, Role, SpaceKind

SQUARE = "netwerk-plein"


def bring(book: Book) -> None:
    """Create every space of the file with its members."""
    until = days.end_of(book.day(CAUGHT_UP) + guests.USUAL)
    with book.on(FOUNDED):
        for space in book.source["spaces"]:
            _create(book, space)
            for name, role in _people(book, space).items():
                memberships.grant(None, book.members[name], book.spaces[space["id"]], role, ends_at=until)
                book.counts["memberships"] += 1


def _create(book: Book, space: dict[str, Any]) -> None:
    kind = codes.SPACE_KINDS[space["kind"]]
    row = spaces.create(
        slug=codes.slug(space["id"]),
        name=space["name"],
        kind=kind,
        default_audience=Audience.SPACE if kind == SpaceKind.CITY else Audience.NETWORK,
        widest_audience=Audience.PUBLIC,
        city=space.get("city"),
        description=_description(book, space),
    )
    book.spaces[space["id"]] = row.id
    book.counts["spaces"] += 1


def _description(book: Book, space: dict[str, Any]) -> str:
    description = book.descriptions.get(space["id"]) or book.descriptions["stad"]
    return description.format(name=space["name"])


def _people(book: Book, space: dict[str, Any]) -> dict[str, Role]:
    if space["kind"] == "stad":
        return _locals(book, space["city"])
    if space["kind"] == "netwerk":
        return _everybody(book)
    return _group(book, space["id"])


def _locals(book: Book, city: str) -> dict[str, Role]:
    moderates = {True: Role.MODERATOR, False: Role.MEMBER}
    return {
        person["id"]: moderates[person["platform_role"] == "moderator"]
        for person in book.source["people"]
        if person["city"] == city
    }


def _everybody(book: Book) -> dict[str, Role]:
    """The network's own space: all full members; its editors moderate it, and guests are guests there."""
    roles = {"netwerkredacteur": Role.MODERATOR, "gastlid": Role.GUEST}
    return {person["id"]: roles.get(person["platform_role"], Role.MEMBER) for person in book.source["people"]}


def _group(book: Book, space: str) -> dict[str, Role]:
    """Who posts there or subscribes to it. Curators of its threads moderate it, else a moderator who posts there."""
    posters = book.posters(space)
    subscribers = [one["person"] for one in book.source["digest_subscriptions"] if space in one["scope"]]
    moderators = [*_curators(book, space), *_stewards(book, space)] or _moderators(book, posters)[:1]
    names = dict.fromkeys([*moderators, *posters, *subscribers])
    return {name: _role_in_group(book, name, moderators) for name in names}


def _role_in_group(book: Book, name: str, moderators: list[str]) -> Role:
    if name in moderators:
        return Role.MODERATOR
    return Role.GUEST if book.person(name)["platform_role"] == "gastlid" else Role.MEMBER


def _curators(book: Book, space: str) -> list[str]:
    threads = {thread["id"] for thread in book.source["threads"] if thread["space"] == space}
    return [lesson["curator"] for lesson in book.source["lessons"] if lesson["origin_threads"][0] in threads]


def _stewards(book: Book, space: str) -> list[str]:
    return [
        reply["author"]
        for thread in book.source["threads"]
        for reply in thread["replies"]
        if thread["space"] == space and reply["kind"] == "modereren"
    ]


def _moderators(book: Book, names: list[str]) -> list[str]:
    return [name for name in names if book.person(name)["platform_role"] == "moderator"]
