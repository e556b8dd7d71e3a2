"""Typing an answer and sending it, and what a device and the forum have of it."""

from playwright.sync_api import Page, Response, Route

from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.drafts import Draft
from forum.models.threads import PostRevision

ANSWER = "#answer textarea"
SEND = "#answer .btn--primary"
KEPT = "#answer [data-saved]"
ENTRIES = "() => Object.entries(localStorage).filter(([name]) => name.startsWith('draft:'))"


def write(page: Page, words: str, *, where: str = ANSWER, note: str = KEPT) -> None:
    """Type words, and wait until the server has them."""
    page.fill(where, words)
    page.wait_for_selector(f'{note}[data-state="kept"]:not([hidden])')


def send(page: Page, button: str = SEND) -> None:
    """Press a button, and wait for the page that answers; saving a draft changes the address too."""
    with page.expect_response(sends):
        page.click(button)
    page.wait_for_load_state()


def sends(what: Response | Route) -> bool:
    """Whether this is, or answers, a form on its way."""
    return what.request.method == "POST" and what.request.is_navigation_request()


def entries(page: Page) -> list[list[str]]:
    """The copies on this device, with their names, as whoever is at it can read them."""
    return page.evaluate(ENTRIES)


def wait_for_copy(page: Page, *, gone: bool = False) -> None:
    """Wait until the device has a copy, or none any more."""
    page.wait_for_function(f"{ENTRIES}.length {'===' if gone else '>'} 0")


def no_drafts(page: Page) -> None:
    """Keep the server's answers to drafts away, as a lost network does; the rest arrives."""
    page.route(
        "**/drafts", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )


def drafts(town, who: str) -> list[str]:
    """The texts of somebody's open drafts of answers."""
    with town.app.app_context():
        query = db.select(Draft.fields).join(Member, Member.id == Draft.member_id)
        found = db.session.scalars(query.where(Member.email.startswith(who), Draft.sent_at.is_(None))).all()
        db.session.remove()
    return [fields["body"] for fields in found]


def posts(town, words: str) -> int:
    """How many posts say exactly this."""
    with town.app.app_context():
        query = db.select(db.func.count(PostRevision.id)).where(PostRevision.body == words)
        found = db.session.scalar(query) or 0
        db.session.remove()
    return found


def write_apart(page: Page, kept: str, apart: str) -> None:
    """Type words that the server keeps, and then others in their place that only this device has."""
    write(page, kept)
    no_drafts(page)
    page.fill(ANSWER, apart)
    wait_for_copy(page)
