"""The table of what is told: each recorded event has a row, each row its event, and the page shows all of it."""

import ast

import pytest

from forum.domain.mailing.kinds import KINDS, stop_of_letter
from forum.domain.mailing.stops import STOPS
from forum.jobs import letter_kinds
from forum.models.events import Event
from forum.reactions import REACTIONS
from tests.rules.source import ROOT, modules

pytestmark = pytest.mark.any_database
EVENTS = "forum.domain.mailing.events"
BUNDLE = "notices"  # the mail with what has no letter of its own


def recorded(tree):
    """The names that a module hands to `events.record`, which takes no other way to say them."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in calls:
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "events.record":
            name = call.args[0]
            assert isinstance(name, ast.Constant), f"say the name of the event as it is: {ast.unparse(call)}"
            yield name.value


def told():
    return {event for kind in KINDS.values() for event in kind.events}


def test_every_event_has_a_row_and_every_row_its_event():
    found = {
        name for module in modules().values() if EVENTS in module.imports for name in recorded(module.tree)
    }
    assert found - told() == set(), "say in `mailing/kinds.py` who is told of these events"
    assert told() - found == set(), "nothing records these events, so nobody can be told of them"
    assert set(REACTIONS) <= found, "nothing records these events, so nothing can react"
    planted = ast.parse('events.record("thread.painted", thread_id=1)')
    assert set(recorded(planted)) - told() == {"thread.painted"}
    assert all(len(name) <= Event.name.type.length for name in found)


def test_every_mail_is_of_one_kind_and_a_stop_of_at_least_one():
    letters = [letter for kind in KINDS.values() for letter in kind.letters]
    assert len(letters) == len(set(letters)), "a mail has one stop, so it is of one kind"
    assert set(letters) == set(letter_kinds.KINDS) - {BUNDLE}
    assert {kind.stop for kind in KINDS.values()} - {None} == set(STOPS), "a stop that stops nothing"
    assert all(kind.events or kind.letters for kind in KINDS.values())
    assert all(kind.default in STOPS[kind.stop].choices for kind in KINDS.values() if kind.stop)
    assert (stop_of_letter("review_reminder"), stop_of_letter("reset_password")) == (STOPS["reviews"], None)


def page():
    """The table as the page should show it."""
    yes = {True: "yes", False: ""}
    for kind in KINDS.values():
        events = ", ".join(kind.events) or "the calendar"
        mail = ", ".join(kind.letters) or BUNDLE
        cells = (
            kind.name, str(kind.label), events, str(kind.who), mail, kind.lane.value,
            kind.stop or "", kind.default.value.replace("_", " "),
            yes[kind.undo], yes[kind.in_house], yes[kind.to_me], yes[kind.personal],
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def test_the_page_about_it_says_the_same():
    kinds = list(page())
    stops = [f"| {stop.name} | {stop.label} |" for stop in STOPS.values()]
    # What stands in mails and digests has tables of its own.
    words = (ROOT / "docs" / "notifications.md").read_text().partition("## What stands in a mail")[0]
    lines = words.splitlines()
    assert [line for line in lines if line.startswith("| ") and "| what" not in line] == [*kinds, *stops]
