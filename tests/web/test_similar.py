"""What is near something, without a script: at the foot of threads and lessons, and under a title that is written."""

import pytest
from bs4 import BeautifulSoup

from forum.domain.search import similar
from forum.domain.threads import page as thread_page
from forum.infra import rates
from forum.infra.db import db
from forum.infra.logs import count_queries
from forum.models.spaces import Audience, Role
from forum.web import similar as pages
from tests.domain.search.test_lessons_found import out
from tests.factories import make_member, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import build

ENGLISH = {"Accept-Language": "en"}
STORY = {"body": "We **tried** it.", "need": "stories", "axis": "unknown", "tags": "", "audience": "space"}


def soup(answer, status=200):
    assert answer.status_code == status
    return BeautifulSoup(answer.text, "html.parser")


def rows(page):
    return [
        row.get_text(strip=True)
        for row in page.select(
            "main .queue .job__title, main .similar .linkrow__title, [data-rows] .linkrow__title"
        )
    ]


@pytest.fixture
def gent(session):
    return make_space("Gent", city="gent", slug="gent")


@pytest.fixture
def leen(gent):
    return make_member("Leen", space=gent, city="gent", role=Role.MODERATOR)


@pytest.mark.both_databases
def test_a_thread_and_a_lesson_lead_to_a_page_of_what_is_related(client, session):
    scenario = build(Audience.PUBLIC)
    lesson, thread = out(scenario), scenario.thread
    make_thread(scenario.space, scenario.author, title="They stopped on Monday")
    make_thread(scenario.space, scenario.author, title="Talking in every roster")
    db.session.commit()
    sign_in(client, scenario.reader)
    for address, expected in (
        # A lesson and the threads that it was made from stand on each other's page.
        (f"/threads/{thread.id}-{thread.slug}", ["They stopped on Monday"]),
        (f"/lessons/{lesson.public_id}", ["Talking in every roster"]),
    ):
        (link,) = soup(client.get(address, headers=ENGLISH)).select(".similar a[data-related]")
        assert (link.text, link["rel"]) == ("Related threads and lessons", ["nofollow"])
        answer = client.get(link["href"], headers=ENGLISH)
        page = soup(answer)
        assert rows(page) == expected
        assert page.select_one("main .kicker a")["href"] == address
        assert page.h1.text == "Related threads and lessons"
        assert page.select_one("meta[name=robots]")["content"] == "noindex"
        assert (answer.headers["X-Robots-Tag"], answer.headers["Cache-Control"]) == ("noindex", "no-store")
        assert "from Aalst" in page.select_one(".linkrow__more").text
        for link in page.select(".linkrow"):
            assert client.get(link["href"]).status_code == 200


@pytest.mark.both_databases
def test_nothing_related_is_said_and_what_is_closed_looks_absent(app, client, gent, leen):
    open_one = make_thread(gent, leen, title="Wijkbudget", audience=Audience.PUBLIC)
    closed = make_thread(gent, leen, title="Wijkbudget binnen", audience=Audience.SPACE)
    db.session.commit()
    empty = soup(client.get(f"/threads/{open_one.id}/related", headers=ENGLISH))
    assert empty.select_one(".empty h2").text == "Nothing related found"
    answers = [
        client.get(path, headers=ENGLISH)
        for path in (f"/threads/{closed.id}/related", "/threads/999999/related")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert client.get("/lessons/les-1999-001/related").status_code == 404
    member = app.test_client()
    sign_in(member, leen)
    assert rows(soup(member.get(f"/threads/{open_one.id}/related"))) == ["Wijkbudget binnen"]


def test_the_pages_of_threads_ask_nothing_more_for_it(client, gent, leen, monkeypatch):
    thread = make_thread(gent, leen, title="Wijkbudget", audience=Audience.PUBLIC)
    make_thread(gent, leen, title="Wijkbudget nog eens", audience=Audience.PUBLIC)
    db.session.commit()
    asked = []
    monkeypatch.setattr(similar, "to_thread", lambda *_: asked.append(1))
    client.get(f"/threads/{thread.id}-{thread.slug}")
    with count_queries() as counted:
        assert "Related threads" in client.get(f"/threads/{thread.id}-{thread.slug}", headers=ENGLISH).text
    assert (asked, [one for one in counted.statements if "title_text" in one]) == ([], [])
    assert thread_page.page(None, thread.id).title == "Wijkbudget"


@pytest.mark.both_databases
def test_what_there_is_already_comes_for_a_title_and_only_what_one_may_read(app, client, gent, leen):
    other = make_space("Genk", city="genk")
    mo = make_member("Mo", space=other)
    make_thread(gent, leen, title="Taalstage in de groendienst", audience=Audience.NETWORK)
    make_thread(gent, leen, title="Taalstage <b>binnen</b>", audience=Audience.SPACE)
    db.session.commit()
    sign_in(client, mo)
    answer = submit(client, "/search/similar", {"title": "Een taalstage"}, headers=ENGLISH)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["said"] == "1 thread or lesson is about this already."
    found = BeautifulSoup(answer.json["html"], "html.parser")
    assert [row.text for row in found.select(".linkrow__title")] == ["Taalstage in de groendienst"]
    assert all(link["target"] == "_blank" for link in found.select("a"))
    for title in ("", "Iets anders", "x" * 5_000, "a\nb", "\u202ede", None):
        fields = {"title": title} if title is not None else {}
        assert submit(client, "/search/similar", fields).json == {"html": "", "said": ""}
    author = app.test_client()
    sign_in(author, leen)
    inside = submit(author, "/search/similar", {"title": "Een taalstage"}, headers=ENGLISH).json
    assert "&lt;b&gt;binnen" in inside["html"]
    assert inside["said"] == "2 threads and lessons are about this already."


def test_it_is_for_members_and_not_without_end(app, client, gent, leen, monkeypatch):
    make_thread(gent, leen, title="Taalstage", audience=Audience.PUBLIC)
    waits = make_member("Wacht", approved_at=None)
    db.session.commit()
    assert "linkrow" not in submit(app.test_client(), "/search/similar", {"title": "Taalstage"}).text
    waiting = app.test_client()
    sign_in(waiting, waits)
    assert submit(waiting, "/search/similar", {"title": "Taalstage"}).status_code == 403
    sign_in(client, leen)
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(pages, "MOST", "2 per minute")
    rates.reset()
    answers = [submit(client, "/search/similar", {"title": "Taalstage"}) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json == {"html": "", "said": ""}
    assert client.get("/lessons").status_code == 200


@pytest.mark.both_databases
def test_without_a_script_it_comes_with_the_preview_a_refusal_and_a_button_and_nothing_typed_is_lost(
    client, gent, leen
):
    make_thread(gent, leen, title="Taalstage in de groendienst", audience=Audience.NETWORK)
    db.session.commit()
    sign_in(client, leen)
    new = "/spaces/gent/threads/new"
    assert rows(soup(client.get(new))) == []
    assert rows(soup(client.get(f"{new}?title=Een+taalstage"))) == ["Taalstage in de groendienst"]
    (button,) = soup(client.get(new)).select("noscript button")
    to, _mark, anchor = button["formaction"].partition("#")
    assert (button["name"], anchor) == ("similar", "similar")
    story = STORY | {"title": "Een taalstage"}
    for more, status in (
        ({"preview": "1"}, 200),
        ({button["name"]: button["value"]}, 200),
        ({"body": ""}, 422),
    ):
        page = soup(submit(client, to, story | more), status)
        assert rows(page) == ["Taalstage in de groendienst"], more
        assert page.select_one("[name=title]")["value"] == "Een taalstage"
        assert page.select_one("[name=body]").text.strip() == (story | more)["body"]
        assert page.select_one("[name=audience][checked]")["value"] == "space"
        assert page.find(id=anchor) is not None
    assert rows(soup(submit(client, to, story | {"similar": "1", "title": ""}))) == []


@pytest.mark.both_databases
def test_lessons_that_resemble_a_thread_are_shown_before_one_more_is_begun(client, session):
    scenario = build()
    out(scenario, title="Taalstage met een vaste collega")
    near = make_thread(scenario.space, scenario.author, title="Taalstage in de groendienst", axis=None)
    other = make_thread(scenario.space, scenario.author, title="Iets anders", axis=None)
    db.session.commit()
    sign_in(client, scenario.curator)
    for thread, expected in ((near, ["Taalstage met een vaste collega"]), (other, [])):
        page = soup(submit(client, f"/threads/{thread.id}/lessons", headers=ENGLISH))
        assert rows(page) == expected
        assert len(page.select(".queue")) == len(expected)
        assert page.select_one("[name=axis]") is not None
    themed = make_thread(scenario.space, scenario.author, title="Taalstage bij het onthaal")
    db.session.commit()
    page = soup(submit(client, f"/threads/{themed.id}/lessons", headers=ENGLISH))
    assert (rows(page), page.select_one("[name=axis]")) == (["Taalstage met een vaste collega"], None)
    assert submit(client, f"/threads/{themed.id}/lessons", {"asked": "1"}).status_code == 303
