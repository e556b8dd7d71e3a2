"""All threads that the reader may see, across spaces, with filters whose address can be kept."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import of_thread
from forum.domain.themes import labels
from forum.domain.threads import latest_words, overview
from forum.domain.threads.lists import ThreadCard
from forum.domain.threads.overview import Choice, ThreadCounts
from forum.domain.threads.overview_queries import MOST
from forum.infra import i18n
from forum.models.themes import NO_AXIS
from forum.web import tags
from forum.web.http import list_filters
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.http.list_filters import Filter, with_values

bp = Blueprint("overview", __name__)
NAMES: Mapping[str, Mapping[Any, Any]] = {
    "need": labels.NEEDS,
    "axis": {**labels.AXES, NO_AXIS: i18n.lazy("No theme yet")},
    "voices": {"": i18n.lazy("Everybody"), "field": i18n.lazy("Field workers only")},
    "lesson": {"with": i18n.lazy("With a lesson"), "without": i18n.lazy("No lesson yet")},
}
SHOWN = 6  # values of a long kind that stand open
MOST_TAGS = 10  # those of most threads; what is chosen stands first
WEEK, MONTH = timedelta(days=7), timedelta(days=31)


@bp.get("/threads")
@open_to(anyone)
def index() -> ResponseReturnValue:
    if elsewhere := tags.address_of_today():
        return elsewhere
    who, cursor = viewer(), request.args.get("after")
    choice = Choice.of(request.args.getlist, signed_in=who is not None)
    page = overview.page(who, choice, of_thread, cursor=cursor)
    counts = overview.counts(who, choice, of_thread)
    ids = [card.id for card in page.rows]
    chosen = [
        Filter(value, _text(kind, value, counts), _address(choice.toggled(kind, value)), True, "")
        for kind, values in choice.values.items()
        for value in values
        if kind != "state"
    ]
    return render_template(
        "overview/index.html",
        page=page,
        # Asked for the whole page or not at all: another number of threads is another statement to plan.
        lessons={} if counts.without_lesson.issuperset(ids) else of_thread.titles(who, ids),
        latest=latest_words.of_threads(who, ids) if any(card.reply_count for card in page.rows) else {},
        city_name=labels.city_name,
        age_of=_age,
        total=counts.total,
        may_be_more="" in counts.at_least,
        state=choice.state[0] if choice.state else "",
        tabs_of=_tabs(choice, counts, signed_in=who is not None),
        filters={kind: _filters(kind, choice, counts) for kind in ("need", "axis", "space", "city")},
        tags=_filters("tag", choice, counts)[:MOST_TAGS],
        chooses_themes=NO_AXIS in choice.axis or (who is not None and who.moderates),
        voices=_filters("voices", choice, counts),
        made=_filters("lesson", choice, counts),
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


def _count(kind: str, value: str, counts: ThreadCounts) -> str:
    number = counts.by[kind][value]
    return f"{number}+" if kind in counts.at_least else str(number)


def _text(kind: str, value: str, counts: ThreadCounts) -> str:
    if kind in NAMES:
        return str(NAMES[kind][value])
    if kind == "city":
        return labels.city_name(value)
    if kind == "space":
        return counts.spaces.get(value, value)
    if kind == "tag":
        return counts.tags.get(value, value)
    return value


def _filters(kind: str, choice: Choice, counts: ThreadCounts) -> list[Filter]:
    """The values of a kind: the fixed ones in their order, spaces and cities by how many they leave."""
    values = map(str, NAMES[kind]) if kind in NAMES else {*counts.by[kind], *getattr(choice, kind)}
    texts = {value: _text(kind, value, counts) for value in values}
    each = list_filters.of_several(kind, texts, choice, counts, _address(choice.without(kind)))
    return each if kind in NAMES else list_filters.most_first(each, counts.by[kind])


def _tabs(choice: Choice, counts: ThreadCounts, *, signed_in: bool) -> list[Filter]:
    """Which threads at all: a tab that is open stays as it is."""
    states = ("", "mine", "unread", "unanswered", "followed") if signed_in else ("", "unanswered")
    chosen, anywhere = choice.state[0] if choice.state else "", _address(choice.without("state"))
    return [
        Filter(
            state,
            "",
            with_values(anywhere, "state", (state,) if state else ()),
            state == chosen,
            _count("state", state, counts),
        )
        for state in states
    ]


def _loosest(choice: Choice, counts: ThreadCounts) -> Filter | None:
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
