"""The cahiers of the demo, each by its editor on the day of its youngest lesson."""

from typing import Any

from forum.demo.book import Book
from forum.domain.cahiers import cahiers, contents
from forum.domain.cahiers.cahiers import Words
from forum.models.spaces import Audience


def bring(book: Book) -> None:
    """Make every collection of the file; it is for everybody where each of its lessons is."""
    lessons = {source["id"]: source for source in book.source["lessons"]}
    for source in book.source["collections"]:
        held = [lessons[name] for name in source["lessons"]]
        with book.on(max(version["date"] for lesson in held for version in lesson["versions"])):
            _bring(book, source, held)
        book.counts["cahiers"] += 1


def _bring(book: Book, source: dict[str, Any], held: list[dict[str, Any]]) -> None:
    editor = book.actor(source["editor"])
    is_public = all(lesson["visibility"] == "publiek" for lesson in held)
    audience = Audience.PUBLIC if is_public else Audience.NETWORK
    cahier = cahiers.create(editor, Words(source["title"], source["intro"], audience))
    for lesson in held:
        contents.add(editor, cahier.slug, lesson["id"])
