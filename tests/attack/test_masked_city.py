"""Ways in which a reader of another city finds out the city of somebody who stands masked: each leads nowhere."""

import pytest

from forum.domain.lessons import claims, giveaways, lessons
from forum.domain.lessons import page as lesson_page
from forum.infra.db import db
from forum.models.spaces import Audience
from tests import reviewed
from tests.factories import make_thread, sign_in
from tests.lesson_scenario import build

OPEN = "Everybody may know that we rang."


@pytest.fixture
def scenario(session):
    return build(Audience.SPACE)


def masked(scenario, *, quoted):
    """A published lesson with a masked source, and an open thread of its city beside it, quoted or not."""
    beside = make_thread(scenario.space, scenario.curator, title="Open talk", body=OPEN)
    lesson, curator = scenario.draft(), scenario.actor("curator")
    lessons.add_source(curator, lesson.id, beside.id)
    if quoted:
        claim = claims.add(curator, lesson.id, text="They rang")
        post_id = db.session.scalar(db.text("SELECT max(id) FROM post"))
        claims.quote(curator, claim.id, post_id=post_id, words=OPEN, stance="supports")
    scenario.agree(lesson)
    found = giveaways.of_draft(curator, lesson.id, Audience.NETWORK)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    db.session.commit()
    return lesson, beside, found


@pytest.mark.parametrize("quoted", [False, True])
def test_the_page_of_an_open_thread_names_no_masked_lesson_that_does_not_name_it(client, scenario, quoted):
    lesson, beside, _found = masked(scenario, quoted=quoted)
    for reader, is_named in ((scenario.reader, quoted), (scenario.author, True)):
        sign_in(client, reader)
        there = client.get(f"/threads/{beside.id}-{beside.slug}").get_data(as_text=True)
        here = client.get(f"/lessons/{lesson.public_id}").get_data(as_text=True)
        assert OPEN in there
        assert (lesson.public_id in there, f"/threads/{beside.id}" in here) == (is_named, is_named)


def test_what_a_version_in_the_making_adds_leads_nowhere(client):
    scenario = build(Audience.NETWORK)
    lesson, curator = scenario.published(Audience.NETWORK), scenario.actor("curator")
    beside = make_thread(scenario.space, scenario.curator, title="Open talk", body=OPEN)
    lessons.revise(curator, lesson.id)
    lessons.add_source(curator, lesson.id, beside.id)
    db.session.commit()
    sign_in(client, scenario.reader)

    def found():
        there = client.get(f"/threads/{beside.id}-{beside.slug}").get_data(as_text=True)
        here = client.get(f"/lessons/{lesson.public_id}").get_data(as_text=True)
        listed = client.get("/threads?lesson=with").get_data(as_text=True)
        return lesson.public_id in there, f"/threads/{beside.id}" in here, "Open talk" in listed

    assert found() == (False, False, False)
    version = lessons.working(lesson)
    lessons.save(curator, lesson.id, saved_count=version.saved_count, change_note="One thread more.")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    db.session.commit()
    assert found() == (True, True, True), "once it is published, it is a source like any other"


def test_who_does_not_read_a_source_without_words_learns_no_more_while_another_version_is_made(session):
    scenario = build(Audience.NETWORK)
    closed = make_thread(scenario.space, scenario.author, title="Closed", audience=Audience.SPACE)
    lesson, curator = scenario.draft(), scenario.actor("curator")
    lessons.add_source(curator, lesson.id, closed.id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)

    def known(name):
        return lesson_page.page(scenario.actor(name), lesson.public_id).origin.curator.org_words

    before = known("reader"), known("author")
    assert before[0] != before[1], "whoever reads all of it reads for whom the maker works"
    lessons.revise(curator, lesson.id)
    assert (known("reader"), known("author")) == before


def test_the_check_names_somebody_of_the_masked_city_who_stands_there_by_right(scenario):
    _lesson, _beside, found = masked(scenario, quoted=True)
    assert [(one.kind, one.what) for one in found if "Cas" in one.what] == [("profile", "Cas")]
