"""The masked lesson of the demo gives no reader of another city a way to its city, by whatever pages they go."""

import html
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, g
from sqlalchemy import select

from forum import create_app
from forum.domain.lessons import giveaways, lessons, masking_patterns, origin
from forum.domain.people.bylines import Byline
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.lessons import Lesson, LessonSource
from forum.models.spaces import Audience
from forum.models.threads import Post
from tests.conftest import copied_database, settings_for
from tests.demo.test_loading import LOADED, person
from tests.factories import sign_in
from tests.sweeps import few_of, on_one_database

pytestmark = pytest.mark.live  # one database of its own, as in test_loading
MASKED = "les-2026-002"
TITLE = "Taalstage: een vaste collega die tijd krijgt"
HOME = "antwerpen"
MAKERS = ("Sofie", "Yasmina", "Bart")
# What leads there: the city in all its spellings, its space, its people, their rare functions, its talk.
LEADING = (
    masking_patterns.naming(HOME),
    re.compile(rf"stad-{HOME}|\b(?:{'|'.join(MAKERS)})\b|groendienst|teamcoach|trajectbegeleider|grote stad"),
)
KNOWN = (
    f"/lessons/{MASKED}", f"/lessons/{MASKED}/v/1.0", f"/lessons/{MASKED}/compare", f"/lessons/{MASKED}?preview=1",
    "/lessons", "/lessons?axis=identiteit-diversiteit", f"/lessons?city={HOME}", "/spaces", f"/spaces/stad-{HOME}",
    f"/previews/lessons/{MASKED}", "/members", "/search?q=taalstage", "/feed", "/lessons.json", "/lessons.atom",
    f"/lessons/{MASKED}/related", f"/lessons/{MASKED}.json", f"/lessons/{MASKED}.pdf", "/workbench", "/consents",
)  # fmt: skip
MOST = 400
READERS = ("visitor", "karim", "wouter", "eva")  # nobody, field work and a moderator of Gent, an editor


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, demo_network: Callable[..., str]) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("masked")
    app = create_app(settings_for(copied_database(demo_network(LOADED), folder), folder) | {"DEMO": True})
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def inside(loaded: Flask) -> Iterator[Flask]:
    with loaded.app_context():
        yield loaded
        db.session.rollback()


def browser(app: Flask, name: str):
    client = app.test_client()
    for kept in list(g):  # one context holds all requests of a test: who was signed in is looked up anew
        g.pop(kept)
    if name != "visitor":
        sign_in(client, db.session.scalars(select(Member).where(Member.handle == name)).one())
    return client


def pages(app: Flask, name: str, most: int) -> Iterator[tuple[str, str]]:
    """Every page that leads from another one, from the first on, and the known addresses; each with its text."""
    client, waiting, seen = browser(app, name), [*KNOWN, "/"], set()
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.status_code == 200:
            yield address, answer.text
            found = re.findall(r'href="(/[^"#]*)', answer.text)
            waiting += [html.unescape(to) for to in found if not to.startswith(("/static", "/language"))]


def near(address: str, text: str) -> list[str]:
    """What stands in one piece with the lesson: its own page, or each entry of a list that names it."""
    main = re.search(r"<main.*</main>", text, re.S)
    body = re.sub(r"<svg.*?</svg>", "", main[0] if main else text, flags=re.S)
    if address.startswith((f"/lessons/{MASKED}", f"/previews/lessons/{MASKED}")):
        return [body]
    pieces = re.split(r"<(?=li|article|section|tr|blockquote|figure)\b", body)
    return [piece for piece in pieces if MASKED in piece or TITLE in piece]


def ways(app: Flask, name: str, most: int = MOST) -> list[str]:
    """How this reader comes from the lesson to its city."""
    lesson = db.session.scalars(select(Lesson).where(Lesson.public_id == MASKED)).one()
    thread_id = db.session.scalars(
        select(LessonSource.thread_id).where(LessonSource.lesson_id == lesson.id)
    ).one()
    posts = db.session.scalars(select(Post.id).where(Post.thread_id == thread_id)).all()
    numbers = re.compile(rf"/threads/{thread_id}\b|/posts?/(?:{'|'.join(map(str, posts))})\b|#post-\d+")
    found = []
    for address, text in pages(app, name, most):
        if f"city={HOME}" in address or f"stad-{HOME}" in address:
            found += [f"{name}: the lesson on {address}"] if MASKED in text or TITLE in text else []
            continue
        for piece in near(address, text):
            found += [
                f"{name}: {match[0]} on {address}"
                for pattern in (*LEADING, numbers)
                for match in pattern.finditer(piece)
            ]
    return found


@pytest.mark.parametrize("name", few_of(READERS))
def test_no_page_leads_from_the_masked_lesson_to_its_city(inside, name):
    assert ways(inside, name) == []


@on_one_database
def test_its_own_pages_and_lists_lead_nowhere_and_a_way_that_is_planted_is_found(inside, monkeypatch):
    assert browser(inside, "visitor").get(f"/lessons/{MASKED}").status_code == 404
    assert ways(inside, "karim", most=len(KNOWN)) == []
    assert MASKED in browser(inside, "karim").get("/lessons").text
    # Whoever belongs there does find the way.
    assert ways(inside, "sofie", most=len(KNOWN)) != []
    monkeypatch.setattr(origin, "masked", lambda words: Byline("Sofie, OCMW Antwerpen"))
    planted = {way.split(" on ")[0] for way in ways(inside, "karim", most=len(KNOWN))}
    assert planted == {"karim: Sofie", "karim: Antwerpen"}


@on_one_database
def test_the_check_before_it_is_sent_finds_nothing_either_but_numbers(inside):
    with clock.at(LOADED):
        curator = person("sofie")
        lesson = db.session.scalars(select(Lesson).where(Lesson.public_id == MASKED)).one()
        lessons.revise(curator, lesson.id)
        found = giveaways.of_draft(curator, lesson.id, Audience.NETWORK)
        # "Eén vaste collega", "de eerste groep": these tell nobody anything, and a human decides.
        assert {one.kind for one in found} <= {"small_number", "only"}, found
