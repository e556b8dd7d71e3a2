"""What people of the demo began to write and did not send."""

import json
import uuid

from forum.demo.book import FOLDER, Book
from forum.domain import draft_places
from forum.domain.draft_places import REPLY
from forum.domain.drafts import drafts
from forum.domain.drafts.views import Subject


def bring(book: Book) -> None:
    """Keep each draft, at its own moment; a story stands in a space, a reply in a thread."""
    for source in json.loads((FOLDER / "drafts_nl.json").read_text(encoding="utf-8")):
        form = source["form"]
        subject_id = book.threads[source["thread"]] if form == REPLY else book.spaces[source["space"]]
        with book.on(source["changed"]):
            drafts.keep(
                book.actor(source["person"]),
                Subject(form, subject_id),
                str(uuid.uuid4()),
                source["fields"],
                revision=0,
                enter=draft_places.places,
            )
        book.counts["drafts"] += 1
