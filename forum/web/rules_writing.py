"""The form of a version of house rules or of the policy, when it is sent."""

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from forum.domain.house_rules import publishing, terms, versions
from forum.infra.i18n import _
from forum.policy.errors import Conflict
from forum.web import careful, draft_slots, previews, rules_pages
from forum.web.forms import errors_on
from forum.web.forms.house_rules import RulesForm
from forum.web.http import transactions
from forum.web.http.current_user import actor
from forum.web.rules_pages import Place


def publish(place: Place) -> ResponseReturnValue:
    """Publish what was typed, or show what it will look like, or leave it; NotFound, Forbidden."""
    publishing.require_writer(actor(), place.space_id)
    form = RulesForm()
    if "leave" in request.form:
        return _left(place, form)
    if previews.is_asked():
        transactions.only_look()
        html, status = previews.of(form)
        return rules_pages.form_page(place, form, preview=html), status
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                today = None if place.space else terms.of_today()
                publishing.publish(
                    actor(), place.space_id, form.text(), seen=form.seen.data or 0, terms=today
                )
                draft_slots.accepted(*place.subject)
                stays = _("Published. The version before stays as it was.")
                flash(stays if form.seen.data else _("Published."), "ok")
                return redirect(place.at("show"), 303)
        except Conflict as error:
            transactions.only_look()
            return rules_pages.beside(place, form, error.reason), 409
    transactions.only_look()
    return rules_pages.form_page(place, form), 422


def _left(place: Place, form: RulesForm) -> ResponseReturnValue:
    now = versions.current(place.space_id)
    is_changed = form.text().body != (now.body if now else "") or bool(form.changed.data)
    left: dict[str, Any] = draft_slots.leave(*place.subject, is_changed=is_changed)
    return redirect(place.at("show", **left), 303)
