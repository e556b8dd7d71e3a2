"""The form by which a reader says what in a lesson no longer holds, changes it, and takes it back."""

from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.infra.db import db
from forum.models.ageing import LessonSignal
from forum.models.spaces import Audience
from tests.factories import sign_in, submit
from tests.lesson_scenario import build


def test_what_a_reader_said_can_be_taken_back_until_it_is_answered(client, session):
    scenario = build(Audience.PUBLIC)
    lesson = scenario.published(Audience.PUBLIC, by="editor")
    db.session.commit()
    path = f"/lessons/{lesson.public_id}/signals"
    sign_in(client, scenario.reader)

    def forms():
        return BeautifulSoup(client.get(f"{path}/new").text, "html.parser").select(f"form[action='{path}']")

    assert len(forms()) == 1, "nothing to take back yet"
    assert submit(client, path, {"reason": "The rule is gone."}).status_code == 303
    _again, taking_back = forms()
    sent = {each["name"]: each["value"] for each in taking_back.select("input[name]")}
    for _twice in range(2):
        assert submit(client, path, sent).status_code == 303
        assert db.session.scalars(select(LessonSignal)).all() == []
    assert len(forms()) == 1
