"""The directory of spaces, and one space with its threads."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import library
from forum.domain.spaces import memberships, spaces
from forum.domain.threads import lists as thread_lists
from forum.models.spaces import Role, SpaceKind
from forum.web.http import list_filters
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer

bp = Blueprint("spaces", __name__)
OPEN_STORIES = 3


@bp.get("/spaces")
@open_to(anyone)
def index() -> ResponseReturnValue:
    cards = spaces.directory(viewer())
    kinds = [("mine", [card for card in cards if card.role])]
    kinds += [
        (kind.value, [card for card in cards if card.kind == kind and not card.role]) for kind in SpaceKind
    ]
    return render_template("spaces/index.html", kinds=[(kind, rows) for kind, rows in kinds if rows])


@bp.get("/spaces/<slug>")
@open_to(anyone)
def show(slug: str) -> ResponseReturnValue:
    who, cursor = viewer(), request.args.get("after")
    selected: dict[str, Any] = list_filters.chosen()
    space = spaces.by_slug(who, slug)
    page = thread_lists.latest(who, space_id=space.id, cursor=cursor, **selected)
    is_first_page = not selected and not cursor
    waiting = thread_lists.unanswered(who, OPEN_STORIES, space_id=space.id) if is_first_page else []
    shown = {card.id for card in waiting}
    role = who.roles.get(space.id) if who else None
    return render_template(
        "spaces/show.html",
        space=space,
        role=role,
        moderates=role == Role.MODERATOR,
        waiting=waiting,
        threads=[card for card in page.rows if card.id not in shown],
        cities=sorted({city for card in page.rows for city in card.cities}),
        older=url_for(".show", slug=slug, after=page.next_cursor, **selected) if page.next_cursor else None,
        newer=url_for(".show", slug=slug, **selected) if cursor else None,
        wanted=selected,
        lessons=library.from_space(who, space.id, 3),
        moderators=memberships.moderators(who, space.id) if role else [],
        filters=list_filters,
    )
