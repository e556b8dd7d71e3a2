"""All threads that the reader may see, across spaces, with filters whose address can be kept."""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.lessons import of_thread
from forum.domain.themes import labels
from forum.domain.threads import overview, overview_counts
from forum.domain.threads.lists import ThreadCard
from forum.domain.threads.overview import Choice
from forum.domain.threads.overview_counts import MOST, ThreadCounts
from forum.infra import i18n
from forum.models.themes import NO_AXIS
from forum.web import tags
from forum.web.http import list_filters
from forum.web.http.access import anyone, open_to
from forum.web.http.current_user import viewer
from forum.web.http.list_filters import Filter, with_values
from forum.web.thread_filters import ThreadFilters, address_of, text_of

bp = Blueprint("overview", __name__)
WEEK, MONTH = timedelta(days=7), timedelta(days=31)


@bp.get("/threads")
@open_to(anyone)
def index() -> ResponseReturnValue:
    if elsewhere := tags.address_of_today():
        return elsewhere
    who, cursor = viewer(), request.args.get("after")
    choice = Choice.of(request.args.getlist, signed_in=who is not None)
    page = overview.page(who, choice, of_thread, cursor=cursor)
    counts = overview_counts.of(who, choice, of_thread)
    ids = [card.id for card in page.rows]
    chosen = [
        Filter(value, text_of(kind, value, counts), address_of(choice.toggled(kind, value)), True, "")
        for kind, values in choice.values.items()
        for value in values
        if kind != "state"
    ]
    return render_template(
        "overview/index.html",
        page=page,
        # Asked for the whole page or not at all: another number of threads is another statement to plan.
        lessons={} if counts.without_lesson.issuperset(ids) else of_thread.titles(who, ids),
        latest=page.words,
        city_name=labels.city_name,
        age_of=_age,
        total=counts.total,
        may_be_more="" in counts.at_least,
        state=choice.state[0] if choice.state else "",
        tabs_of=_tabs(choice, counts, signed_in=who is not None),
        filters=ThreadFilters(choice, counts),
        chooses_themes=NO_AXIS in choice.axis or (who is not None and who.moderates),
        chosen=chosen,
        left_out=list_filters.left_out(choice.values, ("after",)),
        here=address_of(choice),
        unfiltered=address_of(Choice(state=choice.state)),
        none_at_all=address_of(Choice()),
        loosest=_loosest(choice, counts) if not page.rows else None,
        older=address_of(choice, after=page.next_cursor) if page.next_cursor else None,
        newer=address_of(choice) if cursor else None,
    )


def _count(kind: str, value: str, counts: ThreadCounts) -> str:
    number = counts.by[kind][value]
    return f"{number}+" if kind in counts.at_least else str(number)


def _tabs(choice: Choice, counts: ThreadCounts, *, signed_in: bool) -> list[Filter]:
    """Which threads at all: a tab that is open stays as it is."""
    states = ("", "mine", "unread", "unanswered", "followed") if signed_in else ("", "unanswered")
    chosen, anywhere = choice.state[0] if choice.state else "", address_of(choice.without("state"))
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
    return Filter(kind, text_of(kind, value, counts), address_of(choice.without(kind)), True, left)


def _age(card: ThreadCard) -> str:
    """Under which heading of the list a thread stands, by the day of its last post."""
    days = i18n.present_day() - i18n.local_day(card.last_post_at)
    if days < timedelta(days=2):
        return "yesterday" if days else "today"
    return "week" if days < WEEK else "month" if days < MONTH else "longer"
