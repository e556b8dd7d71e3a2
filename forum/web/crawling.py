"""For search engines: where they need not go, and which addresses there are that anybody may open."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.cahiers import page as cahiers
from forum.domain.syndication import sitemap
from forum.domain.syndication.sitemap import Place
from forum.domain.themes.labels import AXES
from forum.infra import rates
from forum.web.accounts import address
from forum.web.http import caching, links
from forum.web.http.access import anyone, open_to

bp = Blueprint("crawling", __name__)
# Where a visitor is only asked to sign in or to act, and lists, each narrowed in more ways than anybody should fetch.
CLOSED = (
    "/accounts/confirm/", "/accounts/reset/", "/admin/", "/bookmarks", "/consents", "/drafts", "/feeds/spaces/",
    "/feeds/threads.atom", "/hand-over",
    "/invitations/", "/lessons?", "/mailbox", "/members/", "/notifications", "/people", "/posts/", "/search",
    "/settings/",
    "/spaces/*/", "/spaces/*?", "/tags", "/threads?", "/unknowns?", "/unsubscribe/", "/workbench",
)  # fmt: skip
ALONE = (
    "home.index", "lessons.index", "coverage.show", "unknowns.index", "cahiers.index",
    "overview.index", "spaces.index", "statements.help_page",
    "statements.accessibility", "statements.privacy",
)  # fmt: skip
LIMIT = "120 per minute"


@bp.get("/robots.txt")
@open_to(anyone)
def robots() -> ResponseReturnValue:
    """Say where nobody should go who only wants to find things: what is closed, and lists narrowed in many ways."""
    there = links.absolute(url_for(".sitemaps"))
    page = render_template("crawling/robots.txt", closed=CLOSED, sitemap=there)
    return caching.for_everybody(page, "text/plain")


@bp.get("/sitemap.xml")
@open_to(anyone)
def sitemaps() -> ResponseReturnValue:
    """Return the index of all files with addresses."""
    rates.spend("sitemap", rates.place(address()), limit=LIMIT)
    files = [url_for(".pages")]
    files += [
        url_for(".urls", kind=kind, part=part) for kind in sitemap.KINDS for part in sitemap.files(kind)
    ]
    return _xml("crawling/index.xml", [links.absolute(path) for path in files])


@bp.get("/sitemaps/pages.xml")
@open_to(anyone)
def pages() -> ResponseReturnValue:
    """Return the pages that there always are, and the cahiers that anybody may read."""
    paths = [url_for(endpoint) for endpoint in ALONE] + [url_for("axes.show", axis=axis) for axis in AXES]
    paths += [url_for("cahiers.show", cahier_slug=slug) for slug in cahiers.public_slugs()]
    return _xml("crawling/urls.xml", [(links.absolute(path), None) for path in paths])


@bp.get("/sitemaps/<any(lessons, threads, spaces):kind>-<int:part>.xml")
@open_to(anyone)
def urls(kind: str, part: int) -> ResponseReturnValue:
    """Return one file of lessons, threads or spaces."""
    rates.spend("sitemap", rates.place(address()), limit=LIMIT)
    return _xml("crawling/urls.xml", [_listed(kind, place) for place in sitemap.places(kind, part)])


def _listed(kind: str, place: Place) -> tuple[str, date | None]:
    if kind == "lessons":
        path = url_for("lessons.show", public_id=place.name)
    elif kind == "threads":
        path = url_for("threads.show", thread_id=place.id, slug=place.name)
    else:
        path = url_for("spaces.show", slug=place.name)
    return links.absolute(path), place.changed


def _xml(template: str, addresses: Sequence[str | tuple[str, date | None]]) -> ResponseReturnValue:
    return caching.for_everybody(render_template(template, addresses=addresses), "application/xml")
