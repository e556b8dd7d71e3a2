"""The directory of spaces, and one space with its threads."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import library
from forum.domain.spaces import guests, join_requests, memberships, spaces, waiting_capacities
from forum.domain.threads import followed, space_activity
from forum.domain.threads import lists as thread_lists
from forum.infra import clock, days, i18n, workdays
from forum.models.spaces import Role, SpaceKind
from forum.web import tags
from forum.web.http import list_filters, unread
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer

bp = Blueprint("spaces", __name__)
OPEN_STORIES = 3
ANSWERED_WITHIN = 2  # working days


@bp.get("/spaces")
@open_to(anyone)
def index() -> ResponseReturnValue:
    who = viewer()
    cards = spaces.directory(who)
    cities = [card for card in cards if card.kind == SpaceKind.CITY]
    shared = space_activity.shared(who)
    months, lit = _who_shared(cities, shared)
    return render_template(
        "spaces/index.html",
        mine=[card for card in cards if card.role],
        network=[card for card in cards if card.kind == SpaceKind.NETWORK and not card.role],
        groups=[card for card in cards if card.kind == SpaceKind.GROUP and not card.role],
        cities=cities,
        shared=shared,
        news=space_activity.news(who) if who and who.roles else {},
        requested=join_requests.requested_spaces(who) if who else set(),
        lit=lit,
        months=months,
        reads_network=who is not None and who.is_full,
        most_waiting=space_activity.MOST_WAITING,
    )


def _who_shared(cities: list[spaces.SpaceCard], shared: dict[int, datetime]) -> tuple[int, list[str]]:
    """The cities that shared something this month; when it is quiet, in three months, this one included."""
    first = i18n.local_day(clock.now()).replace(day=1)
    for months in (1, 3):
        lit = [
            card.city
            for card in cities
            if card.city and card.id in shared and i18n.local_day(shared[card.id]) >= first
        ]
        if lit:
            return months, lit
        first = _month_before(_month_before(first))
    return 0, []


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


@bp.get("/spaces/<slug>")
@open_to(anyone)
def show(slug: str) -> ResponseReturnValue:
    who, cursor = viewer(), request.args.get("after")
    selected: dict[str, Any] = list_filters.chosen()
    space = spaces.by_slug(who, slug)
    if elsewhere := tags.address_of_today():
        return elsewhere
    page = thread_lists.latest(who, space_id=space.id, cursor=cursor, **selected)
    is_first_page = not selected and not cursor
    waiting = thread_lists.unanswered(who, OPEN_STORIES, space_id=space.id) if is_first_page else []
    shown = {card.id for card in waiting}
    role = who.roles.get(space.id) if who else None
    told = followed.of_space(who, space.id) if who and who.approved_at else None
    if told and told.has_notices:
        unread.opened(
            "role_given", "role_taken", "role_ends", "role_over", "join_answered", space_id=space.id
        )
    moderates = who is not None and role == Role.MODERATOR
    return render_template(
        "spaces/show.html",
        space=space,
        role=role,
        moderates=moderates,
        guest_until=guests.own_last_day(who, space.id) if who and role == Role.GUEST else None,
        unconfirmed=waiting_capacities.count_of_space(who, space.id) if who and moderates else 0,
        waiting=waiting,
        workdays_of=_workdays_waited,
        target=ANSWERED_WITHIN,
        threads=[card for card in page.rows if card.id not in shown],
        cities=sorted({city for card in page.rows for city in card.cities}),
        older=url_for(".show", slug=slug, after=page.next_cursor, **selected) if page.next_cursor else None,
        newer=url_for(".show", slug=slug, **selected) if cursor else None,
        wanted=selected,
        lessons=library.from_space(who, space.id, 3),
        level=told.shown_level if told else None,
        moderators=memberships.moderators(who, space.id) if role else [],
        filters=list_filters,
    )


def _workdays_waited(card: thread_lists.ThreadCard) -> int:
    """How many working days a story waits: the same number for everybody, so by the zone of the forum."""
    return workdays.passed(days.day_of(card.created_at), days.today())
