"""Atom feeds: of lessons for everybody, and by key what one member may read at this moment.

A feed reader has no session, and whoever is signed in here counts for nothing: the key alone says who reads. An ETag
says whether anything changed. There is no Last-Modified: when a lesson with a masked source changed is told to nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.people import feed_keys
from forum.domain.people.feed_keys import Opened
from forum.domain.spaces import spaces
from forum.domain.syndication import feeds
from forum.domain.syndication.feeds import Entry
from forum.domain.threads.numbering import page_of
from forum.infra import i18n, rates
from forum.infra.i18n import _
from forum.models.feeds import FeedKind
from forum.web.accounts import address
from forum.web.http import caching, language, links, transactions
from forum.web.http.access import anyone, open_to

bp = Blueprint("feeds", __name__)
KEY = "key"
ATOM = "application/atom+xml"
LIMIT = "120 per minute"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)  # of a feed with nothing in it


@dataclass(frozen=True, slots=True)
class DrawnEntry:
    """An entry as the template writes it."""

    id: str
    page: str
    title: str
    words: str
    updated: str
    written: str
    author: str
    axis: str
    axis_name: str


@dataclass(frozen=True, slots=True)
class DrawnFeed:
    """A feed as the template writes it; `own` is its address, but for one with a key: people send feeds to others."""

    id: str
    own: str
    page: str
    title: str
    updated: str
    entries: Sequence[DrawnEntry]


@bp.get("/feeds/lessons.atom")
@open_to(anyone)
def lessons() -> ResponseReturnValue:
    """Return the newest lessons: with a key those of its owner, without one those for everybody."""
    rates.spend("feed", rates.place(address()), limit=LIMIT)
    page = url_for("lessons.index")
    if KEY not in request.args:
        with i18n.force_locale(language.asked_for()):
            return _public(_drawn(_("Lessons"), page, feeds.lessons(None)))
    opened = feed_keys.open_with(request.args[KEY], FeedKind.LESSONS)
    with i18n.force_locale(_locale(opened)):
        return _personal(opened, _drawn(_("Lessons"), page, feeds.lessons(opened.actor)))


@bp.get("/feeds/threads.atom")
@open_to(anyone)
def threads() -> ResponseReturnValue:
    """Return the newest posts in all threads that the owner of the key may read."""
    rates.spend("feed", rates.place(address()), limit=LIMIT)
    opened = feed_keys.open_with(request.args.get(KEY, ""), FeedKind.THREADS)
    with i18n.force_locale(_locale(opened)):
        feed = _drawn(_("Threads"), url_for("overview.index"), feeds.posts(opened.actor))
        return _personal(opened, feed)


@bp.get("/feeds/spaces/<slug>.atom")
@open_to(anyone)
def space(slug: str) -> ResponseReturnValue:
    """Return the newest posts in one space, for who belongs to it."""
    rates.spend("feed", rates.place(address()), limit=LIMIT)
    opened = feed_keys.open_with(request.args.get(KEY, ""), FeedKind.SPACE, slug)
    with i18n.force_locale(_locale(opened)):
        shown = spaces.by_slug(opened.actor, slug)
        feed = _drawn(shown.name, links.to_space(shown), feeds.posts(opened.actor, shown.id))
        return _personal(opened, feed)


def _locale(opened: Opened) -> str:
    return opened.actor.locale or opened.actor.locale_seen or i18n.locale()


def _drawn(title: str, page: str, entries: Sequence[Entry]) -> DrawnFeed:
    return DrawnFeed(
        id=links.absolute(request.path),
        own="" if KEY in request.args else links.absolute(request.path),
        page=links.absolute(page),
        title=title,
        updated=max((entry.updated for entry in entries), default=FIRST).isoformat(timespec="seconds"),
        entries=[_drawn_entry(entry) for entry in entries],
    )


def _drawn_entry(entry: Entry) -> DrawnEntry:
    if entry.public_id:
        page = own = links.to_lesson(entry.public_id)
    else:
        # Without the words of its title in the address, which the space may keep out of mails.
        anchor, number = f"post-{entry.number}", page_of(entry.number)
        own = url_for("threads.short", thread_id=entry.thread_id, _anchor=anchor)
        page = url_for("threads.short", thread_id=entry.thread_id, page=number, _anchor=anchor)
    return DrawnEntry(
        id=links.absolute(own),
        page=links.absolute(page),
        title=entry.title,
        words=entry.words,
        updated=entry.updated.isoformat(timespec="seconds"),
        written=entry.written.isoformat(timespec="seconds") if entry.written else "",
        author=entry.author,
        axis=entry.axis,
        axis_name=entry.axis_name,
    )


def _public(feed: DrawnFeed) -> ResponseReturnValue:
    response = caching.for_everybody(render_template("feeds/feed.xml", feed=feed), ATOM)
    response.vary.add("Accept-Language")
    return response


def _personal(opened: Opened, feed: DrawnFeed) -> ResponseReturnValue:
    """For one person: no cache that others use may keep it, and its address goes nowhere from it."""
    response = caching.for_everybody(render_template("feeds/feed.xml", feed=feed), ATOM)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    if opened.used_long_ago:
        key_id = opened.key_id
        transactions.afterwards(lambda: feed_keys.touch(key_id))
    return response
