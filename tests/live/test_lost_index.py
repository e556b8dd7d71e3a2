"""The index of search lost, in whole or in part: pages go on without it, and the command brings it back."""

import logging

import pytest
from sqlalchemy import text

from forum.domain.indexing import lost
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.accounts import Member
from forum.models.spaces import Audience
from tests.conftest import POSTGRES
from tests.factories import join, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import build

pytestmark = pytest.mark.live
INDEXED = ("post_text", "title_text", "version_text", "claim_text")
LOST = [*INDEXED, *lost.PLAIN] if POSTGRES else [*(f"{name}_fts" for name in INDEXED), *INDEXED, *lost.PLAIN]
ENGLISH = {"Accept-Language": "en"}
REPAIRED = "Search is being repaired"


@pytest.fixture
def live_from(with_forms):
    """What the command brings back without the words is made anew of them: writing them takes a second each time."""
    return with_forms


@pytest.fixture
def forum(live_app):
    """A lesson and threads, open and closed; whoever reads, and the pages of one thread and of its lesson."""
    with live_app.app_context():
        scenario = build(Audience.PUBLIC)
        lesson = scenario.published(Audience.PUBLIC, by="editor")
        gent, rik = make_space("Brugge", city="brugge"), scenario.reader
        join(rik, gent)
        open_one = make_thread(gent, rik, title="Één FIETSPAD in de wijk", audience=Audience.NETWORK)
        make_thread(gent, rik, title="Een fietspad van 100%", audience=Audience.PUBLIC)
        make_thread(scenario.space, scenario.author, title="Geheim fietspad", audience=Audience.SPACE)
        db.session.commit()
        pages = (
            f"/threads/{open_one.id}-{open_one.slug}",
            f"/spaces/{gent.slug}",
            f"/lessons/{lesson.public_id}",
        )
        related = (f"/threads/{open_one.id}/related", f"/lessons/{lesson.public_id}/related")
        return rik.id, pages, related


def signed_in(app, member_id):
    """A browser of that member."""
    with app.app_context():
        client = app.test_client()
        sign_in(client, db.session.get_one(Member, member_id))
    return client


def lose(app, name):
    with app.app_context():
        db.session.execute(text(f"DROP TABLE {name} {'CASCADE' if POSTGRES else ''}"))
        db.session.commit()


@pytest.mark.parametrize("name", LOST)
def test_pages_hold_and_a_rebuild_brings_it_back(live_app, forum, name, caplog):
    rik_id, pages, related = forum
    caplog.set_level(logging.ERROR)
    client = signed_in(live_app, rik_id)
    lose(live_app, name)
    searches = ("/search?q=fietspad", "/search?q=nergens", "/search/suggest?q=fietspad", "/people?q=fietspad")
    answers = {each: client.get(each, headers=ENGLISH).status_code for each in (*searches, *pages, *related)}
    answers["similar"] = submit(client, "/search/similar", {"title": "Fietspad in de wijk"}).status_code
    assert set(answers.values()) == {200}, answers
    assert client.get("/lessons?q=roster", headers=ENGLISH, follow_redirects=True).status_code == 200
    # Claims are read where somebody finds some of them.
    assert name.startswith("claim_text") or "run `flask search rebuild`" in caplog.text
    doctor = live_app.test_cli_runner().invoke(args=["doctor"])
    assert "parts of the index of search are gone: run `flask search rebuild`" in doctor.output, doctor.output
    done = live_app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert done.exit_code == 0, done.output
    page = client.get("/search?q=fietspaden", headers=ENGLISH).text
    assert (REPAIRED in page, "FIETSPAD" in page, "Geheim" in page) == (False, True, False)
    assert "flask search rebuild" not in live_app.test_cli_runner().invoke(args=["doctor"]).output


def rik(rik_id):

    return db.session.get_one(Member, rik_id)


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("fietspad", {"Één FIETSPAD in de wijk", "Een fietspad van 100%"}),
        ("FIETSPAD wijk", {"Één FIETSPAD in de wijk"}),
        ("één", {"Één FIETSPAD in de wijk"}),
        ("100%", {"Een fietspad van 100%"}),
        ("fietspad -wijk", {"Een fietspad van 100%"}),
        ('"in de wijk"', {"Één FIETSPAD in de wijk"}),
        ("roster", {"Put talking in the roster"}),
        ("geheim", set()),
        ("fiets%pad", set()),
    ],
)
def test_the_page_says_so_and_lists_titles_that_its_reader_may_see(live_app, forum, typed, titles):
    rik_id, _pages, _related = forum
    every = {
        "Één FIETSPAD in de wijk",
        "Een fietspad van 100%",
        "Put talking in the roster",
        "Geheim fietspad",
    }
    lose(live_app, "title_text")
    client = signed_in(live_app, rik_id)
    with count_queries() as counted:
        page = client.get("/search", query_string={"q": typed}, headers=ENGLISH)
    assert (page.status_code, REPAIRED in page.text) == (200, True)
    assert {title for title in every if f">{title}<" in page.text} == titles
    assert ("No title has what you typed" in page.text) == (not titles)
    assert len(counted.statements) < 20
    visitor = live_app.test_client().get("/search", query_string={"q": typed}, headers=ENGLISH).text
    public = titles - {"Één FIETSPAD in de wijk"}
    assert {title for title in every if f">{title}<" in visitor} == public


def test_any_other_table_that_is_gone_is_an_error_like_before(live_app, forum):
    with live_app.app_context():
        for name in ("label", "no_such_table"):
            with pytest.raises(Exception, match=name), db.engine.connect() as connection:
                lost.unless_lost(
                    lambda at=connection, name=name: at.execute(text(f"SELECT x FROM {name}_x")), []
                )
