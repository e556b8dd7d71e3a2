"""Mentions in the forms that write posts: where a text is meant to stand, and who is suggested while it is typed."""

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import EDIT, REPLY, STORY
from forum.domain.threads import mentioning
from forum.infra.paging import LARGEST
from forum.infra.rates import TooOften
from forum.models.spaces import Audience
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("mentions", __name__)


@bp.post("/previews/mentions")
@open_to(members)
def suggest() -> ResponseReturnValue:
    """Answer with a line for each, for the script that fills in a name; nothing where there is nobody."""
    transactions.only_look()
    try:
        people = mentioning.suggest(actor(), request.form.get("typed", ""), destination())
    except TooOften:
        return jsonify(html=""), 429
    return jsonify(html=render_template("previews/mentions.html", people=people))


def destination() -> mentioning.Destination | None:
    """Return where the form of this request writes, by its fields about its draft; None for any other."""
    form, subject_id = request.form.get("draft_form"), request.form.get("draft_subject", 0, type=int)
    if not 0 < subject_id <= LARGEST:
        return None
    if form == REPLY:
        return mentioning.InThread(subject_id)
    if form == EDIT:
        return mentioning.InPost(subject_id)
    level = request.form.get("audience")
    if form == STORY and level in set(Audience):
        return mentioning.InSpace(subject_id, Audience(level))
    return None
