"""What waits for moderators of the demo, who stands in for them, and a thread that one of them archived."""

import json
import uuid

from forum.demo.book import FOLDER, Book
from forum.domain.held_posts import sending, watching
from forum.domain.moderation import archiving, post_reports
from forum.domain.spaces import deputies
from forum.models.held import Watch
from forum.models.post_reports import ReportReason

NAMESPACE = uuid.UUID("0d6a1d0e-54b5-5a0f-8a53-3f0c2f4a7c11")


def bring(book: Book) -> None:
    """Do each thing at its own moment; words are watched for before the posts that hold one."""
    source = json.loads((FOLDER / "moderation_nl.json").read_text(encoding="utf-8"))
    for each in source["deputies"]:
        with book.on(each["on"]):
            deputies.name(book.actor(each["by"]), book.spaces[each["space"]], handle=each["deputy"])
    for each in source["watched_words"]:
        with book.on(each["on"]):
            actor, space_id = book.actor(each["by"]), book.spaces[each["space"]]
            watching.add(actor, space_id, word=each["word"], watch=Watch(each["watch"]))
    for each in source["archived"]:
        with book.on(each["on"]):
            actor, thread_id = book.actor(each["by"]), book.threads[each["thread"]]
            seen = archiving.planned(actor, thread_id).digest
            archiving.archive(actor, thread_id, seen=seen, reason=each["reason"])
        book.counts["archived threads"] += 1
    for each in source["reports"]:
        with book.on(each["on"]):
            said = post_reports.Said(ReportReason(each["reason"]), each.get("words", ""))
            post_reports.report(book.actor(each["by"]), book.posts[each["post"]], said)
        book.counts["post reports"] += 1
    for each in source["replies"]:
        key = str(uuid.uuid5(NAMESPACE, each["by"] + each["on"]))
        with book.on(each["on"]):
            sending.reply(
                book.actor(each["by"]), book.threads[each["thread"]], body=each["body"], idempotency_key=key
            )
        book.counts["posts that wait"] += 1
