"""What people of the demo say they may be asked, and what they seek."""

import json

from forum.demo.book import FOLDER, Book
from forum.domain.people import offers


def bring(book: Book) -> None:
    """Keep what each of them says, on its own day."""
    for source in json.loads((FOLDER / "offers_nl.json").read_text(encoding="utf-8")):
        with book.on(source["on"]):
            offers.save(
                book.actor(source["person"]),
                asks=source["asks"],
                tag_line=", ".join(source["tags"]),
                axes=source["axes"],
                seeks=source["seeks"],
            )
        book.counts["offers"] += 1
