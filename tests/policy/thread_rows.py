"""Spaces, threads and posts in every state that a rule can tell apart, by the names of the tables' rows."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from forum.models.threads import Post, Thread
from tests.factories import LONG_AGO, make_space
from tests.policy.people import Town, settle


def thread(space: Space, author: Member, audience: str = "space", *, gone: Sequence[str] = ()) -> Thread:
    """A thread without words; `gone` names what happened to it: hidden, withdrawn, locked."""
    return Thread(
        space_id=space.id,
        author_id=author.id,
        title="Who rings back?",
        slug="who-rings-back",
        need=Need.STORIES,
        axis=Axis.SOLIDARITY,
        audience=Audience(audience),
        created_at=LONG_AGO,
        last_post_at=LONG_AGO,
        idempotency_key=str(uuid.uuid4()),
        **_moments(gone),
    )


def post(of: Thread, author: Member, number: int = 2, *, gone: Sequence[str] = ()) -> Post:
    """A post without words; `gone` names what happened to it: hidden, deleted."""
    return Post(
        thread_id=of.id,
        number=number,
        author_id=author.id,
        html="",
        render_version=1,
        created_at=LONG_AGO,
        idempotency_key=str(uuid.uuid4()),
        **_moments(gone),
    )


def _moments(gone: Sequence[str]) -> dict[str, datetime]:
    return {f"{name}_at": clock.now() for name in gone}


def threads(town: Town) -> dict[str, Thread]:
    """A thread for each state; the author is "aut" unless the name says otherwise."""
    here, elsewhere, unlisted = town.here, town.elsewhere, town.unlisted
    author, member = town.member("aut"), town.member
    stranger, noise = member("ome"), town.noise["noise member"]
    rows = {
        f"{audience}{', ' if gone else ''}{' and '.join(gone)}": thread(here, author, audience, gone=gone)
        for audience in ("space", "network", "public")
        for gone in ((), ("locked",), ("hidden",), ("withdrawn",), ("hidden", "withdrawn"))
    }
    rows |= {
        "space, by a guest, hidden": thread(here, member("gue"), gone=["hidden"]),
        "space, by a former member": thread(here, member("xme")),
        "public, by a former member, hidden": thread(here, member("xme"), "public", gone=["hidden"]),
        "public, by a suspended one, hidden": thread(here, member("sme"), "public", gone=["hidden"]),
        "public, by one not let in, withdrawn": thread(here, member("new"), "public", gone=["withdrawn"]),
        "network, from elsewhere, hidden": thread(here, stranger, "network", gone=["hidden"]),
        "network, merged into another": thread(here, author, "network", gone=["withdrawn", "merged"]),
        "elsewhere, space": thread(elsewhere, stranger),
        "elsewhere, network": thread(elsewhere, noise, "network"),
        "elsewhere, public, hidden": thread(elsewhere, noise, "public", gone=["hidden"]),
        "unlisted, space": thread(unlisted, noise),
    }
    return _kept(rows)


def posts(town: Town) -> dict[str, Post]:
    """A post for each state, and other posts beside it."""
    author, stranger = town.member("aut"), town.member("ome")
    states = {
        "space": ("space", ()),
        "network": ("network", ()),
        "public": ("public", ()),
        "space, hidden": ("space", ("hidden",)),
        "public, hidden": ("public", ("hidden",)),
        "network, withdrawn": ("network", ("withdrawn",)),
    }
    talks = _kept(
        {name: thread(town.here, author, audience, gone=gone) for name, (audience, gone) in states.items()}
    )
    away = _kept({"elsewhere": thread(town.elsewhere, stranger, "space")})
    rows = {f"in {name}": post(talk, author) for name, talk in talks.items()}
    rows |= {
        "hidden, in space": post(talks["space"], author, 3, gone=["hidden"]),
        "deleted, in network": post(talks["network"], author, 3, gone=["deleted"]),
        "hidden and deleted, in public": post(talks["public"], author, 3, gone=["hidden", "deleted"]),
        "from elsewhere, in space, hidden": post(talks["space, hidden"], stranger, 3),
        "in elsewhere, space": post(away["elsewhere"], stranger),
    }
    return _kept(rows)


def spaces(town: Town) -> dict[str, Space]:
    """A space for each state of its threads, with the same people in it as here; nobody is in the deserted one."""
    rows = {
        "empty": _space(town),
        "with a network thread": _space(town, ["network"]),
        "with a public thread": _space(town, ["public"]),
        "with a locked public thread": _space(town, ["public", "locked"]),
        "with a hidden public thread": _space(town, ["public", "hidden"]),
        "with a withdrawn public thread": _space(town, ["public", "withdrawn"]),
        "with a hidden and an open one": _space(town, ["public", "hidden"], ["public"]),
        "unlisted": _space(town, unlisted=True),
        "unlisted, something public left": _space(town, ["public"], unlisted=True),
        "deserted": _space(town, settled=False),
        "deserted, with a public thread": _space(town, ["public"], settled=False),
        "deserted and unlisted": _space(town, settled=False, unlisted=True),
    }
    db.session.flush()
    return rows


def _space(town: Town, *talks: list[str], settled: bool = True, unlisted: bool = False) -> Space:
    space = make_space(unlisted=unlisted)
    if settled:
        settle(town, space)
    for audience, *gone in talks:
        db.session.add(thread(space, town.noise["noise member"], audience, gone=gone))
    return space


def _kept(rows: dict[str, Any]) -> dict[str, Any]:
    db.session.add_all(rows.values())
    db.session.flush()
    return rows
