"""The editorial policy of the network: read by everybody, in every version; written by its editors."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from forum.web import draft_slots, rules_pages, rules_writing
from forum.web.http.access import anyone, members, open_to
from forum.web.rules_pages import Place

bp = Blueprint("policy", __name__)
NETWORK = Place(None)


@bp.get("/policy")
@open_to(anyone)
def show() -> ResponseReturnValue:
    return rules_pages.show(NETWORK)


@bp.get("/policy/<int:version>")
@open_to(anyone)
def version(version: int) -> ResponseReturnValue:
    return rules_pages.show(NETWORK, version)


@bp.get("/policy/<int:version>/changes")
@open_to(anyone)
def changes(version: int) -> ResponseReturnValue:
    return rules_pages.changes(NETWORK, version)


@bp.get("/policy/versions/new")
@open_to(members)
def write() -> ResponseReturnValue:
    return rules_pages.write(NETWORK)


@bp.post("/policy/versions")
@open_to(members)
@draft_slots.kept_when_refused
def publish() -> ResponseReturnValue:
    return rules_writing.publish(NETWORK)
