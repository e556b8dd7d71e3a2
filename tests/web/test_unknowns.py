"""The agenda in the browser: who presses, who reads why not, where it is linked, and what it costs."""

import re

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons
from forum.domain.lessons.unknowns import keeping, sharing
from forum.infra.db import db
from forum.models.lessons import LessonVersion
from forum.models.spaces import Audience, Role
from forum.models.unknowns import UnknownSharing
from tests import reviewed
from tests.factories import make_member, make_space, sign_in, submit
from tests.lesson_scenario import build

ENGLISH = {"Accept-Language": "en"}
pytestmark = pytest.mark.usefixtures("session")


def text(client, path, status=200):
    db.session.commit()
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == status, path
    return re.sub("[\u2068\u2069]", "", answer.get_data(as_text=True))


@pytest.fixture
def scenario():
    return build(Audience.PUBLIC)


@pytest.fixture
def lesson(scenario):
    return scenario.published(Audience.PUBLIC, by="editor")


def test_one_press_says_so_and_another_takes_it_back(client, scenario, lesson):
    (question,) = keeping.open_of(lesson.id)
    sign_in(client, scenario.reader)
    page = text(client, "/unknowns")
    assert "Whether it lasts." in page
    assert "No city has joined yet." in page
    path, then = f"/unknowns/{question.id}/sharing", f"/unknowns?axis={scenario.thread.axis or 'x'}"
    answer = submit(client, path, {"then": then})
    assert answer.headers["Location"] == f"{then}#unknown-{question.id}"
    submit(client, path)
    page = text(client, "/unknowns")
    assert "Also in <b>Gent</b>." in page
    assert 'aria-pressed="true"' in page
    assert "Also with us, Gent" in page
    assert submit(client, path, {"_method": "DELETE", "then": "//elsewhere.test"}).headers["Location"] == (
        f"/unknowns#unknown-{question.id}"
    )
    assert db.session.scalars(select(UnknownSharing)).all() == []
    assert client.get(path).headers["Location"].endswith("/unknowns")


def test_who_may_not_press_reads_why(client, scenario, lesson):
    page = text(client, "/unknowns")
    assert "Sign in to say that your city wonders about this too." in page
    assert "aria-pressed" not in page
    (question,) = keeping.open_of(lesson.id)
    assert submit(client, f"/unknowns/{question.id}/sharing").status_code in {302, 303, 403, 200}
    assert db.session.scalars(select(UnknownSharing)).all() == []
    guest = make_member("Hanne", space=make_space("Water"), role=Role.GUEST, city="gent")
    for member, words in ((guest, "you are a guest here"), (scenario.editor, "once your function in a city")):
        sign_in(client, member)
        page = text(client, "/unknowns")
        assert words in page
        assert "aria-pressed" not in page
        assert submit(client, f"/unknowns/{question.id}/sharing").status_code == 403
    assert submit(client, "/unknowns/2147483000/sharing").status_code == 404


def test_it_is_linked_from_where_questions_stand(client, scenario, lesson):
    (question,) = keeping.open_of(lesson.id)
    sharing.share(scenario.actor("reader"), question.id)
    own = f"/unknowns?lesson={lesson.public_id}"
    page = text(client, f"/lessons/{lesson.public_id}")
    assert "Also a question in 1 other city." in page
    assert own in page
    assert "The questions of one lesson." in text(client, own)
    for path in ("/lessons", "/coverage"):
        assert 'href="/unknowns"' in text(client, path)
    axis = db.session.get_one(LessonVersion, lesson.current_id).axis.value
    assert f"/unknowns?axis={axis}" in text(client, f"/axes/{axis}")
    assert "Whether it lasts." in text(client, f"/axes/{axis}")
    assert "axis=nonsense" in text(client, "/unknowns?axis=nonsense&show=ours")


def test_a_new_version_says_what_it_answers(client, scenario, lesson):
    curator = scenario.actor("curator")
    (question,) = keeping.open_of(lesson.id)
    draft = lessons.revise(curator, lesson.id)
    sign_in(client, scenario.curator)
    assert "Does this version answer a question?" in text(client, f"/workbench/{lesson.id}?part=text")
    address = f"/workbench/{lesson.id}/answers"
    for _twice in range(2):
        assert submit(client, address, {"answers": [str(question.id), "x"]}).status_code == 303
    assert "checked" in text(client, f"/workbench/{lesson.id}?part=text").partition('id="answers"')[2]
    lessons.save(
        curator, lesson.id, saved_count=draft.saved_count, unknowns="What it costs.", change_note="Counted."
    )
    lessons.submit(curator, lesson.id, audience=Audience.PUBLIC)
    reviewed.publish(scenario.actor("editor"), lesson.id)
    page = text(client, f"/lessons/{lesson.public_id}")
    assert "This version answers:" in page
    assert "Whether it lasts." in page
    page = text(client, "/unknowns")
    assert page.index("What it costs.") < page.index("Answered:") < page.index("Whether it lasts.")
    assert f"/lessons/{lesson.public_id}/v/1.1" in page
    assert "What it costs." not in text(client, "/unknowns?show=answered")


def test_an_empty_agenda_says_what_comes(client):
    assert "Each lesson that is published brings its question here." in text(client, "/unknowns")


def test_it_costs_the_same_with_more(client, scenario, lesson, count_queries):
    sign_in(client, scenario.reader)
    text(client, "/unknowns")
    with count_queries() as one:
        text(client, "/unknowns")
    for _more in range(3):
        more = scenario.published(Audience.PUBLIC, by="editor")
        sharing.share(scenario.actor("reader"), keeping.open_of(more.id)[0].id)
    with count_queries() as many:
        text(client, "/unknowns")
    assert many.count == one.count <= 6


def test_a_tick_that_is_no_number_ticks_nothing(client, scenario, lesson):
    draft = lessons.revise(scenario.actor("curator"), lesson.id)
    (question,) = keeping.open_of(lesson.id)
    sign_in(client, scenario.curator)
    for sent in ("9" * 4301, "9" * 30, "-1", "\u00b2", "x", ""):
        assert submit(client, f"/workbench/{lesson.id}/answers", {"answers": sent}).status_code == 303, sent[
            :9
        ]
        assert draft.answers == []
    submit(client, f"/workbench/{lesson.id}/answers", {"answers": str(question.id)})
    assert draft.answers == [question.text]
