"""A preview of a text before it is posted: for a form that was sent by its button, and for the script of the tabs."""

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.threads import previews
from forum.infra import text
from forum.infra.i18n import _
from forum.infra.rates import TooOften
from forum.policy.errors import Invalid
from forum.web import careful, mentions
from forum.web.forms import attach
from forum.web.http import transactions, waiting
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("previews", __name__)


@bp.post("/previews")
@open_to(members)
def show() -> ResponseReturnValue:
    transactions.only_look()
    try:
        html = previews.preview(actor(), request.form.get("body", ""), mentions.destination())
    except (Invalid, TooOften) as error:
        message, status = _reason(error)
        return jsonify(error=message), status
    title = text.one_line(request.form.get("title", ""))
    people = careful.found_in(title=title, body=request.form.get("body", ""))
    return jsonify(html=render_template("previews/show.html", title=title, html=html, people=people))


def is_asked() -> bool:
    """Return whether the form was sent by the button that asks for a preview, so that nothing may be posted."""
    return "preview" in request.form


def of(form: Any) -> tuple[Any, int]:
    """Return what the body of a form will look like and the status of its page; None with the reason at the field."""
    try:
        html = previews.preview(actor(), form.body.data or "", mentions.destination())
        careful.look(form)
        return html, 200
    except (Invalid, TooOften) as error:
        message, status = _reason(error)
        attach(form, Invalid("body", message))
        return None, status


def _reason(error: Invalid | TooOften) -> tuple[str, int]:
    if isinstance(error, Invalid):
        return error.message, 422
    # Not within an f-string, where no collector of words finds it.
    refusal, wait = _("You asked for too many previews in a short time."), waiting.in_words(error.retry_after)
    return f"{refusal} {wait}", 429
