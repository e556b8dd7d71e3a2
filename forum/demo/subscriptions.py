"""Who of the demo wants the digest, as far as their preferences exist in the forum."""

from forum.demo import codes
from forum.demo.book import CAUGHT_UP, Book
from forum.domain.digests import subscriptions


def bring(book: Book) -> None:
    """Set every choice of the file; preferences for needs and audiences are only counted."""
    with book.on(CAUGHT_UP):
        for source in book.source["digest_subscriptions"]:
            scope = source["scope"]
            subscriptions.choose(
                book.actor(source["person"]),
                frequency=codes.FREQUENCIES[source["frequency"]],
                space_ids=[book.spaces[name] for name in scope if name in book.spaces],
                axes=[name.removeprefix("as:") for name in scope if name.startswith("as:")],
            )
            book.counts["digest choices"] += 1
            book.not_loaded["digest wishes by need or audience"] += sum(
                name.startswith(("nood:", "lessen:")) for name in scope
            )
