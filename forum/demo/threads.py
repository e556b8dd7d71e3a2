"""The talk of the demo, word for word, at its own dates."""

import uuid
from typing import Any

from forum.demo import codes
from forum.demo.book import Book, on
from forum.domain.threads import threads
from forum.infra.db import db
from forum.models.threads import Post

NAMESPACE = uuid.UUID("6f0f6f0a-3c1b-5b53-9c2e-2f3f4cf0b4d1")


def bring(book: Book) -> None:
    """Every thread with its replies, in the order in which they were said."""
    for talk in book.source["threads"]:
        _start(book, talk)
    replies = [
        (reply["created"], talk["id"], reply) for talk in book.source["threads"] for reply in talk["replies"]
    ]
    for _created, talk_id, reply in sorted(replies, key=lambda each: (each[1], each[0])):
        _reply(book, talk_id, reply)


def _start(book: Book, talk: dict[str, Any]) -> None:
    with on(talk["created"]):
        thread = threads.start(
            book.actor(talk["author"]),
            book.spaces[talk["space"]],
            title=talk["title"],
            body=talk["body"],
            need=codes.NEEDS[talk["need"]],
            axis=talk["axis"],
            audience=codes.AUDIENCES[talk["visibility"]],
            tags=talk["tags"],
            idempotency_key=_clean_key(talk["id"]),
            outcome=codes.THREAD_OUTCOMES[talk["outcome"]],
        )
    book.threads[talk["id"]] = thread.id
    opening = db.session.scalars(
        db.select(Post.id).where(Post.thread_id == thread.id, Post.number == 1)
    ).one()
    book.posts[f"{talk['id']}-0"] = opening
    book.counts["threads"] += 1
    book.counts["posts"] += 1


def _reply(book: Book, talk_id: str, reply: dict[str, Any]) -> None:
    with on(reply["created"]):
        post = threads.reply(
            book.actor(reply["author"]),
            book.threads[talk_id],
            body=reply["body"],
            kind=codes.POST_KINDS[reply["kind"]],
            idempotency_key=_clean_key(reply["id"]),
        )
    book.posts[reply["id"]] = post.id
    book.counts["posts"] += 1


def _clean_key(name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, name))
