"""Who of the demo wants the digest, as far as its wishes have a place in the house."""

from forum.demo import codes
from forum.demo.book import Book
from forum.demo.people import CAUGHT_UP
from forum.domain.digests import subscriptions
from forum.infra import clock


def bring(book: Book) -> None:
    """Every choice of the file; wishes about needs and audiences wait for a later version."""
    with clock.at(CAUGHT_UP):
        for wish in book.source["digest_subscriptions"]:
            scope = wish["scope"]
            subscriptions.choose(
                book.actor(wish["person"]),
                frequency=codes.FREQUENCIES[wish["frequency"]],
                space_ids=[book.spaces[name] for name in scope if name in book.spaces],
                axes=[name.removeprefix("as:") for name in scope if name.startswith("as:")],
            )
            book.counts["digest choices"] += 1
            book.kept["digest wishes by need or audience"] += sum(
                name.startswith(("nood:", "lessen:")) for name in scope
            )
