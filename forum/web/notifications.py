"""Lines on the home page that wait to be read."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from forum.domain import notifications
from forum.web.guards import members, open_to
from forum.web.links import own_path
from forum.web.viewer import viewer

bp = Blueprint("notifications", __name__)


@bp.post("/notifications/<int:notification_id>/reading")
@open_to(members)
def read(notification_id: int) -> Any:
    """Take the line away and go where it points."""
    notifications.mark_read(viewer(), notification_id)
    return redirect(own_path(request.form.get("next")) or url_for("home.index"), 303)
