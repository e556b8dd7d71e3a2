"""The threads of the demo, at their own dates."""

import json
import uuid
from functools import cache
from typing import Any

from forum.demo import codes
from forum.demo.book import FOLDER, Book
from forum.domain.threads import threads
from forum.infra.db import db
from forum.infra.text import Mark
from forum.models.threads import Post, PostRevision

NAMESPACE = uuid.UUID("6f0f6f0a-3c1b-5b53-9c2e-2f3f4cf0b4d1")


def bring(book: Book) -> None:
    """Load every thread with its replies, in the order in which they were written."""
    for thread in book.source["threads"]:
        _start(book, thread)
    replies = [
        (reply["created"], thread["id"], reply)
        for thread in book.source["threads"]
        for reply in thread["replies"]
    ]
    for _created, thread_name, reply in sorted(replies, key=lambda each: (each[1], each[0])):
        _reply(book, thread_name, reply)


def _start(book: Book, source: dict[str, Any]) -> None:
    with book.on(source["created"]):
        thread = threads.start(
            book.actor(source["author"]),
            book.spaces[source["space"]],
            title=source["title"],
            body=source["body"],
            need=codes.NEEDS[source["need"]],
            axis=source["axis"],
            audience=codes.AUDIENCES[source["visibility"]],
            tags=source["tags"],
            idempotency_key=_key(source["id"]),
            outcome=codes.THREAD_OUTCOMES[source["outcome"]],
        )
    book.threads[source["id"]] = thread.id
    opening = db.session.scalars(
        db.select(Post.id).where(Post.thread_id == thread.id, Post.number == 1)
    ).one()
    book.posts[f"{source['id']}-0"] = opening
    book.counts["threads"] += 1
    book.counts["posts"] += 1


def _reply(book: Book, thread_name: str, reply: dict[str, Any]) -> None:
    more = _answers().get(reply["id"], {})
    thread_id = book.threads[thread_name]
    quoted = [_mark(thread_id, quote["post"], quote["words"]) for quote in more.get("quotes", ())]
    with book.on(reply["created"]):
        post = threads.reply(
            book.actor(reply["author"]),
            thread_id,
            body="\n\n".join([*quoted, reply["body"]]),
            answers=more.get("answers"),
            kind=codes.POST_KINDS[reply["kind"]],
            idempotency_key=_key(reply["id"]),
        )
    book.posts[reply["id"]] = post.id
    book.counts["posts"] += 1


@cache
def _answers() -> dict[str, Any]:
    """Which replies answer or quote which posts of their threads, by number."""
    found: dict[str, Any] = json.loads((FOLDER / "answers_nl.json").read_text(encoding="utf-8"))
    return found


def _mark(thread_id: int, number: int, words: str) -> str:
    """The line that quotes these words of a post."""
    post = db.select(Post.id).where(Post.thread_id == thread_id, Post.number == number)
    revision = db.select(PostRevision.plain).where(PostRevision.post_id == post.scalar_subquery())
    plain = db.session.scalars(revision).one()
    before, _words, _after = plain.partition(words)
    start, length = (len("".join(part.split())) for part in (before, words))
    return Mark(number, 1, start, start + length).typed("citaat")


def _key(name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, name))
