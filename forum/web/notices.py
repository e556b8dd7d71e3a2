"""What a member was told: the page with all of it, and marking it read."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.inbox import notices
from forum.domain.inbox.notices import Tab
from forum.domain.mailing import unread_notices
from forum.domain.threads import followed
from forum.infra import clock
from forum.infra.i18n import _
from forum.web import notice_links
from forum.web.http import unread
from forum.web.http.access import open_to, signed_in
from forum.web.http.current_user import actor

bp = Blueprint("notices", __name__)


@bp.get("/notifications")
@open_to(signed_in)
def index() -> ResponseReturnValue:
    """Show what the member was told. That reads nothing: opening what it is about does."""
    who, cursor = actor(), request.args.get("after")
    tab = _tab()
    page = notices.page(who, tab, cursor=cursor)
    here: dict[str, Any] = {"show": tab.value if tab != Tab.ALL else None}
    return render_template(
        "notices/index.html",
        tab=tab,
        groups=page.rows,
        unread=unread.of_viewer(),
        until=clock.now().isoformat(),
        to=notice_links.to,
        follows=followed.count_threads(who) if who.approved_at else 0,
        older=url_for(".index", after=page.next_cursor, **here) if page.next_cursor else None,
        newer=url_for(".index", **here) if cursor else None,
    )


@bp.post("/notifications/reading")
@open_to(signed_in)
def read_all() -> ResponseReturnValue:
    """Mark read what stood there when the page was drawn."""
    unread_notices.read_all(actor(), until=_until())
    flash(_("All your notifications are marked as read."), "ok")
    return redirect(url_for(".index"), 303)


def _tab() -> Tab:
    chosen = request.args.get("show")
    return Tab(chosen) if chosen in set(Tab) else Tab.ALL


def _until() -> datetime:
    """The moment that the page carried; now for one that is not ours."""
    try:
        written = datetime.fromisoformat(request.form.get("until", ""))
        # At the edge of the calendar there is a moment that is none in another time zone.
        return min(written.astimezone(UTC), clock.now()) if written.tzinfo is not None else clock.now()
    except (ValueError, OverflowError):
        return clock.now()
