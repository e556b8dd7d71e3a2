"""Pages that offer to make a lesson: who may not is told so there, and offered nothing that is refused."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from forum.domain.lessons import ageing, lessons
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from tests.factories import make_member, sign_in, submit
from tests.lesson_scenario import build
from tests.notices import react

pytestmark = pytest.mark.both_databases
NEW, REASON = "Make a new version", "Who approved a version of a lesson cannot make it afterwards."


def shown(client, path):
    """What a page says, in English."""
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, path
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


def test_who_approved_a_lesson_reads_at_each_door_that_they_cannot_make_it(client, session):
    town = build()
    lesson = town.published(Audience.SPACE, by="second")
    third = make_member("Derde", space=town.space, role=Role.MODERATOR)
    ageing.signal(town.actor("author"), lesson.public_id, reason="It no longer holds.")
    db.session.commit()
    of_lesson, doors = f"/lessons/{lesson.public_id}", {}
    for one in (town.second, third):
        sign_in(client, one)
        for path in (of_lesson, f"{of_lesson}/affirmation", "/workbench"):
            page = shown(client, path)
            doors[one.id, path] = (NEW in page, REASON in page)
    assert {seen for (member_id, _path), seen in doors.items() if member_id == third.id} == {(True, False)}
    assert (
        doors[town.second.id, of_lesson] == doors[town.second.id, f"{of_lesson}/affirmation"] == (False, True)
    )
    assert doors[town.second.id, "/workbench"] == (False, False)
    sign_in(client, town.second)
    refused = submit(client, f"{of_lesson}/versions")
    assert refused.status_code == 403
    lessons.revise(town.actor("curator"), lesson.id)
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=20)):
        for one, may in ((town.second, False), (third, True)):
            sign_in(client, one)
            page = shown(client, f"/workbench/{lesson.id}")
            assert ("you can take it over" in page.lower(), "Take over" in page, REASON in page) == (
                may,
                may,
                not may,
            )
            assert ("you can take it over" in shown(client, "/workbench")) == may
        assert submit(client, f"/workbench/{lesson.id}/hands").status_code == 303
        react()
        sign_in(client, town.curator)
        assert "Somebody else goes on with a lesson of yours" in shown(client, "/notifications")
