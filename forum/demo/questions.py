"""People of the demo who say that their city wonders about what a lesson does not know, too."""

import json

from forum.demo.book import FOLDER, Book
from forum.domain.lessons.unknowns import keeping, sharing


def bring(book: Book) -> None:
    """Say so for every question of the lesson, each at its own moment."""
    for source in json.loads((FOLDER / "questions_nl.json").read_text(encoding="utf-8")):
        for question in keeping.open_of(book.lessons[source["lesson"]]):
            with book.on(source["said"]):
                sharing.share(book.actor(source["person"]), question.id)
            book.counts["shared questions"] += 1
