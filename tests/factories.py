"""Rows for tests: plain functions with keyword defaults. Words and times come from the verbs' own parts."""

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, cast

from flask import Flask, g
from flask import session as flask_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.test import TestResponse

from forum.domain.people import accounts, found_by, mail_links, sessions
from forum.domain.spaces import access_requests
from forum.domain.threads import post_store
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level, Member, NetworkAppointment, NetworkRole
from forum.models.spaces import AccessRequest, Audience, Membership, Role, Space, SpaceKind
from forum.models.themes import Axis, Need, Tag, ThreadTag
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.actors import Actor, actor_of

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
GOOD = "drie fietsen in de regen"  # a password
_numbers = itertools.count(1)


def make_member(
    name: str = "Noor",
    *,
    space: Space | None = None,
    role: Role = Role.MEMBER,
    city: str | None = None,
    network_role: NetworkRole | None = None,
    body: Body = Body.CITY,
    level: Level = Level.FIELD,
    **over: Any,
) -> Member:
    """A confirmed and approved member with one capacity, in `space` when given."""
    handle = f"{text.slug(name)}-{next(_numbers)}"
    values: dict[str, Any] = {
        "name": name,
        "handle": handle,
        "email": f"{handle}@people.test",
        "locale": "en",
        "timezone": "Europe/Brussels",
        "created_at": LONG_AGO,
        "confirmed_at": LONG_AGO,
        "approved_at": LONG_AGO,
        "all_read_at": LONG_AGO,
        "password_stamp": uuid.uuid4().hex,
    }
    member = Member(**(values | over))
    db.session.add(member)
    db.session.flush()
    place = city or (space.city if space is not None else None)
    capacity = Capacity(
        member_id=member.id,
        function="field worker",
        level=level,
        body=body,
        city=place,
        starts_on=date(2025, 1, 1),
        confirmation=Confirmation.OPERATOR,
        # After a year they would be asked whether it is still right.
        confirmed_at=max(LONG_AGO, clock.now() - timedelta(days=200)),
    )
    db.session.add(capacity)
    db.session.flush()
    found_by.keep_name(member)
    found_by.keep_function(capacity)
    if network_role is not None:
        db.session.add(NetworkAppointment(member_id=member.id, role=network_role, since_at=LONG_AGO))
    if space is not None:
        join(member, space, role)
    db.session.flush()
    return member


def make_account(
    *, email: str, name: str, password: str, confirmed: bool = True, approved: bool = True, **over: Any
) -> Member:
    """An account that signs in with this password; Invalid where it is not good enough."""
    hashed = accounts.validate_and_hash(password, name=name, email=email)
    return accounts.create(
        email=email, name=name, password_hash=hashed, confirmed=confirmed, approved=approved, **over
    )


def ask_for_access(*, address: str = "192.0.2.1", **over: Any) -> AccessRequest:
    """Ask for access as a newcomer to Gent; returns the request that is kept."""
    values: dict[str, Any] = {
        "name": "Karim", "email": "karim@city.test", "function": "street worker", "level": Level.FIELD,
        "body": Body.CITY, "city": "gent", "message": "Wouter knows me.", "locale": "nl",
    }  # fmt: skip
    before = db.session.scalars(select(AccessRequest.id)).all()
    access_requests.ask(access_requests.Newcomer(**(values | over)), address=address)
    return db.session.scalars(select(AccessRequest).where(AccessRequest.id.not_in(before))).one()


def confirm_access(request: AccessRequest, *, password: str = GOOD) -> Member:
    """Open the link of a request and choose this password; LinkExpired, Invalid."""
    token = mail_links.confirm_token(request)
    return access_requests.confirm(token, password_hash=access_requests.hash_password(token, password))


def make_space(
    name: str = "Antwerpen",
    *,
    kind: SpaceKind = SpaceKind.CITY,
    default: Audience = Audience.SPACE,
    widest: Audience = Audience.PUBLIC,
    unlisted: bool = False,
    city: str | None = None,
    **over: Any,
) -> Space:
    """A listed city space unless said otherwise."""
    values: dict[str, Any] = {
        "slug": f"{text.slug(name)}-{next(_numbers)}",
        "name": name,
        "description": "",
        "kind": kind,
        "city": city,
        "default_audience": default,
        "widest_audience": Audience.SPACE if unlisted else widest,
        "unlisted_at": LONG_AGO if unlisted else None,
        "created_at": LONG_AGO,
    }
    space = Space(**(values | over))
    db.session.add(space)
    db.session.flush()
    return space


def join(member: Member, space: Space, role: Role = Role.MEMBER) -> Membership:
    """Give `member` a role in `space`."""
    row = Membership(member_id=member.id, space_id=space.id, role=role, since_at=LONG_AGO)
    db.session.add(row)
    db.session.flush()
    return row


def make_thread(
    space: Space,
    author: Member,
    *,
    title: str = "Who rings back?",
    body: str = "We tried it for three months.",
    audience: Audience = Audience.NETWORK,
    need: Need = Need.STORIES,
    axis: Axis | None = Axis.SOLIDARITY,
    tags: tuple[str, ...] = (),
    at: datetime | None = None,
    **over: Any,
) -> Thread:
    """A thread with its opening post."""
    now = at or clock.now()
    values: dict[str, Any] = {
        "space_id": space.id,
        "author_id": author.id,
        "title": title,
        "slug": text.slug(title),
        "need": need,
        "axis": axis,
        "audience": audience,
        "summary": text.summary(_rendered(body)[1]),
        "cities": [],
        "post_count": 0,
        "last_number": 0,
        "created_at": now,
        "last_post_at": now,
        "idempotency_key": str(uuid.uuid4()),
    }
    thread = Thread(**(values | over))
    db.session.add(thread)
    db.session.flush()
    for name in tags:
        _tag(thread, name)
    make_post(thread, author, body, at=now, title=title)
    return thread


def make_post(
    thread: Thread,
    author: Member,
    body: str = "With us it went otherwise.",
    *,
    at: datetime | None = None,
    title: str = "",
    **over: Any,
) -> Post:
    """The next post of a thread, with its first revision, keeping the thread's counts true."""
    now = at or clock.now()
    html, plain = _rendered(body)
    capacity = db.session.scalars(
        db.select(Capacity).where(Capacity.member_id == author.id).order_by(Capacity.id.desc())
    ).first()
    thread.last_number += 1
    thread.last_post_at = now
    values: dict[str, Any] = {
        "thread_id": thread.id,
        "number": thread.last_number,
        "author_id": author.id,
        "capacity_id": capacity.id if capacity else None,
        "html": html,
        "render_version": text.RENDER_VERSION,
        "revision": 1,
        "created_at": now,
        "idempotency_key": str(uuid.uuid4()),
    }
    post = Post(**(values | over))
    db.session.add(post)
    db.session.flush()
    db.session.add(
        PostRevision(
            post_id=post.id,
            number=1,
            body=body,
            plain=plain,
            title=title,
            created_at=now,
            editor_id=author.id,
        )
    )
    db.session.flush()
    if post.number == 1:
        told = post_store.TOLD_BY_FIELD.where(Post.thread_id == thread.id)
        thread.told_by_field = db.session.execute(told).one().told_by_field
    post_store.recount(thread)
    return post


@cache
def _rendered(body: str) -> tuple[str, str]:
    """The HTML of a text, and its words: thousands of posts say the same."""
    html = text.render(body)
    return html, text.plain(html)


def _tag(thread: Thread, name: str) -> None:
    slug = text.slug(name)
    tag = db.session.scalars(db.select(Tag).where(Tag.slug == slug)).first()
    if tag is None:
        tag = Tag(slug=slug)
        db.session.add(tag)
        db.session.flush()
    db.session.add(ThreadTag(thread_id=thread.id, tag_id=tag.id, name=name))
    db.session.flush()


def actor(member: Member) -> Actor:
    """The actor behind a member, with the roles of this moment."""
    found = actor_of(member.id)
    if found is None:
        raise LookupError(f"{member.name} is in no standing to act")
    return found


def sign_in(client: FlaskClient, member: Member) -> str:
    """Sign the client in as `member`; returns the secret of the device."""
    secret = sessions.begin(member, device="Test browser")
    db.session.commit()
    with client.session_transaction() as kept:
        kept["_user_id"] = secret
        kept["_fresh"] = True
    return secret


# What a member fills in to begin a thread.
STORY = {
    "title": "Who rings back?",
    "body": "We tried it for **three** months.",
    "need": "stories",
    "axis": "solidaire-stadspolis",
    "tags": "onthaal, Huisbezoek",
    "audience": "network",
}


def submit(
    client: FlaskClient, path: str, values: dict[str, Any] | None = None, **options: Any
) -> TestResponse:
    """Post a form as a page of ours would, with the token of this client's session."""
    return client.post(path, data={**(values or {}), "csrf_token": csrf_for(client)}, **options)


def csrf_for(client: FlaskClient) -> str:
    """A valid token for the session of `client`."""
    app = cast(Flask, client.application)
    with client.session_transaction() as kept:
        raw = kept.setdefault("csrf_token", uuid.uuid4().hex)
    with app.test_request_context():
        g.pop("csrf_token", None)  # of the browser before
        flask_session["csrf_token"] = raw
        return str(generate_csrf())
