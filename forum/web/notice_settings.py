"""The page on which a member chooses what reaches their mailbox at once, in the digest or not at all, and when."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.digests import link_changes, subscriptions
from forum.domain.inbox import own_stops
from forum.domain.mailing import notice_choices, quiet_times
from forum.domain.mailing.kinds import KINDS
from forum.domain.mailing.stops import Stop
from forum.infra.i18n import _
from forum.models.subscriptions import Delivery, Frequency
from forum.web.forms import errors_on
from forum.web.forms.notices import NOT_QUIET, USUAL, notices_form
from forum.web.http import unread
from forum.web.http.access import open_to, signed_in
from forum.web.http.current_user import actor

bp = Blueprint("notice_settings", __name__)


@bp.get("/settings/notifications")
@open_to(signed_in)
def show() -> ResponseReturnValue:
    unread.opened(link_changes.KIND)
    choices = notice_choices.chosen(actor().id)
    quiet = quiet_times.chosen(actor().id)
    from_hour, until_hour = map(str, quiet) if quiet else (NOT_QUIET, NOT_QUIET)
    offered = own_stops.offered(actor())
    chosen = {
        f"stop_{stop.name}": notice_choices.delivery(choices, stop.name, USUAL[stop.name]).value
        for stop in offered
    }
    hours = {"from_hour": from_hour, "until_hour": until_hour}
    return _page(notices_form(offered, formdata=None, **hours, **chosen), offered)


@bp.post("/settings/notifications")
@open_to(signed_in)
def save() -> ResponseReturnValue:
    offered = own_stops.offered(actor())
    form = notices_form(offered)
    if form.validate():
        with errors_on(form):
            choices = {stop.name: Delivery(form[f"stop_{stop.name}"].data) for stop in offered}
            stops_all = set(choices.values()) == {Delivery.NOTHING}
            others = own_stops.others(actor().id, choices, stops_all=stops_all)
            notice_choices.choose_all(actor().id, choices | others)
            quiet_times.choose(actor().id, form.hours())
            flash(_confirmation(), "ok")
            return redirect(url_for(".show"), 303)
    return _page(form, offered), 422


@bp.post("/settings/notifications/as-before")
@open_to(signed_in)
def take_back() -> ResponseReturnValue:
    """Take back what somebody changed who had one of their mails."""
    if link_changes.take_back(actor()):
        flash(_("You get the same by e-mail as before."), "ok")
    return redirect(url_for(".show"), 303)


def _confirmation() -> str:
    waiting = _("It counts from now on, also for e-mails that were still waiting.")
    return " ".join((_("Your choice is saved."), waiting))


def _page(form: Any, offered: Iterable[Stop]) -> str:
    fields = [form[f"stop_{stop.name}"] for stop in offered]
    digest = subscriptions.choice_of(actor().id)
    return render_template(
        "settings/notifications.html",
        form=form,
        fields=fields,
        changed=link_changes.latest(actor()),
        always=[one for one in KINDS.values() if one.stop is None and one.default != Delivery.NOTHING],
        has_digest=digest is not None and digest.frequency != Frequency.NEVER,
    )
