"""Stop the letters from a link in one of them: without signing in, at once, and never by a GET."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from forum.domain.digests import subscriptions
from forum.domain.people import mail_links
from forum.models.subscriptions import Frequency
from forum.policy.errors import NotFound
from forum.web.http.access import anyone, open_to
from forum.web.http.origins import by_link_alone

bp = Blueprint("unsubscribe", __name__)


@bp.get("/unsubscribe/<token>")
@open_to(anyone)
def show(token: str) -> ResponseReturnValue:
    """Show a page with a button. Mail scanners follow links, so a GET changes nothing."""
    choice = subscriptions.choice_of(_member_id(token))
    stopped = choice is not None and choice.frequency == Frequency.NEVER
    return render_template("unsubscribe/show.html", token=token, stopped=stopped)


@bp.post("/unsubscribe/<token>")
@open_to(anyone)
@by_link_alone  # mail clients press this button themselves (RFC 8058)
def stop(token: str) -> ResponseReturnValue:
    """Stop at once. The answer is a page, not a redirect: mail clients do not follow one."""
    subscriptions.stop(_member_id(token))
    return render_template("unsubscribe/done.html")


def _member_id(token: str) -> int:
    member_id = mail_links.unsubscribing_member(token)
    if member_id is None:
        raise NotFound
    return member_id
