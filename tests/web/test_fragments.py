"""A kept piece of HTML is the piece that would be drawn now: for every field, language, zone and day; up to a bound."""

import threading
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from cachetools import LRUCache
from flask import g
from flask_wtf.csrf import generate_csrf
from jinja2 import Template

from forum.domain.lessons.library import LessonCard
from forum.domain.people.bylines import Byline
from forum.domain.themes import labels
from forum.domain.threads.lists import ThreadCard
from forum.domain.threads.quotes import NOWHERE, Quote
from forum.domain.threads.views import Answered, PostView
from forum.infra import clock, text
from forum.infra.db import db
from forum.infra.i18n import force_locale
from forum.models.accounts import Capacity
from forum.models.cities import CITIES
from forum.models.themes import Axis
from forum.web import fragments, ring
from tests.factories import make_member, make_post, make_space, make_thread, sign_in

LATE = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
LEEN = Byline("Leen", "leen", "field worker", "field work, city of Gent", "gent")
POST = PostView(
    id=5,
    number=2,
    author=LEEN,
    kind="addition",
    created_at=LATE,
    html=text.to_html("<p>We rang back.</p>"),
    edited=True,
    edited_at=LATE,
    state="hidden",
    reason="Somebody can be recognised.",
    is_own_hidden=True,
)
# Another value for every field of a post and of its byline; a field that is added to them is missing here at first.
OTHER_POST = {
    "id": 6,
    "number": 3,
    "author": Byline("Wim"),
    "kind": "question",
    "created_at": LATE + timedelta(days=1),
    "html": text.to_html("<p>We did not.</p>"),
    "edited": False,
    "edited_at": LATE + timedelta(days=1),
    "state": "deleted",
    "reason": "It is an advertisement.",
    "is_own_hidden": False,
    "has_objected": True,
    "revision": 2,
    "heading": "Who rings back?",
    "answers": Answered(1, 1, "Leen"),
    "may_edit": True,
    "may_delete": True,
    "may_put_back": True,
    "may_hide": True,
    "may_delete_it": True,
    "may_restore": True,
    "may_keep": True,
    "is_kept": True,
    "is_new": True,
}
OTHER_BYLINE = {
    "name": "Wim",
    "handle": "wim",
    "job": "alderman",
    "org_words": "mandate, city of Leuven",
    "city": "leuven",
    "former": True,
    "guest": True,
    "unconfirmed": True,
    "found": True,
}
THREAD = ThreadCard(
    1, "bikes", "Bikes", "We tried.", "facts", "glokale-strategie", LEEN, "Gent", "gent", 2, True, ["gent"], 1, LATE,
    LATE, "space", False, None,
)  # fmt: skip
OTHER_THREAD = {
    "id": 2,
    "slug": "trams",
    "title": "Trams",
    "summary": "We did not.",
    "need": "action",
    "axis": "innoverende-kracht",
    "author": Byline("Wim"),
    "space_name": "Leuven",
    "space_slug": "leuven",
    "reply_count": 0,
    "answered": False,
    "cities": ["leuven"],
    "new_count": 3,
    "created_at": LATE + timedelta(days=1),
    "last_post_at": LATE + timedelta(days=1),
    "audience": "public",
    "locked": True,
    "outcome": "worked",
    "hidden": True,
    "first_unread": 7,
    "archived": True,
}
LESSON = LessonCard(
    1, "les-2026-001", "Ring back", "Within a week.", "worked", "glokale-strategie", "single", False, False, ["gent"],
    False, [("leuven", "worked")],
)  # fmt: skip
OTHER_LESSON = {
    "id": 2,
    "public_id": "les-2026-002",
    "title": "Ring twice",
    "one_sentence": "Within a day.",
    "outcome": "failed",
    "axis": "innoverende-kracht",
    "confidence": "repeated",
    "confirmed": True,
    "overdue": True,
    "cities_back": [],
    "masked": True,
    "adoptions": [("leuven", "failed")],
    "disputed": True,
}
CARDS = {"thread_card": (THREAD, OTHER_THREAD), "lesson_card": (LESSON, OTHER_LESSON)}
# What a card does not show.
NOT_ON_CARD = {
    "thread_card": {"space_slug", "created_at", "outcome"},
    "lesson_card": {"id", "confidence", "masked"},
}
# What a reply does not show, so that its change changes nothing on the page.
UNSEEN = fragments.NOT_DRAWN | {"edited", "handle"}  # the day of an edit says that there was one


@pytest.fixture(autouse=True)
def nothing_kept(app):
    """Each test begins with an empty cache, in English."""
    fragments._kept.clear()
    with app.test_request_context(), force_locale("en", "UTC"):
        yield
    fragments._kept.clear()


@pytest.fixture
def reply(app):
    """A reply as a page shows it."""
    return app.jinja_env.get_template("components/reply.html").module.reply


@pytest.fixture
def marks(app):
    """The shapes of a ring."""
    return app.jinja_env.get_template("components/ring_marks.html").module.ring_marks


def anew(draw, *values):
    """The same with nothing kept."""
    fragments._kept.clear()
    return draw(*values)


def changed(name):
    if name in OTHER_POST:
        return replace(POST, **{name: OTHER_POST[name]})
    return replace(POST, author=replace(LEEN, **{name: OTHER_BYLINE[name]}))


@pytest.mark.parametrize("name", [field.name for view in (PostView, Byline) for field in fields(view)])
def test_a_change_of_any_field_is_seen_at_once(reply, name):
    before, after = reply(POST), reply(changed(name))
    assert (after == before) == (name in UNSEEN)
    assert after == anew(reply, changed(name))
    assert reply(POST) == before


@pytest.mark.parametrize(
    ("component", "name"),
    [(component, field.name) for component, (card, _other) in CARDS.items() for field in fields(card)],
)
def test_a_change_of_any_field_of_a_card_is_seen_at_once(app, component, name):
    macro = getattr(app.jinja_env.get_template(f"components/{component}.html").module, component)
    draw = partial(macro, show_space=True) if component == "thread_card" else macro
    card, other = CARDS[component]
    before, after = draw(card), draw(replace(card, **{name: other[name]}))
    assert (after == before) == (name in NOT_ON_CARD[component])
    assert after == anew(draw, replace(card, **{name: other[name]}))
    assert draw(card) == before
    assert draw(card, "lead") == anew(draw, card, "lead") != before


def test_an_imported_template_is_not_compared_again(app, monkeypatch):
    page = app.jinja_env.from_string('{% from "components/icon.html" import icon %}{{ icon("eye") }}')
    first = page.render()
    monkeypatch.delattr(Template, "_get_default_module")  # fails too when Jinja renames what we override
    assert page.render() == first


def test_the_words_of_a_quote_are_drawn_as_they_are_now(reply):
    quote = Quote(1, "Wim", "Who rings back?", by=2, thread_id=1)
    shown = {reply(replace(POST, html=(part,))) for part in (quote, replace(quote, words=""), NOWHERE)}
    assert len(shown) == 3
    assert ["rings back" in html for html in sorted(shown, key=len)].count(True) == 1


def test_a_name_that_leads_to_a_profile_leads_to_the_one_of_now(reply):
    led = [replace(POST, author=replace(LEEN, found=True, handle=handle)) for handle in ("leen", "leen-2")]
    assert ["/members/leen-2" in reply(post) for post in (POST, *led)] == [False, False, True]


def test_an_edit_is_seen_even_without_its_day(reply):
    assert reply(replace(POST, edited_at=None)) != reply(replace(POST, edited=False, edited_at=None))


def test_text_that_is_not_trusted_never_gets_the_html_of_the_same_text_that_is(reply):
    assert "<b>bold</b>" in reply(replace(POST, html=text.to_html("<b>bold</b>")))
    assert "&lt;b&gt;bold&lt;/b&gt;" in reply(replace(POST, html="<b>bold</b>"))


def test_each_language_and_each_time_zone_has_its_own(reply):
    seen = {}
    for locale, zone in (("en", "UTC"), ("nl", "UTC"), ("en", "Europe/Brussels")):
        with force_locale(locale, zone), clock.at(LATE + timedelta(days=400)):
            seen[locale, zone] = reply(POST)
    assert "1 March 2026" in seen["en", "UTC"]
    assert "1 maart 2026" in seen["nl", "UTC"]
    assert "2 March 2026" in seen["en", "Europe/Brussels"]
    for (locale, zone), html in seen.items():
        with force_locale(locale, zone), clock.at(LATE + timedelta(days=400)):
            assert reply(POST) == html == anew(reply, POST)


def test_each_day_has_its_own_words_in_the_time_zone_of_the_reader(reply):
    told = []
    for hours in (0, 1, 24, 25, 48):
        for zone in ("UTC", "Europe/Brussels"):
            with force_locale("en", zone), clock.at(LATE + timedelta(hours=hours)):
                told.append(reply(POST))
                assert told[-1] == anew(reply, POST)
    days = ["today" if "today" in html else "yesterday" if "yesterday" in html else "older" for html in told]
    assert days[::2] == ["today", "yesterday", "yesterday", "older", "older"]
    assert days[1::2] == ["today", "today", "yesterday", "yesterday", "older"]


def test_the_day_on_which_a_capacity_ends_changes_the_page(client):
    gent = make_space("Gent", city="gent")
    leen, wim = make_member("Leen", space=gent), make_member("Wim", space=gent)
    thread = make_thread(gent, leen)
    make_post(thread, wim)
    last_day = date(2026, 3, 1)
    db.session.scalars(db.select(Capacity).where(Capacity.member_id == wim.id)).one().ends_on = last_day
    sign_in(client, leen)
    pages = []
    for day in (last_day, last_day + timedelta(days=1)):
        with clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            pages.append(client.get(f"/threads/{thread.id}-{thread.slug}?lang=en").text)
    assert [page.count("then: ") + page.count("toen: ") for page in pages] == [0, 1]


@pytest.mark.parametrize(
    "lit", [ring.one("leuven"), ring.one("gent", "failed"), ring.thread(["gent", "leuven"]), ()]
)
@pytest.mark.parametrize("grade", ["s", "m"])
def test_a_ring_follows_its_cities_their_states_and_its_size(marks, lit, grade):
    kept = fragments.fragment(marks, ring.one("gent"), "l")
    html = fragments.fragment(marks, lit, grade)
    assert html == marks(lit, grade) != kept
    assert fragments.fragment(marks, lit, grade) is html


def test_what_a_reader_may_do_stands_beside_the_fragment(client):
    gent = make_space("Gent", city="gent")
    leen, wim = make_member("Leen", space=gent), make_member("Wim", space=gent)
    thread = make_thread(gent, leen)
    post = make_post(thread, wim)
    edit = f'href="/posts/{post.id}/revisions/new"'
    pages = []
    for reader in (wim, leen, wim):
        sign_in(client, reader)
        pages.append(edit in client.get(f"/threads/{thread.id}-{thread.slug}").text)
    assert pages == [True, False, True]


def test_a_second_reader_has_nothing_drawn_again(client):
    gent = make_space("Gent", city="gent")
    leen, wim, karim, sara = (make_member(name, space=gent) for name in ("Leen", "Wim", "Karim", "Sara"))
    thread = make_thread(gent, leen)
    make_post(thread, wim)
    sizes = []
    for reader in (karim, sara, wim):
        sign_in(client, reader)
        client.get(f"/threads/{thread.id}-{thread.slug}")
        sizes.append(len(fragments._kept))
    assert sizes[0] == sizes[1] > 0
    # Who wrote the reply may do more with it, and to them it is not new in the list of posts.
    assert sizes[2] == sizes[1] + 2


def test_what_a_reader_may_do_with_a_reply_is_never_anothers(app):
    draw = app.jinja_env.get_template("threads/_actions.html").module.reply_with_acts
    shown = replace(POST, state="shown", reason="", may_keep=True)
    for name in ("may_edit", "may_delete", "may_hide", "may_keep", "is_kept"):
        other = replace(shown, **{name: not getattr(shown, name)})
        drawn = [
            fragments.fragment(draw, post, "/threads/1?answer=2", post.allowances)
            for post in (shown, other, shown)
        ]
        assert drawn[0] == drawn[2] != drawn[1], name


def test_another_label_is_seen_on_a_card_that_was_kept(client):
    gent = make_space("Gent", city="gent")
    leen = make_member("Leen", space=gent)
    make_thread(gent, leen, axis=Axis.SOLIDARITY)
    sign_in(client, leen)
    before = client.get(f"/spaces/{gent.slug}").text
    labels.write("axis", Axis.SOLIDARITY, "en", name="A city that shares", sentence="Who gets what?")
    db.session.commit()
    after = client.get(f"/spaces/{gent.slug}").text
    assert before.count("City of solidarity") == after.count("A city that shares") > 1
    assert "City of solidarity" not in after


def test_the_token_of_a_reader_is_never_kept(app):
    form = app.jinja_env.from_string(
        '{% macro form(token) %}<input value="{{ csrf_token() }}">{% endmacro %}'
    ).module.form
    with pytest.raises(RuntimeError, match="form draws the token of one reader"):
        fragments.fragment(form, "any")
    assert generate_csrf() == g.csrf_token
    assert len(fragments._kept) == 0


def test_the_oldest_make_room_for_the_newest(app, marks, monkeypatch):
    draw = app.jinja_env.from_string(
        "{% macro piece(number) %}{{ number }} {{ 'x' * 999 }}{% endmacro %}"
    ).module.piece
    for number in range(2 * fragments.CHARACTERS // 1000):
        fragments.fragment(draw, number)
    assert fragments._kept.currsize <= fragments.CHARACTERS
    assert len(fragments._kept) < fragments.CHARACTERS // 1000
    monkeypatch.setattr(fragments, "CHARACTERS", 10)
    before = len(fragments._kept)
    assert (
        len(fragments.fragment(marks, ring.one("gent"), "s")) > 10
    )  # drawn, though there is no room to keep it
    assert len(fragments._kept) == before


def test_threads_that_draw_at_once_each_get_their_own(app, marks, monkeypatch):
    # Room for four rings of thirteen: pieces are added and dropped all the time.
    monkeypatch.setattr(fragments, "_kept", LRUCache(4 * len(marks(ring.one("gent"), "s")), getsizeof=len))
    rings = [ring.one(city.code) for city in CITIES]
    expected, wrong = [marks(lit, "s") for lit in rings], []
    start = threading.Barrier(8)

    def draw_all(first):
        with app.test_request_context(), force_locale("en", "UTC"):
            start.wait()
            for turn in range(first, first + 600):
                place = turn % len(rings)
                try:
                    html = fragments.fragment(marks, rings[place], "s")
                except KeyError as error:
                    html = repr(error)
                if html != expected[place]:
                    wrong.append(html)

    readers = [threading.Thread(target=draw_all, args=(first,)) for first in range(8)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert wrong == []
    assert 0 < len(fragments._kept) <= 5
