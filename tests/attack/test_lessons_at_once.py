"""What members do with lessons, cahiers and reports, pressed twice or by two of them at one moment: real commits."""

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons
from forum.infra.db import db
from forum.models.accounts import Body, NetworkRole
from forum.models.adoptions import AdoptionReport
from forum.models.cahiers import Cahier
from forum.models.lesson_steps import LessonStep, StepKind
from forum.models.lessons import Lesson
from forum.models.reviewing import ReviewComment
from forum.models.spaces import Audience
from tests.attack.test_at_once import count, storm
from tests.factories import csrf_for, make_member, make_space, sign_in
from tests.lesson_scenario import build

pytestmark = pytest.mark.live
AGAIN = range(4)  # as often the two are sent: one of them may come late
CAHIER = {"body": "Woorden.", "audience": "network"}
SAID = {"outcome": "worked", "what_was_done": "We rang.", "what_came": "Well."}


@pytest.fixture
def ground(live_app):
    """A published lesson, two editors, and Kim of Genk; everything committed."""
    with live_app.app_context():
        ground = build()
        ground.lesson = ground.published()
        ground.kim = make_member("Kim", space=make_space("Genk", city="genk"), city="genk")
        ground.ed = make_member("Ed", network_role=NetworkRole.EDITOR, body=Body.NETWORK)
        db.session.commit()
        yield ground


def test_a_cahier_made_twice_at_once_is_one_and_two_of_one_title_are_two(live_app, ground):
    for turn in AGAIN:
        typed = {**CAHIER, "title": f"Samen {turn}"}
        assert storm(live_app, [(ground.editor, "/cahiers", typed)] * 3) == [303] * 3
        assert count(Cahier, Cahier.title == typed["title"]) == 1
        typed["title"] = f"Apart {turn}"
        others = [(who, "/cahiers", {**typed, "body": who.name}) for who in (ground.editor, ground.ed)]
        assert storm(live_app, others) == [303] * 2
        slugs = set(db.session.scalars(select(Cahier.slug).where(Cahier.title == typed["title"])))
        assert slugs == {f"apart-{turn}", f"apart-{turn}-2"}


def in_review(ground):
    lesson = ground.draft()
    lessons.submit(ground.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    return lesson


def test_a_comment_deleted_while_it_is_settled_is_gone(live_app, ground):
    path = f"/workbench/{in_review(ground).id}/comments"
    for turn in AGAIN:
        said = {"place": "title", "text": f"Hm {turn}.", "version": "1"}
        assert storm(live_app, [(ground.reviewer, path, said)]) == [303]
        one = f"/workbench/comments/{db.session.scalar(select(ReviewComment.id))}"
        settled = [(ground.reviewer, f"{one}/settlement", {})] * 4
        gone = [(ground.reviewer, one, {"_method": "DELETE"})] * 2
        statuses = storm(live_app, settled + gone)
        assert set(statuses) <= {303, 404}, statuses
        assert (sorted(statuses[4:]), count(ReviewComment)) == ([303, 404], 0)


def test_a_report_taken_back_while_somebody_goes_on_with_it_is_gone_and_their_words_are_not(live_app, ground):
    path = f"/lessons/{ground.lesson.public_id}/reports"
    for _turn in AGAIN:
        assert storm(live_app, [(ground.kim, path, {**SAID, "outcome": "running", "what_came": ""})]) == [303]
        one = f"{path}/{db.session.scalar(select(AdoptionReport.id))}"
        calls = [(ground.kim, one, {"_method": "DELETE"})] * 2
        calls += [(ground.kim, f"{one}/follow-ups", SAID)] * 3 + [(ground.kim, one, SAID)] * 2
        statuses = storm(live_app, calls)
        assert set(statuses) <= {303, 403, 404, 409}, statuses
        assert count(AdoptionReport, AdoptionReport.stands) <= 1
        take_all_back(live_app, ground.kim, path)
    browser = live_app.test_client()
    sign_in(browser, ground.kim)
    answer = browser.post(f"{one}/follow-ups", data={**SAID, "csrf_token": csrf_for(browser)})
    assert (answer.status_code, "We rang." in answer.text) == (404, True), "to copy"


def take_all_back(live_app, member, path):
    while ids := list(db.session.scalars(select(AdoptionReport.id).where(AdoptionReport.stands))):
        assert storm(live_app, [(member, f"{path}/{ids[0]}", {"_method": "DELETE"})]) == [303]


def test_of_two_lessons_that_take_each_others_place_at_once_one_stands(live_app, ground):
    for _turn in AGAIN:
        pair = [ground.published(), ground.published()]
        db.session.commit()
        ids = [lesson.public_id for lesson in pair]
        calls = [
            (who, f"/lessons/{here}/supersession", {"by": there, "reason": "Beter."})
            for who, here, there in ((ground.curator, *ids), (ground.second, *reversed(ids)))
        ]
        assert sorted(storm(live_app, calls)) == [303, 422]
        assert count(Lesson, Lesson.public_id.in_(ids), Lesson.ended_at.is_not(None)) == 1
    assert count(LessonStep, LessonStep.kind == StepKind.SUPERSEDE) == len(AGAIN)
