"""Which cities of the demo applied which lesson, and what came of it."""

from forum.demo import codes
from forum.demo.book import Book
from forum.domain.lessons import adoptions


def bring(book: Book) -> None:
    """Record every report of the file."""
    for source in book.source["lessons"]:
        for report in source["adoptions"]:
            with book.on(report["date"]):
                adoptions.record(
                    book.lessons[source["id"]],
                    city=report["city"],
                    reporter_id=book.members[report["reported_by"]],
                    outcome=codes.ADOPTIONS[report["status"]],
                    reported_on=book.day(report["date"]),
                    what_changed=report["adapted"],
                    what_came=report["outcome"],
                    post_id=book.posts[report["post"]] if report["post"] else None,
                )
            book.counts["adoption reports"] += 1
