"""Where threads of the demo stand, as their moderators wrote it, version after version."""

import json
from collections import Counter

from forum.demo.book import FOLDER, Book
from forum.domain.summaries import summaries


def bring(book: Book) -> None:
    """Keep each version, at its own moment."""
    written: Counter[str] = Counter()
    for source in json.loads((FOLDER / "summaries_nl.json").read_text(encoding="utf-8")):
        name = source["thread"]
        with book.on(source["written"]):
            summaries.save(
                book.actor(source["person"]),
                book.threads[name],
                typed="\n".join(source["sentences"]),
                seen=written[name],
            )
        written[name] += 1
        book.counts["summaries"] += 1
