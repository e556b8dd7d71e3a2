"""A working day on the desk of a moderator, by keyboard alone: everything is settled or opened, and one undone."""

import threading

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from forum import create_app
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.desk import DeskAside, DeskNote, DeskTaking
from forum.models.disputes import CounterEvidence
from forum.models.handovers import HandOver
from forum.models.held import HeldOutcome, HeldPost, PointedOut
from forum.models.lessons import Lesson
from forum.models.measures import MeasureObjection
from forum.models.post_reports import PostObjection, PostSettlement, ReportOutcome
from forum.models.sealing import SealingObjection
from forum.models.spaces import JoinRequest
from tests import desk_scenario
from tests.conftest import copied_database, settings_for
from tests.factories import sign_in

pytestmark = pytest.mark.browser
PRESSES = 4  # for a thing, at most
DAY, OF_DAY = 10, 40  # the things of a working day, and the presses that it takes at most, undo included
# What settles each kind in place; the others open the page where it is, at an address with these words.
IN_PLACE = {
    "join_request": "1", "capacity": "1", "unanswered": "2", "disputed": "1", "hand_over": "1", "reported": "2",
    "held": "1", "pointed_out": "1",
}  # fmt: skip
# What is decided when it was undone; of the two one comes in the first ten.
UNDONE = {"join_request": "3", "capacity": "1"}
OPENED = {
    # Of what she took over by then: there are lessons about that thread already, which are looked at first.
    "nominated": "/lessons",
    "theme": "/classification",
    "permission": "/permission",
    "without_words": "/lessons/les-",
    "recognisable": "/workbench/",
    "objections": "/objection/decision",
    "left_out": "/left-out/",
    "measures": "/moderation/objections/",
    "agreements": "/audience",
}


@pytest.fixture
def served(migrated, tmp_path, chromium):
    """The desk of Sien, served, with a page on which she is signed in."""
    server = make_server("127.0.0.1", 0, lambda environ, start: b"", threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    app = create_app(settings_for(copied_database(migrated, tmp_path), tmp_path) | {"BASE_URL": base})
    with app.app_context():
        made = desk_scenario.plant()
        client = app.test_client()
        sign_in(client, made.sien)
        items = dict(made.items)
        db.session.remove()
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    server.app = app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(base_url=base, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield app, page, items
    context.close()
    server.shutdown()
    thread.join(timeout=10)
    with app.app_context():
        db.engine.dispose()


class Hands:
    """They press keys, and count."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def press(self, key):
        """Press one on a page that stays."""
        self.presses += 1
        self.page.keyboard.press(key)

    def leave(self, key):
        """Press one that leads to another page, whose scripts are there afterwards."""
        with self.page.expect_navigation():
            self.press(key)
        self.page.wait_for_load_state("networkidle")

    def back(self):
        """Go back by the key of the browser, which one that is driven does not know."""
        self.presses += 1
        self.page.go_back()
        self.page.wait_for_load_state("networkidle")

    def opened(self):
        """The kind of the thing that is open."""
        return self.page.locator("[data-opened]").get_attribute("id").rpartition("-")[0]


def test_a_thing_of_each_kind_is_settled_in_four_presses_each_with_one_undone(served):
    app, page, items = served
    page.goto("/desk")
    page.wait_for_load_state("networkidle")
    hands, done, addresses, presses = Hands(page), set(), {}, []
    while done != set(items):
        kind = hands.opened()
        assert kind not in done
        done.add(kind)
        if kind in IN_PLACE:
            hands.leave(IN_PLACE[kind])
            if kind in UNDONE:
                hands.leave("z")
                assert hands.opened() == kind, "undone, it waits and is open again"
                hands.leave(UNDONE[kind])
            assert page.evaluate("document.activeElement.hasAttribute('data-opened')"), (
                "the next has the focus"
            )
        else:
            hands.leave("1")
            assert page.locator("main h1").count() == 1, "a page, and no refusal"
            addresses[kind] = page.url
            hands.back()
            if done != set(items):
                hands.press("j")
                hands.leave("Enter")
        presses.append((kind, hands.presses))
    day = presses[:DAY]
    assert len({kind for kind, _presses in day}) >= 8
    assert "capacity" in dict(day), "one that was undone"
    assert day[-1][1] <= OF_DAY
    assert hands.presses <= PRESSES * len(items)
    assert {kind: OPENED[kind] in address for kind, address in addresses.items()} == dict.fromkeys(
        OPENED, True
    )
    with app.app_context():
        asked = db.session.scalars(select(JoinRequest)).one()
        assert (asked.accepted, asked.answered_by_id is not None) == (False, True)
        held = db.session.get_one(Capacity, int(items["capacity"].rpartition("-")[2]))
        assert held.confirmed_at is not None
        assert db.session.scalars(select(DeskAside.item_id)).all() == [
            int(items["unanswered"].rpartition("-")[2])
        ]
        assert db.session.scalars(select(CounterEvidence)).one().accepted
        assert db.session.scalars(select(HandOver)).one().ending == "accepted"
        assert db.session.scalars(select(Lesson.id)).all(), "a lesson was begun"
        assert db.session.scalars(select(PostSettlement)).one().outcome == ReportOutcome.LEFT
        assert db.session.scalars(select(HeldPost)).one().outcome == HeldOutcome.APPROVED
        assert db.session.scalars(select(PointedOut)).one().seen_at is not None
        db.session.remove()


OBJECTED = {"objections": PostObjection, "left_out": SealingObjection, "measures": MeasureObjection}


@pytest.mark.parametrize("kind", OBJECTED)
def test_an_objection_is_decided_by_keys_alone_and_the_next_thing_is_open_on_the_desk(served, kind):
    app, page, items = served
    page.goto(f"/desk?item={items[kind]}")
    page.wait_for_load_state("networkidle")
    hands = Hands(page)
    hands.leave("1")
    assert OPENED[kind] in page.url
    for _each in range(60):
        hands.press("Tab")
        if page.evaluate("document.activeElement.name") == "answer":
            break
    page.keyboard.type("It has a name in it.")
    hands.leave("Enter")
    assert page.url.partition("?")[0].endswith("/desk")
    assert page.locator(".job--done").count() == 1
    assert page.locator(f"#{items[kind]}").count() == 0
    assert page.evaluate("document.activeElement.hasAttribute('data-opened')"), "the next has the focus"
    with app.app_context():
        row = db.session.scalars(select(OBJECTED[kind])).one()
        assert (row.answer, row.decided_at is not None) == ("It has a name in it.", True)
        db.session.remove()


def test_a_note_is_written_and_a_thing_taken_by_keys_which_do_nothing_in_a_field(served):
    app, page, _items = served
    page.goto("/desk")
    page.wait_for_load_state("networkidle")
    hands = Hands(page)
    hands.press("?")
    assert page.locator("[data-desk-keys]").is_visible()
    hands.press("Escape")
    hands.press("n")
    page.keyboard.type("a j 1 z")
    hands.press("Tab")
    hands.leave("Enter")
    assert "Sien: a j 1 z" in page.locator("[data-opened]").inner_text()
    hands.leave("a")
    with app.app_context():
        assert db.session.scalars(select(DeskNote.words)).all() == ["a j 1 z"]
        assert len(db.session.scalars(select(DeskTaking)).all()) == 1
        db.session.remove()
