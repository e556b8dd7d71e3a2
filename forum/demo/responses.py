"""Short responses of people in the demo to stories that they recognise."""

import json

from forum.demo.book import FOLDER, Book
from forum.domain.responses import responses
from forum.models.responses import ResponseKind


def bring(book: Book) -> None:
    """Give each response, at its own moment."""
    for source in json.loads((FOLDER / "responses_nl.json").read_text(encoding="utf-8")):
        with book.on(source["said"]):
            responses.respond(
                book.actor(source["person"]),
                book.threads[source["thread"]],
                kind=ResponseKind(source["kind"]),
                sentence=source.get("sentence"),
            )
        book.counts["responses"] += 1
