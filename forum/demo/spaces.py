"""The spaces of the demo, and who belongs to which, in which role."""

from typing import Any

from forum.demo import codes
from forum.demo.book import FOUNDED, Book
from forum.domain.spaces import memberships, spaces
from forum.infra import clock
from forum.models.spaces import Audience, Role, SpaceKind

SQUARE = "netwerk-plein"


def bring(book: Book) -> None:
    """Every space of the file with its people."""
    with clock.at(FOUNDED):
        for space in book.source["spaces"]:
            _found(book, space)
            for name, role in _people(book, space).items():
                memberships.grant(None, book.members[name], book.spaces[space["id"]], role)
                book.counts["memberships"] += 1


def _found(book: Book, space: dict[str, Any]) -> None:
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
    words = book.descriptions.get(space["id"]) or book.descriptions["stad"]
    return words.format(name=space["name"])


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
    """The network's own space: all full members; its editors keep it, and guests come where they speak."""
    roles = {"netwerkredacteur": Role.MODERATOR, "gastlid": Role.GUEST}
    return {person["id"]: roles.get(person["platform_role"], Role.MEMBER) for person in book.source["people"]}


def _group(book: Book, space: str) -> dict[str, Role]:
    """Who speaks there or wants its news. Who made a lesson of its talk moderates it, else a moderator who speaks."""
    speakers = book.posters(space)
    readers = [wish["person"] for wish in book.source["digest_subscriptions"] if space in wish["scope"]]
    keepers = [*_curators(book, space), *_stewards(book, space)] or _moderators(book, speakers)[:1]
    names = dict.fromkeys([*keepers, *speakers, *readers])
    return {name: _role_in_group(book, name, keepers) for name in names}


def _role_in_group(book: Book, name: str, keepers: list[str]) -> Role:
    if name in keepers:
        return Role.MODERATOR
    return Role.GUEST if book.person(name)["platform_role"] == "gastlid" else Role.MEMBER


def _curators(book: Book, space: str) -> list[str]:
    talks = {thread["id"] for thread in book.source["threads"] if thread["space"] == space}
    return [lesson["curator"] for lesson in book.source["lessons"] if lesson["origin_threads"][0] in talks]


def _stewards(book: Book, space: str) -> list[str]:
    return [
        reply["author"]
        for thread in book.source["threads"]
        for reply in thread["replies"]
        if thread["space"] == space and reply["kind"] == "modereren"
    ]


def _moderators(book: Book, names: list[str]) -> list[str]:
    return [name for name in names if book.person(name)["platform_role"] == "moderator"]
