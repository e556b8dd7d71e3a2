"""The editorial policy of the demo: the one that comes with the forum, from before its first lesson."""

from forum.demo.book import Book
from forum.domain.house_rules import first_policy


def bring(book: Book) -> None:
    """Publish it on the day of the first lesson."""
    days = (version["date"] for lesson in book.source["lessons"] for version in lesson["versions"])
    with book.on(min(days)):
        first_policy.begin("nl")
