"""Who of the demo wants the digest, as far as their preferences exist in the forum."""

from typing import Any

from forum.demo import codes
from forum.demo.book import CAUGHT_UP, Book
from forum.domain.digests import subscriptions
from forum.models.subscriptions import Delivery, LessonChoice
from forum.models.themes import Axis


def bring(book: Book) -> None:
    """Set every choice of the file; preferences for needs and audiences are only counted.

    Who names spaces or axes there wants those, and nothing of the others.
    """
    with book.on(CAUGHT_UP):
        for source in book.source["digest_subscriptions"]:
            actor, scope = book.actor(source["person"]), source["scope"]
            spaces = {book.spaces[name] for name in scope if name in book.spaces}
            axes = {name.removeprefix("as:") for name in scope if name.startswith("as:")}
            subscriptions.choose(
                actor,
                frequency=codes.FREQUENCIES[source["frequency"]],
                spaces=_only(spaces, spaces | set(actor.roles)),
                axes=_only(axes, set(Axis)),
                elsewhere=Delivery.NOTHING if spaces else Delivery.DIGEST,
                lessons=LessonChoice.AXES if axes else LessonChoice.ALL,
            )
            book.counts["digest choices"] += 1
            book.not_loaded["digest wishes by need or audience"] += sum(
                name.startswith(("nood:", "lessen:")) for name in scope
            )


def _only(wanted: set[Any], of: set[Any]) -> dict[Any, Delivery]:
    return {key: Delivery.DIGEST if key in wanted else Delivery.NOTHING for key in of if wanted}
