"""House rules of the demo, in two versions each, accepted by who was there; and what a moderator did by one of them."""

import json
import uuid
from typing import Any

from sqlalchemy import select

from forum.demo.book import FOLDER, Book
from forum.domain.held_posts import deciding, sending
from forum.domain.house_rules import acceptance, grounds, publishing
from forum.domain.house_rules.publishing import Text
from forum.infra.db import db
from forum.models.spaces import Membership
from forum.policy.actors import actors_of

NAMESPACE = uuid.UUID("5c2f0b1e-7a39-5d0c-9b5e-64a1f2c8d907")


def bring(book: Book) -> None:
    """Publish each version at its moment; words are watched for by then, so what has one of them waits."""
    source = json.loads((FOLDER / "house_rules_nl.json").read_text(encoding="utf-8"))
    for each in source["spaces"]:
        space_id = book.spaces[each["space"]]
        for number, version in enumerate(each["versions"]):
            with book.on(version["on"]):
                typed = Text(version["body"], version["changed"])
                publishing.publish(book.actor(version["by"]), space_id, typed, seen=number)
                if number == 0:
                    _accept(space_id)
            book.counts["versions of house rules"] += 1
        for held in each["refused"]:
            _refuse(book, space_id, held)


def _accept(space_id: int) -> None:
    """Who belongs to the space does: else nobody of the demo could write there before they ticked a box."""
    ids = db.session.scalars(select(Membership.member_id).where(Membership.space_id == space_id))
    for actor in actors_of(list(ids)).values():
        acceptance.accept(actor, space_id, 1)


def _refuse(book: Book, space_id: int, held: dict[str, Any]) -> None:
    """A post that waited for its words does not appear, by a rule that says so."""
    author, key = book.actor(held["by"]), str(uuid.uuid5(NAMESPACE, held["by"] + held["on"]))
    with book.on(held["on"]):
        thread_id = book.threads[held["thread"]]
        waits = sending.reply(author, thread_id, body=held["body"], idempotency_key=key)
    with book.on(held["decided_on"]):
        rule, _name = grounds.choices(space_id)[held["rule"] - 1]
        moderator, reason = book.actor(held["decided_by"]), held["reason"]
        deciding.refuse(moderator, waits.id, seen=waits.revision, reason=reason, rule=rule)
