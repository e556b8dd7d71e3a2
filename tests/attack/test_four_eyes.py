"""Ways to publish a text that nobody else read, or alone: each is refused."""

import re

import pytest

from forum.domain.lessons import lessons
from forum.domain.lessons import undo as lesson_undo
from forum.infra.db import db
from forum.models.lessons import LessonState
from forum.models.spaces import Audience
from tests.factories import sign_in, submit
from tests.lesson_scenario import FULL, build

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def scenario(session):
    return build()


def send(scenario, lesson, **fields):
    curator = scenario.actor("curator")
    if fields:
        saved_count = lessons.working(lesson).saved_count
        lessons.save(curator, lesson.id, saved_count=saved_count, **{**FULL, **fields})
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    db.session.commit()


def hidden(page, action):
    """The hidden fields that a form of this page sends, without the token."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page.get_data(as_text=True), re.S)
    assert form is not None, action
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return {name: value for name, value in fields if name != "csrf_token"}


@pytest.mark.parametrize(("verb", "words"), [("publication", {}), ("return", {"note": "Say where."})])
def test_a_reviewer_decides_only_about_the_version_that_they_read(client, scenario, verb, words):
    lesson = scenario.draft()
    send(scenario, lesson)
    bench = f"/workbench/{lesson.id}"
    sign_in(client, scenario.reviewer)
    first = hidden(client.get(bench), f"{bench}/{verb}")
    lesson_undo.ask_back(scenario.actor("curator"), lesson.id)
    send(scenario, lesson, recommendation="Something that nobody read.")
    late = submit(client, f"{bench}/{verb}", first | words, headers=ENGLISH)
    assert late.status_code == 409
    assert "changed after you opened" in late.get_data(as_text=True)
    assert all(word in late.get_data(as_text=True) for word in words.values())
    db.session.refresh(lesson)
    assert (lesson.state, lesson.current_id) == (LessonState.IN_REVIEW, None)
    now = hidden(client.get(bench), f"{bench}/{verb}")
    assert submit(client, f"{bench}/{verb}", now | words).status_code == 303
