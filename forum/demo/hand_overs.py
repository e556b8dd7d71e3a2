"""Invitations that moderators of the demo sent and nobody accepted yet, some of them offered to another moderator."""

import json

from forum.demo.book import FOLDER, Book
from forum.domain.handovers import offers
from forum.domain.spaces import invitations
from forum.models.spaces import Role


def bring(book: Book) -> None:
    """Send each, and offer those that have a successor, each at its own moment."""
    for source in json.loads((FOLDER / "hand_overs_nl.json").read_text(encoding="utf-8")):
        actor, space_id = book.actor(source["person"]), book.spaces[source["space"]]
        with book.on(source["on"]):
            sent = [
                invitations.invite(actor, space_id, email=email, role=Role.MEMBER, note=source["note"])
                for email in source["invites"]
            ]
        book.counts["invitations"] += len(sent)
        if "to" not in source:
            continue
        with book.on(source["offered"]):
            items = [("invitation", invitation.id) for invitation in sent]
            offers.offer(actor, space_id, items, successor_id=book.members[source["to"]])
        book.counts["hand-overs"] += len(sent)
