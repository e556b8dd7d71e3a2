"""The desk in the browser, and what leads to it: a nomination, what is there before a lesson is begun, other hands."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons
from forum.domain.lessons.workbench import desk as workbench_desk
from forum.domain.threads import nominations
from forum.infra import clock
from forum.infra.db import db
from forum.models.lessons import Lesson, LessonSource, LessonState
from forum.models.nominations import Nomination
from forum.models.spaces import Audience
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import build
from tests.notices import react

pytestmark = pytest.mark.both_databases


def browser(app, member):
    """A browser of her own."""
    made = app.test_client()
    sign_in(made, member)
    return made


def page(client, path, status=200):
    """The text of a page, without marks."""
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status, (path, answer.status_code)
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def test_a_member_nominates_a_moderator_closes_and_the_reason_is_read(app):
    scenario = build()
    reader, curator = browser(app, scenario.reader), browser(app, scenario.curator)
    thread = scenario.thread
    at, press = f"/threads/{thread.id}-{thread.slug}", f"/threads/{thread.id}/nomination"
    db.session.commit()
    assert "There is a lesson in this" in page(reader, at)
    assert submit(reader, press).location == f"{at}#nomination"
    assert "You said that there is a lesson in this." in page(reader, at)
    assert "Nominated for a lesson" not in page(reader, at)
    assert "By 1 member, from Gent." in page(curator, at)
    assert "Nominated for a lesson" not in page(browser(app, scenario.author), at)
    submit(reader, press, {"_method": "DELETE"})
    assert db.session.scalars(select(Nomination)).all() == []
    submit(reader, press)
    closing = f"{press}/closing"
    assert submit(browser(app, scenario.author), closing, {"reason": "No"}).status_code == 403
    assert submit(reader, closing, {"reason": "No"}).status_code == 403
    refused = submit(curator, closing, {"reason": "x" * 301})
    assert refused.status_code == 422
    assert "x" * 301 in refused.get_data(as_text=True)
    assert "By 1 member, from Gent." in page(curator, "/workbench")
    assert submit(curator, closing, {"reason": "Too early."}).status_code == 303
    react()
    assert "says why no lesson is made of this now" in page(reader, "/notifications")
    assert "Too early." in page(reader, press)
    assert reader.get(press).status_code == 200
    assert browser(app, scenario.author).get(press).status_code == 303, "nothing of others"
    assert "Nothing waits for you." in page(curator, "/workbench")


def test_the_desk_is_not_there_for_who_neither_moderates_nor_reviews(app, client):
    scenario = build()
    named = make_member("Nele", space=make_space("Genk", city="genk"))
    make_post(scenario.thread, named)
    db.session.commit()
    for member in (scenario.reader, scenario.author, make_member("Pending", approved_at=None)):
        page(browser(app, member), "/workbench", 404)
    assert client.get("/workbench").status_code == 303
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=named.id)
    db.session.commit()
    reviewer = browser(app, named)
    shown = page(reviewer, "/workbench")
    assert "1 thing for you, Nele." in shown
    assert "Cas asks you by name." in shown
    assert "In my hands" not in shown
    page(reviewer, "/workbench?queue=ripe", 404)
    page(reviewer, f"/workbench/{lesson.id}")
    page(reviewer, f"/workbench/{scenario.draft().id}", 404)


def test_the_desk_says_how_much_there_is_at_least_and_what_is_late(app, monkeypatch):
    monkeypatch.setattr(workbench_desk, "MOST", 2)
    scenario = build()
    make_post(scenario.thread, scenario.reviewer)
    for number in range(3):
        lesson = scenario.draft(text=f"Claim {number}")
        lessons.submit(
            scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=scenario.reviewer.id
        )
    db.session.commit()
    shown = page(browser(app, scenario.reviewer), "/workbench")
    assert ("At least 2 things for you, Wout." in shown, "Nothing waits" in shown) == (True, False)
    assert ("To review 2+" in shown, "days late" in shown) == (True, False)
    with clock.at(clock.now() + timedelta(days=40)):
        wout = browser(app, scenario.reviewer)
        for path in ("/workbench", "/"):
            assert "days late" in page(wout, path), path
        assert "days ago." in page(wout, f"/workbench/{lesson.id}")


def test_who_does_not_have_a_draft_in_hand_reads_it_without_forms_and_takes_it_over_later(app):
    scenario = build()
    lesson = scenario.draft()
    db.session.commit()
    second = browser(app, scenario.second)
    at = f"/workbench/{lesson.id}"
    shown = page(second, at)
    assert "In the hands of Cas until" in shown
    assert "Contact keeps people" in shown
    assert f'action="{at}' not in second.get(at).get_data(as_text=True)
    assert "in other hands" in page(second, "/workbench").lower()
    assert submit(second, f"{at}/hands").status_code == 403
    assert submit(second, f"{at}/deputy", {"deputy": scenario.second.id}).status_code == 403
    curator = browser(app, scenario.curator)
    assert "in your hands until" in page(curator, at)
    assert submit(curator, f"{at}/deputy", {"deputy": scenario.reader.id}).status_code == 422
    assert submit(curator, f"{at}/deputy", {"deputy": scenario.second.id}).status_code == 303
    assert f'action="{at}/claims"' in second.get(at).get_data(as_text=True)
    submit(curator, f"{at}/deputy", {"_method": "DELETE"})
    lesson.held_until -= timedelta(days=14)
    db.session.commit()
    assert "Take over" in page(second, at)
    assert submit(second, f"{at}/hands").status_code == 303
    assert submit(second, f"{at}/hands").status_code == 303, "sent twice"
    assert "In the hands of Sien until" in page(curator, at)


def test_before_a_lesson_is_begun_what_is_there_is_shown_and_the_thread_added_to_it(app):
    scenario = build()
    published = scenario.published()
    other = make_thread(scenario.space, scenario.author, title="What they said when we rang")
    nominations.nominate(scenario.actor("reader"), other.id)
    db.session.commit()
    curator = browser(app, scenario.curator)
    shown = submit(curator, f"/threads/{scenario.thread.id}/lessons", headers={"Accept-Language": "en"})
    text = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "Rests on this thread already." in text
    assert "Add evidence to that lesson" in text
    add = f"/threads/{other.id}/evidence"
    assert submit(browser(app, scenario.reviewer), add, {"lesson": published.id}).status_code == 403
    assert submit(curator, add).status_code == 404
    for _twice in range(2):
        assert submit(curator, add, {"lesson": published.id}).status_code == 303
    db.session.expire_all()
    assert (published.state, len(db.session.scalars(select(LessonSource)).all())) == (LessonState.DRAFT, 2)
    assert nominations.of_threads([other.id])[other.id].members == 0, "taken up"
    second = browser(app, scenario.second)
    shown = submit(second, f"/threads/{other.id}/lessons", headers={"Accept-Language": "en"}).get_data(
        as_text=True
    )
    assert "in the hands of Cas until" in shown
    assert "Add evidence to that lesson" not in shown
    assert submit(second, add, {"lesson": published.id}).status_code == 403
    begun = submit(second, f"/threads/{other.id}/lessons", {"asked": "1", "title": "Anew"})
    assert begun.status_code == 303
    newest = db.session.scalars(select(Lesson).where(Lesson.id != published.id)).one()
    assert newest.curator_id == scenario.second.id


def test_a_draft_of_another_space_is_not_shown_to_who_begins_a_lesson(app):
    scenario = build()
    gent = actor(scenario.reviewer)
    draft = lessons.draft(scenario.actor("curator"), scenario.thread.id, title="Ours alone")
    own = make_thread(
        db.session.get_one(type(scenario.space), next(iter(gent.roles))), scenario.reader, title="In Gent"
    )
    lessons.add_source(scenario.actor("curator"), draft.id, own.id)
    db.session.commit()
    begun = submit(browser(app, scenario.reviewer), f"/threads/{own.id}/lessons", {"title": "Mine"})
    assert begun.status_code == 303, "as if nothing were there"
