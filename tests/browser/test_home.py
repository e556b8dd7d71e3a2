"""The first page on a phone: what changed in three days is in view on one screen, and nothing that was read before."""

import uuid
from datetime import timedelta

import pytest

from forum.domain.threads import read_marks
from forum.domain.threads import threads as verbs
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Audience, Space
from forum.models.themes import Axis, Need
from tests.factories import actor

pytestmark = pytest.mark.browser
SEEN = """() => {
  const bar = document.querySelector('.tabbar').getBoundingClientRect().top;
  const first = (part, row) => document.querySelector(`section[aria-labelledby="${part}"] ${row}`);
  const rows = [first('yours', 'li > *'), first('mine', 'li'), first('elsewhere', '.card__title')];
  return rows.map(row => row ? Math.round(bar - row.getBoundingClientRect().bottom) : null);
}"""


def member(name):
    return db.session.scalars(db.select(Member).where(Member.email == f"{name}@demo.leerkring.example")).one()


def start(who, title):
    space = db.session.get_one(Space, next(iter(actor(who).roles)))
    return verbs.start(
        actor(who), space.id, title=title, body="Wij belden eerst, en belden dan pas aan.", need=Need.STORIES,
        axis=Axis.SOLIDARITY, audience=Audience.NETWORK, tags=[], idempotency_key=str(uuid.uuid4()),
    )  # fmt: skip


def answer(name, thread, words):
    verbs.reply(actor(member(name)), thread.id, body=words, idempotency_key=str(uuid.uuid4()))


@pytest.fixture
def three_days(town):
    """What Els has read, and what was said in the three days since."""
    with town.app.app_context():
        read_marks.mark_all_read(actor(member("els")))
        old = start(member("els"), "Wat ik vorige week vertelde")
        answer("jonas", old, "Dat las ze toen al.")
        read_marks.mark_read(actor(member("els")), old.id, first=1, last=2)
        db.session.commit()
    town.wait(timedelta(days=3))
    with town.app.app_context(), clock.at(clock.now() + town.ahead):
        own = start(member("els"), "Wie belt er terug in de wijk")
        answer("yasmina", own, "Bij ons doet het onthaal dat, en het werkt.")
        start(member("bart"), "Een trap zonder leuning")
        db.session.commit()
        db.session.remove()
    town.work()
    return old.title


def test_after_three_days_one_screen_says_what_changed_and_nothing_that_was_read(open_page, three_days):
    page = open_page("els", phone=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    below = page.evaluate(SEEN)
    assert None not in below
    assert all(room >= 0 for room in below), below
    first = page.inner_text("section[aria-labelledby=yours] li >> nth=0")
    assert "Wie belt er terug in de wijk" in first
    assert "Wie belt er terug in de wijk" in page.inner_text("section[aria-labelledby=mine] li >> nth=0")
    assert "Een trap zonder leuning" in page.inner_text("section[aria-labelledby=elsewhere]")
    news = page.locator("li:has(.new)").all_inner_texts()
    assert three_days not in " ".join(news)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("address", ["/", "/threads"])
def test_the_spaces_are_one_tap_away_on_a_phone_without_scripts_too(open_page, address):
    page = open_page("els", phone=True, java_script_enabled=False)
    page.goto(address)
    way = page.locator("main a[href='/spaces']:visible").first
    box = way.bounding_box()
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= 200
    assert way.inner_text() == "Ruimtes"
    way.click()
    assert page.inner_text("h1") == "Ruimtes"
    wide = open_page("els")
    wide.goto(address)
    assert not wide.locator(".titled a").is_visible()
    assert wide.locator(".nav a[href='/spaces']").is_visible()
