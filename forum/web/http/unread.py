"""What the viewer was told and has not read: counted for every page, and read by opening what it is about."""

from flask import g

from forum.domain.mailing import unread_notices
from forum.domain.mailing.unread_notices import Unread
from forum.web.http import current_user, transactions
from forum.web.http.current_user import has_unread, viewer


def of_viewer() -> Unread:
    """Return how many notifications the viewer has not read.

    A page knows it since it looked up who is signed in; an answer to a form asks, once, and only if there may be any.
    """
    who = viewer()
    if who is None or not has_unread():
        return Unread()
    if "unread" not in g:
        counted = current_user.unread()
        g.unread = counted if counted is not None else unread_notices.count(who)
    found: Unread = g.unread
    return found


def opened(*kinds: str, space_id: int | None = None) -> None:
    """Read what the viewer was told of these kinds, once they look at this page: it is where those lead."""
    who = viewer()
    if who is not None and has_unread(kinds):
        transactions.afterwards(lambda: unread_notices.read_kinds(who, kinds, space_id=space_id))


def opened_post(kind: str, post_id: int) -> None:
    """Read what the viewer was told of this kind about a post, once they look at the page where that leads."""
    who = viewer()
    if who is not None and has_unread((kind,)):
        transactions.afterwards(lambda: unread_notices.read_of_post(who, kind, post_id))


def opened_lesson(lesson_id: int) -> None:
    """Read what the viewer was told of a lesson that they open on the workbench."""
    who = viewer()
    if who is not None and has_unread():
        transactions.afterwards(lambda: unread_notices.read_lesson(who, lesson_id))
