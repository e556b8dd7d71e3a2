"""Where a member makes the addresses of their feeds, renews them and ends them. Each is shown once, as it is made."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.people import feed_keys
from forum.domain.people.feed_keys import Feed
from forum.domain.spaces import spaces
from forum.infra.i18n import _
from forum.infra.paging import id_of
from forum.models.feeds import FeedKey, FeedKind
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound
from forum.web.feeds import KEY
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("feed_settings", __name__)
OF_SPACE = f"{FeedKind.SPACE}-"


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed that the member may have: its `code` in forms, and the key that it has now."""

    code: str
    name: str
    path: str
    key: FeedKey | None
    seen: str


@bp.get("/settings/feeds")
@open_to(members)
def show() -> ResponseReturnValue:
    return _page(actor())


@bp.post("/settings/feeds")
@open_to(members)
def make() -> ResponseReturnValue:
    """Make an address, or another one, and show it. Sent twice, it is made once: the second address would be lost."""
    who, code = actor(), request.form.get("feed", "")
    try:
        secret = feed_keys.make(who, _feed(code), seen=request.form.get("seen", ""))
    except Conflict as error:
        transactions.only_look()
        flash(error.reason, "care")
        return redirect(url_for(".show"), 303)
    return _page(who, made=code, secret=secret)


@bp.get("/settings/feeds/renewal")
@open_to(members)
def ask_renewal() -> ResponseReturnValue:
    return _question(is_renewal=True)


@bp.get("/settings/feeds/ending")
@open_to(members)
def ask_end() -> ResponseReturnValue:
    return _question(is_renewal=False)


@bp.post("/settings/feeds/ending")
@open_to(members)
def end() -> ResponseReturnValue:
    feed_keys.end(actor(), _feed(request.form.get("feed", "")))
    flash(_("This address works no more."), "ok")
    return redirect(url_for(".show"), 303)


def _feed(code: str) -> Feed:
    """The feed of a form; NotFound for one that there cannot be."""
    if code in (FeedKind.LESSONS, FeedKind.THREADS):
        return Feed(FeedKind(code))
    space_id = id_of(code.removeprefix(OF_SPACE)) if code.startswith(OF_SPACE) else 0
    if not space_id:
        raise NotFound
    return Feed(FeedKind.SPACE, space_id)


def _question(*, is_renewal: bool) -> ResponseReturnValue:
    """The question before an address stops for good; the list of feeds where there is none to stop."""
    code = request.args.get("feed")
    row = next((row for row in _rows(actor()) if row.code == code), None)
    if row is None or row.key is None:
        return redirect(url_for(".show"))
    return render_template("settings/feed_stopping.html", row=row, is_renewal=is_renewal)


def _rows(who: Actor) -> list[FeedRow]:
    """The feeds that a member may have, each with its key."""
    keys = feed_keys.of_member(who)
    found = [
        (Feed(FeedKind.LESSONS), _("New lessons"), url_for("feeds.lessons")),
        (Feed(FeedKind.THREADS), _("New posts in all threads that you may read"), url_for("feeds.threads")),
    ]
    for space in spaces.of_member(who):
        path = url_for("feeds.space", slug=space.slug)
        found.append((Feed(FeedKind.SPACE, space.id), _("New posts in %(space)s", space=space.name), path))
    return [
        FeedRow(
            code=f"{OF_SPACE}{feed.space_id}" if feed.space_id else feed.kind.value,
            name=name,
            path=path,
            key=keys.get(feed),
            seen=feed_keys.mark_of(keys.get(feed)),
        )
        for feed, name, path in found
    ]


def _page(who: Actor, *, made: str = "", secret: str = "") -> str:
    rows = _rows(who)
    new = next((row for row in rows if row.code == made), None)
    return render_template(
        "settings/feeds.html",
        rows=rows,
        new=new,
        address=links.absolute(f"{new.path}?{KEY}={secret}") if new else "",
        public=links.absolute(url_for("feeds.lessons")),
    )
