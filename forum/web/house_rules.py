"""House rules of a space: read by whoever sees it, in every version; written by its moderators; accepted."""

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from forum.domain.house_rules import acceptance
from forum.domain.spaces import spaces
from forum.infra.i18n import _
from forum.web import draft_slots, rules_pages, rules_writing
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("house_rules", __name__)


@bp.get("/spaces/<slug>/rules")
@open_to(anyone)
def show(slug: str) -> ResponseReturnValue:
    return rules_pages.show(rules_pages.of_space(slug))


@bp.get("/spaces/<slug>/rules/<int:version>")
@open_to(anyone)
def version(slug: str, version: int) -> ResponseReturnValue:
    return rules_pages.show(rules_pages.of_space(slug), version)


@bp.get("/spaces/<slug>/rules/<int:version>/changes")
@open_to(anyone)
def changes(slug: str, version: int) -> ResponseReturnValue:
    return rules_pages.changes(rules_pages.of_space(slug), version)


@bp.get("/spaces/<slug>/rules/versions/new")
@open_to(members)
def write(slug: str) -> ResponseReturnValue:
    return rules_pages.write(rules_pages.of_space(slug))


@bp.post("/spaces/<slug>/rules/versions")
@open_to(members)
@draft_slots.kept_when_refused
def publish(slug: str) -> ResponseReturnValue:
    return rules_writing.publish(rules_pages.of_space(slug))


@bp.post("/spaces/<slug>/rules/<int:version>/acceptance")
@open_to(members)
def accept(slug: str, version: int) -> ResponseReturnValue:
    place = rules_pages.of_space(slug)
    is_first = acceptance.accept(actor(), spaces.by_slug(actor(), slug).id, version)
    flash(_("You accepted the house rules.") if is_first else _("You read what changed."), "ok")
    return redirect(place.at("show"), 303)
