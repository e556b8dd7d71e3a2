"""The directory of spaces, and one space with its threads."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import library
from forum.domain.moderation import pinning
from forum.domain.spaces import join_requests, memberships, spaces, visits
from forum.domain.themes.labels import AXES, NEEDS
from forum.domain.threads import archived, space_activity, space_page
from forum.domain.threads import lists as thread_lists
from forum.domain.threads.space_page import SpaceForReader
from forum.infra import clock, days, i18n, workdays
from forum.models.spaces import Role, SpaceKind
from forum.policy.actors import Actor
from forum.web import tags
from forum.web.http import list_filters, transactions, unread
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_delete
from forum.web.http.list_filters import Filter

bp = Blueprint("spaces", __name__)
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
    opened = space_page.by_slug(who, slug)
    space = opened.space
    if elsewhere := tags.address_of_today():
        return elsewhere
    role = who.roles.get(space.id) if who else None
    missed = None if selected or cursor else opened.missed
    if selected or cursor:
        page = thread_lists.latest(who, space_id=space.id, cursor=cursor, **selected)
        threads = space_page.FirstThreads(others=page.rows, next_cursor=page.next_cursor)
    else:
        threads = space_page.first_threads(who, space.id, since=missed.since if missed else None)
    if who:
        _note_opening(who, opened)
    cards = [*threads.waiting, *threads.missed, *threads.others]
    after, address = threads.next_cursor, partial(url_for, ".show", slug=slug)
    filters = _filters(selected, address)
    return render_template(
        "spaces/show.html",
        space=space,
        role=role,
        moderates=role == Role.MODERATOR,
        guest_until=opened.guest_until,
        unconfirmed=opened.unconfirmed,
        missed=missed,
        welcomed=opened.is_welcomed and not (selected or cursor),
        threads=threads,
        **_around_threads(who, opened, is_first=not (selected or cursor)),
        notes=opened.notes,
        welcome=opened.welcome,
        workdays_of=_workdays_waited,
        target=ANSWERED_WITHIN,
        cities=sorted({city for card in cards for city in card.cities}),
        older=address(**selected, after=after) if after else None,
        newer=address(**selected) if cursor else None,
        chosen=list_filters.of_choice(filters),
        filters=filters,
        here=address(**selected),
        lessons=library.from_space(who, space.id, 3),
        level=opened.told.shown_level if opened.told else None,
        rules_changed=opened.rules_changed,
        moderators=memberships.moderators(who, space.id) if role else [],
    )


def _around_threads(who: Actor | None, opened: SpaceForReader, *, is_first: bool) -> dict[str, Any]:
    """What stands above and below the first page of threads: those that are pinned, and how many are archived."""
    return {
        "pinned": pinning.of_space(who, opened.space.id) if is_first else [],
        "archived": opened.archived if is_first else 0,
        "most_archived": archived.MOST_COUNTED,
    }


@bp.post("/spaces/<slug>/welcome")
@form_delete()
@open_to(members)
def put_welcome_away(slug: str) -> ResponseReturnValue:
    visits.put_welcome_away(actor(), spaces.by_slug(actor(), slug).id)
    return redirect(url_for(".show", slug=slug), 303)


def _filters(selected: dict[str, Any], address: Callable[..., str]) -> dict[str, list[Filter]]:
    """The filters of a space; a tag stands among them once it is chosen."""
    names: dict[str, Mapping[Any, Any]] = {
        "need": NEEDS,
        "axis": AXES,
        "tag": {selected["tag"]: selected["tag"]} if "tag" in selected else {},
    }
    return {kind: list_filters.of_kind(kind, names[kind], selected, address) for kind in names}


def _note_opening(who: Actor, opened: space_page.SpaceForReader) -> None:
    """After the page: that its reader was here, and that they read what it answers."""
    space_id, seen_at = opened.space.id, opened.seen_at
    if opened.visit_due:
        transactions.afterwards(lambda: visits.note(who, space_id, seen_at=seen_at))
    if opened.told and opened.told.has_notices:
        kinds = ("role_given", "role_taken", "role_ends", "role_over", "join_answered")
        unread.opened(*kinds, space_id=space_id)


def _workdays_waited(card: thread_lists.ThreadCard) -> int:
    """How many working days a story waits: the same number for everybody, so by the zone of the forum."""
    return workdays.passed(days.day_of(card.created_at), days.today())
