"""Members of the demo who say that there is a lesson in a thread."""

import json

from forum.demo.book import FOLDER, Book
from forum.domain.threads import nominations


def bring(book: Book) -> None:
    """Give each nomination, at its own moment."""
    for source in json.loads((FOLDER / "nominations_nl.json").read_text(encoding="utf-8")):
        with book.on(source["nominated"]):
            nominations.nominate(book.actor(source["person"]), book.threads[source["thread"]])
        book.counts["nominations"] += 1
