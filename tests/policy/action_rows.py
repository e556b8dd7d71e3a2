"""What each predicate is asked about, beside the person: arguments by the names of the tables' rows."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from forum.models.lessons import Lesson, LessonState
from forum.models.spaces import Audience
from forum.models.threads import Post, Thread
from forum.policy import actions, holding, reading_log, regrouping, reviewing
from forum.policy.reviewing import ReviewerFacts
from tests.factories import LONG_AGO
from tests.policy import thread_rows
from tests.policy.people import Town

Predicate = Callable[..., actions.Answer]


class Given(NamedTuple):
    """The arguments after the actor."""

    values: tuple[Any, ...]
    named: dict[str, Any]


Rows = dict[str, Given]
STATES: dict[str, tuple[str, ...]] = {
    "standing": (),
    "hidden": ("hidden",),
    "deleted": ("deleted",),
    "hidden and deleted": ("hidden", "deleted"),
}


def arguments(town: Town) -> dict[Predicate, Rows]:
    """The rows of every predicate; nothing of it is kept in the database."""
    here, away, unlisted = town.here, town.elsewhere, town.unlisted
    places = {"here": here, "away": away, "unlisted": unlisted}
    thread, post = _thread, _post
    return {
        actions.may_moderate: {name: given(space.id) for name, space in places.items()},
        actions.may_pin_notes: {name: given(space.id) for name, space in places.items()},
        reading_log.may_read_log: {name: given(space.id) for name, space in places.items()},
        actions.may_administer: {"network": given()},
        actions.may_edit_network: {"network": given()},
        actions.may_start: {name: given(space) for name, space in places.items()},
        actions.may_curate: {
            name: given(thread_rows.thread(space, town.member("aut"))) for name, space in places.items()
        },
        actions.may_reply: {
            "open": given(thread(town)),
            "locked": given(thread(town, "locked")),
            "hidden": given(thread(town, "hidden")),
            "withdrawn": given(thread(town, "withdrawn")),
            "locked and hidden": given(thread(town, "locked", "hidden")),
        },
        actions.may_respond: {
            "open": given(thread(town)),
            **{state: given(thread(town, state)) for state in ("locked", "hidden", "withdrawn")},
            "opening taken back": _classified(town)["opening taken back"],
        },
        actions.may_summarise: _summarised(town),
        actions.may_edit: {
            **{name: given(post(town, gone), thread(town)) for name, gone in STATES.items()},
            "standing, locked": given(post(town), thread(town, "locked")),
            "deleted, locked": given(post(town, ["deleted"]), thread(town, "locked")),
        },
        actions.may_delete: {name: given(post(town, gone)) for name, gone in STATES.items()},
        actions.may_put_back: {name: given(post(town, gone)) for name, gone in STATES.items()},
        actions.may_hide: _moderated(town),
        actions.may_restore: _moderated(town),
        actions.may_hide_revision: _moderated(town),
        actions.may_classify: _classified(town),
        actions.may_move: {
            **{name: given(one, others_wrote=False) for name, one in _threads(town).items()},
            "others wrote": given(thread(town), others_wrote=True),
        },
        regrouping.may_archive: {name: given(one) for name, one in _threads(town).items()},
        regrouping.may_regroup: {name: given(one) for name, one in _threads(town).items()},
        actions.may_nominate: {
            "open": given(thread(town)),
            **{state: given(thread(town, state)) for state in ("locked", "hidden", "withdrawn")},
            "opening taken back": _classified(town)["opening taken back"],
        },
        holding.may_edit_draft: _drafts(town),
        holding.may_name_deputy: _drafts(town),
        holding.may_take_up: _left_drafts(town),
        reviewing.may_review: _reviews(town),
    }


def given(*values: Any, **named: Any) -> Given:
    """The arguments after the actor."""
    return Given(values, named)


def _thread(town: Town, *gone: str) -> Thread:
    return thread_rows.thread(town.here, town.member("aut"), gone=gone)


def _post(town: Town, gone: Sequence[str] = ()) -> Post:
    return thread_rows.post(_thread(town), town.member("aut"), gone=gone)


def _threads(town: Town) -> dict[str, Thread]:
    """Threads of "aut", as they may be found; one is of somebody who is not let in yet, one stands elsewhere."""
    return {
        "open": _thread(town),
        **{state: _thread(town, state) for state in ("locked", "hidden", "withdrawn")},
        "by a newcomer": thread_rows.thread(town.here, town.member("new")),
        "away": thread_rows.thread(town.elsewhere, town.member("aut")),
    }


def _classified(town: Town) -> Rows:
    without_opening = _thread(town)
    without_opening.title = ""
    threads = {**_threads(town), "opening taken back": without_opening}
    return {name: given(one) for name, one in threads.items()}


def _summarised(town: Town) -> Rows:
    taken_back = _classified(town)["opening taken back"].values[0]
    return {
        "open": given(_thread(town), asked=False),
        "open, asked": given(_thread(town), asked=True),
        "locked": given(_thread(town, "locked"), asked=False),
        "locked, asked": given(_thread(town, "locked"), asked=True),
        "hidden, asked": given(_thread(town, "hidden"), asked=True),
        "withdrawn": given(_thread(town, "withdrawn"), asked=False),
        "opening taken back, asked": given(taken_back, asked=True),
        "away": given(thread_rows.thread(town.elsewhere, town.member("aut")), asked=False),
    }


def _moderated(town: Town) -> Rows:
    away = thread_rows.thread(town.elsewhere, town.member("aut"))
    return {
        **{name: given(_post(town, gone), _thread(town)) for name, gone in STATES.items()},
        "standing, away": given(_post(town), away),
        "hidden, away": given(_post(town, ["hidden"]), away),
    }


def _lesson(
    town: Town, state: LessonState, audience: Audience = Audience.SPACE, working: int | None = 1
) -> Lesson:
    return Lesson(
        space_id=town.here.id,
        curator_id=town.member("cur").id,
        state=state,
        audience=audience,
        working_id=working,
        created_at=LONG_AGO,
    )


def _drafts(town: Town) -> Rows:
    away = _lesson(town, LessonState.DRAFT)
    away.space_id = town.elsewhere.id
    asked = _lesson(town, LessonState.DRAFT)
    asked.round_id = 1
    shared = _lesson(town, LessonState.DRAFT)
    shared.deputy_id = town.member("mod").id
    return {
        "draft": given(_lesson(town, LessonState.DRAFT)),
        "draft, mod a deputy": given(shared),
        "its authors are asked": given(asked),
        "in review": given(_lesson(town, LessonState.IN_REVIEW)),
        "published": given(_lesson(town, LessonState.PUBLISHED, working=None)),
        "draft, away": given(away),
    }


def _left_drafts(town: Town) -> Rows:
    """On the third of March: held until that day or the next, left by its curator, asked about, in review, away."""
    today = date(2026, 3, 3)

    def held(until: date, **over: Any) -> Lesson:
        lesson = _lesson(town, over.pop("state", LessonState.DRAFT))
        lesson.held_until = until
        for name, value in over.items():
            setattr(lesson, name, value)
        return lesson

    later, asked = date(2026, 3, 4), held(today, round_id=1)
    away = held(today, space_id=town.elsewhere.id)
    return {
        "held until today": given(held(today), today, is_left=False),
        "held for longer": given(held(later), today, is_left=False),
        "held for longer, left": given(held(later), today, is_left=True),
        "its authors are asked": given(asked, today, is_left=True),
        "in review": given(held(today, state=LessonState.IN_REVIEW), today, is_left=True),
        "away": given(away, today, is_left=True),
    }


def _reviews(town: Town) -> Rows:
    origin = frozenset({"aalst"})
    known = {
        "of another city": ReviewerFacts(cities=frozenset({"gent"}), origin=origin),
        "of its city": ReviewerFacts(cities=origin, origin=origin, from_origin=True),
        "of both": ReviewerFacts(cities=frozenset({"gent", "aalst"}), origin=origin, from_origin=True),
        "of none": ReviewerFacts(origin=origin),
        "of another, an editor's": ReviewerFacts(cities=frozenset({"gent"}), origin=origin, by_editor=True),
        "of none, an editor's": ReviewerFacts(origin=origin, by_editor=True),
        "of another, asked by name": ReviewerFacts(cities=frozenset({"gent"}), origin=origin, by_name=True),
        "of none, asked by name": ReviewerFacts(origin=origin, by_name=True),
        "asked of another": ReviewerFacts(cities=frozenset({"gent"}), origin=origin, of_another=True),
        "cited": ReviewerFacts(cities=frozenset({"gent"}), origin=origin, cited=True, by_name=True),
        "made it before": ReviewerFacts(
            cities=frozenset({"gent"}), origin=origin, made_before=True, by_name=True
        ),
        "submitted it": ReviewerFacts(cities=frozenset({"gent"}), origin=origin, made=True, by_name=True),
    }
    rows = {
        f"{audience.value}, {name}": given(_lesson(town, LessonState.IN_REVIEW, audience), facts)
        for audience in Audience
        for name, facts in known.items()
    }
    for state in (LessonState.DRAFT, LessonState.PUBLISHED):
        rows[state.value] = given(_lesson(town, state, Audience.NETWORK), ReviewerFacts())
    return rows
