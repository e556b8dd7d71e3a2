"""What members stopped, or chose otherwise: how each kind of notice reaches their mailbox.

The digest has a stop of its own, which is kept as its frequency. `ALL` stops every kind of notice, also those that
come later, but for what a member chose since.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from forum.domain.mailing import stops
from forum.domain.mailing.stops import ALL, DIGEST, STOPS
from forum.infra.db import db
from forum.infra.rows import upsert
from forum.models.accounts import Member
from forum.models.subscriptions import Delivery, NoticeChoice


def chosen(member_id: int) -> dict[str, Delivery]:
    """Return what a member chose, by stop (one query); what is missing is as the table of kinds has it."""
    return chosen_by([member_id]).get(member_id, {})


def delivery(choices: Mapping[str, Delivery], stop: str, default: Delivery) -> Delivery:
    """Return how a kind reaches whoever chose that: by its own choice, else by that for all, else by default."""
    return choices.get(stop, choices.get(ALL.name, default))


def chosen_by(member_ids: Collection[int]) -> dict[int, dict[str, Delivery]]:
    """Return what each of these members chose, by stop (one query); those who chose nothing are missing."""
    columns = (NoticeChoice.member_id, NoticeChoice.stop, NoticeChoice.delivery)
    found: dict[int, dict[str, Delivery]] = {}
    for member_id, name, how in db.session.execute(
        select(*columns).where(NoticeChoice.member_id.in_(member_ids))
    ):
        found.setdefault(member_id, {})[name] = how
    return found


def is_stopped(member_id: int, stop: str) -> bool:
    """Return whether a letter that comes at once unless it is stopped may not go out to a member now (one query)."""
    return delivery(chosen(member_id), stop, Delivery.AT_ONCE) != Delivery.AT_ONCE


def stop(member_id: int, name: str) -> None:
    """Stop one kind, those of a bundle, or with `ALL` every one, also what comes later.

    Doing it twice is the same, and for whoever is gone nothing.
    """
    if db.session.get(Member, member_id) is None:
        return
    every = (ALL.name,) if name == ALL.name else ()
    choose(member_id, dict.fromkeys((*every, *stops.parts(name)), Delivery.NOTHING))


def choose(member_id: int, choices: Mapping[str, Delivery]) -> None:
    """Keep how these kinds reach a member; the others stay as they were."""
    rows = [{"member_id": member_id, "stop": name, "delivery": how} for name, how in sorted(choices.items())]
    upsert(NoticeChoice, rows, keys=("member_id", "stop"))


def choose_all(member_id: int, choices: Mapping[str, Delivery | None]) -> None:
    """Keep how every kind but the digest reaches a member, None for as usual.

    Whoever wants nothing gets nothing of a kind that comes later either.
    """
    db.session.execute(delete(NoticeChoice).where(NoticeChoice.member_id == member_id))
    kept = {name: how for name, how in choices.items() if how is not None}
    if set(choices.values()) == {Delivery.NOTHING}:
        kept[ALL.name] = Delivery.NOTHING
    choose(member_id, kept)


def stop_these(member_id: int, stopped: Collection[str]) -> None:
    """Stop these kinds, and let those that were stopped and are not among them come as usual again.

    For whoever is gone nothing.
    """
    if db.session.get(Member, member_id) is None:
        return
    before = chosen(member_id)
    choices: dict[str, Delivery | None] = {}
    for name in STOPS:
        was = before.get(name, before.get(ALL.name))
        kept = None if was == Delivery.NOTHING else before.get(name)
        choices[name] = Delivery.NOTHING if name in stopped else kept
    choices.pop(DIGEST)
    choose_all(member_id, choices)


def stopped_by(member_id: int) -> set[str]:
    """Return what a member stopped (one query)."""
    choices = chosen(member_id)
    return {name for name in STOPS if delivery(choices, name, Delivery.AT_ONCE) == Delivery.NOTHING} - {
        DIGEST
    }
