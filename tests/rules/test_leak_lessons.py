"""What is said around a lesson, for whom it is: its makers, who checks it, who brought or foretold it; nobody else.

`test_leak_walk` looks for the same markers with everybody who stands outside.
"""

import pytest
from sqlalchemy import select

from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.foretellings import Foretelling
from tests.factories import sign_in
from tests.rules import leak_lessons, leak_scenario
from tests.rules.leak_lessons import (
    ADVISED,
    ANSWER,
    ASKED,
    COMMENT,
    DECLINED,
    FORETOLD,
    HOLDER,
    NEXT,
    OWNER,
    REPORTED,
    RETURNED,
    SIGNALLED,
    STOPS,
    WAITS,
)
from tests.rules.leak_scenario import World
from tests.rules.test_leak_walk import places

# Said by and to who makes or checks a lesson: the other members of its city do not meet it.
BACKSTAGE = {COMMENT, RETURNED, ASKED, NEXT, ANSWER, leak_scenario.MODERATORS_HALF, leak_scenario.DRAFT}


@pytest.fixture
def app(salted_app):
    return salted_app


@pytest.fixture
def world(salted, session) -> World:
    return salted()


def browser(app, member):
    """A browser of theirs."""
    made = app.test_client()
    sign_in(made, member)
    return made


def met(shown, markers):
    """Those of the markers that stand on a page."""
    return {marker for marker in markers if marker in shown.text}


def test_its_makers_meet_what_is_said_to_them(app, world):
    maker = browser(app, world.moderator)
    assert COMMENT in maker.get(f"/workbench/{world.checked.id}").text
    assert RETURNED in maker.get(f"/workbench/{world.kept.id}").text
    assert HOLDER in maker.get(f"/workbench/{world.draft.id}").text
    for lesson in (world.kept, world.lesson):
        assert met(maker.get(f"/lessons/{lesson.public_id}"), (WAITS, SIGNALLED)) == {WAITS, SIGNALLED}
        evidence = maker.get(f"/lessons/{lesson.public_id}/counter-evidence")
        assert met(evidence, (WAITS, DECLINED, ANSWER)) == {WAITS, DECLINED, ANSWER}
        assert DECLINED in maker.get(f"/workbench/{lesson.id}/steps").text
        assert NEXT in maker.get(f"/workbench/{lesson.id}?part=text").text


def test_who_is_asked_to_check_it_meets_what_was_asked_and_what_they_said(app, world):
    second = db.session.scalars(select(Member).where(Member.name == HOLDER)).one()
    page = browser(app, second).get(f"/workbench/{world.checked.id}")
    assert met(page, (ASKED, COMMENT)) == {ASKED, COMMENT}
    assert leak_scenario.MODERATORS_HALF in browser(app, second).get("/drafts").text


def test_members_of_its_city_meet_what_was_published_and_who_said_something_their_own_words(app, world):
    member = browser(app, world.insider)
    kept = member.get(f"/lessons/{world.kept.public_id}")
    assert met(kept, ADVISED) == set(ADVISED)
    assert met(kept, (REPORTED, WAITS)) == {REPORTED, WAITS}
    assert DECLINED in member.get(f"/lessons/{world.kept.public_id}/counter-evidence").text
    assert OWNER in member.get(f"/lessons/{world.lesson.public_id}").text
    teller = db.session.get_one(Member, db.session.scalars(select(Foretelling.author_id)).one())
    page = browser(app, teller).get(f"/lessons/{world.lesson.public_id}/reports")
    assert met(page, (FORETOLD, STOPS)) == {FORETOLD, STOPS}


def test_none_of_them_meets_what_is_said_at_the_workbench(app, world):
    member, numbers = browser(app, world.insider), {str(lesson.id) for lesson in world.lessons}
    numbers |= {lesson.public_id or "" for lesson in world.lessons} - {""}
    pages = ["/", "/notifications", "/workbench", "/lessons", "/drafts", f"/spaces/{world.closed.slug}"]
    pages += [path for _endpoint, path, _queries in places(app, world) if numbers & set(path.split("/"))]
    assert len(pages) > 100
    found = {path: met(member.get(path), BACKSTAGE) for path in pages}
    assert {path: markers for path, markers in found.items() if markers} == {}


@pytest.mark.proof
def test_nor_on_any_other_page(app, world):
    member = browser(app, world.insider)
    found = {path: met(member.get(path), BACKSTAGE) for _endpoint, path, _queries in places(app, world)}
    assert {path: markers for path, markers in found.items() if markers} == {}


def test_every_marker_is_looked_for():
    said = {
        value
        for value in vars(leak_lessons).values()
        if isinstance(value, str) and value.lower()[:5] == "zwart"
    }
    assert said | set(ADVISED) == set(leak_lessons.MARKERS)
    assert set(leak_lessons.MARKERS) <= set(leak_scenario.MARKERS)
