"""All threads that the reader may see, across spaces, with filters whose address can be kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import of_thread
from forum.domain.themes import labels
from forum.domain.threads import latest_words, overview
from forum.domain.threads.lists import ThreadCard
from forum.domain.threads.overview import Choice, Counts
from forum.domain.threads.overview_queries import MOST
from forum.infra import i18n
from forum.models.themes import NO_AXIS
from forum.web import tags
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer

bp = Blueprint("overview", __name__)
NAMES: Mapping[str, Mapping[Any, Any]] = {
    "need": labels.NEEDS,
    "axis": {**labels.AXES, NO_AXIS: i18n.lazy("No theme yet")},
}
SHOWN = 6  # values of a long kind that stand open
MOST_TAGS = 10  # those of most threads; what is chosen stands first
WEEK, MONTH = timedelta(days=7), timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Filter:
    """One value of a kind: its link chooses it, or where it is chosen takes it away; none where nothing is left."""

    code: str
    text: str
    href: str | None
    current: bool
    count: str


@bp.get("/threads")
@open_to(anyone)
def index() -> ResponseReturnValue:
    if elsewhere := tags.address_of_today():
        return elsewhere
    who, cursor = viewer(), request.args.get("after")
    choice = Choice.of(request.args.getlist, signed_in=who is not None)
    page = overview.page(who, choice, of_thread.has_lesson, cursor=cursor)
    ids = [card.id for card in page.rows]
    counts = overview.counts(who, choice, of_thread.has_lesson)
    chosen = [
        Filter(value, _text(kind, value, counts), _address(choice.toggled(kind, value)), True, "")
        for kind, values in choice.values.items()
        for value in values
        if kind != "state"
    ]
    return render_template(
        "overview/index.html",
        page=page,
        lessons=of_thread.titles(who, ids),
        latest=latest_words.of_threads(who, ids),
        city_name=labels.city_name,
        age_of=_age,
        total=counts.total,
        may_be_more="" in counts.at_least,
        state=choice.state[0] if choice.state else "",
        tabs_of=_tabs(choice, counts, signed_in=who is not None),
        filters={kind: _filters(kind, choice, counts) for kind in ("need", "axis", "space", "city")},
        tags=_filters("tag", choice, counts)[:MOST_TAGS],
        chooses_themes=NO_AXIS in choice.axis or (who is not None and who.moderates),
        voices=_few("voices", ("", "field"), choice, counts),
        made=_few("lesson", ("with", "without"), choice, counts),
        chosen=chosen,
        shown=SHOWN,
        here=_address(choice),
        none=_address(Choice(state=choice.state)),
        none_at_all=_address(Choice()),
        loosest=_loosest(choice, counts) if not page.rows else None,
        older=_address(choice, after=page.next_cursor) if page.next_cursor else None,
        newer=_address(choice) if cursor else None,
    )


def _address(choice: Choice, **more: Any) -> str:
    parameters: dict[str, Any] = {**choice.values, **more}
    return url_for("overview.index", **parameters)


def _count(kind: str, value: str, counts: Counts) -> str:
    number = counts.by[kind][value]
    return f"{number}+" if kind in counts.at_least else str(number)


def _filter(kind: str, value: str, choice: Choice, counts: Counts) -> Filter:
    chosen: tuple[str, ...] = getattr(choice, kind)
    current = value in chosen if value else not chosen
    to = choice.toggled(kind, value) if value else choice.without(kind)
    href = _address(to) if current or counts.by[kind][value] else None
    return Filter(value, _text(kind, value, counts), href, current, _count(kind, value, counts))


def _text(kind: str, value: str, counts: Counts) -> str:
    if kind in NAMES:
        return str(NAMES[kind][value])
    if kind == "city":
        return labels.city_name(value)
    if kind == "space":
        return counts.spaces.get(value, value)
    if kind == "tag":
        return counts.tags.get(value, value)
    return value


def _filters(kind: str, choice: Choice, counts: Counts) -> list[Filter]:
    """The values of a kind: the fixed ones in their order, spaces and cities by how many they leave."""
    if kind in NAMES:
        return [_filter(kind, str(value), choice, counts) for value in NAMES[kind]]
    found = {*counts.by[kind], *getattr(choice, kind)}
    each = [_filter(kind, value, choice, counts) for value in found]
    return sorted(each, key=lambda one: (not one.current, -counts.by[kind][one.code], one.text))


def _few(kind: str, values: tuple[str, ...], choice: Choice, counts: Counts) -> list[Filter]:
    return [_filter(kind, value, choice, counts) for value in values]


def _tabs(choice: Choice, counts: Counts, *, signed_in: bool) -> list[Filter]:
    """Which threads at all: a tab that is open stays as it is."""
    states = ("", "mine", "unread", "unanswered", "followed") if signed_in else ("", "unanswered")
    chosen, anywhere = choice.state[0] if choice.state else "", choice.without("state")
    return [
        Filter(
            state,
            "",
            _address(anywhere.toggled("state", state) if state else anywhere),
            state == chosen,
            _count("state", state, counts),
        )
        for state in states
    ]


def _loosest(choice: Choice, counts: Counts) -> Filter | None:
    """Of the chosen filters the one without which most threads are left."""
    kinds = [kind for kind in choice.values if kind != "state"]
    kind = max(kinds, key=lambda each: counts.without[each], default=None)
    if kind is None or not counts.without[kind]:
        return None
    value = getattr(choice, kind)[0]
    left = f"{MOST}+" if counts.without[kind] > MOST else str(counts.without[kind])
    return Filter(kind, _text(kind, value, counts), _address(choice.without(kind)), True, left)


def _age(card: ThreadCard) -> str:
    """Under which heading of the list a thread stands, by the day of its last post."""
    days = i18n.present_day() - i18n.local_day(card.last_post_at)
    if days < timedelta(days=2):
        return "yesterday" if days else "today"
    return "week" if days < WEEK else "month" if days < MONTH else "longer"
