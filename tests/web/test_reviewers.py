"""Asking somebody to check a lesson, in the browser: the form, the page of who is asked, and the lines at home."""

import pytest

from forum.domain.lessons import lessons
from forum.infra.db import db
from forum.models.lessons import LessonState, ReviewRequest
from forum.models.spaces import Audience, Role
from tests.factories import make_member, make_post, make_space, sign_in, submit
from tests.lesson_scenario import build
from tests.reviewed import ALL_GOOD

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def scenario(session):
    return build()


def browser(app, member):
    made = app.test_client()
    sign_in(made, member)
    return made


def words(answer):
    return answer.get_data(as_text=True)


def send(client, lesson, **values):
    return submit(client, f"/workbench/{lesson.id}/submission", values, headers=ENGLISH)


def test_the_form_says_who_can_check_it_before_it_is_sent_and_keeps_what_was_chosen(app, scenario):
    lesson = scenario.draft()
    make_post(scenario.thread, scenario.reviewer)
    curator = browser(app, scenario.curator)
    page = words(curator.get(f"/workbench/{lesson.id}?part=review", headers=ENGLISH))
    assert "1 moderator from another city and 1 editor of the network" in page
    assert "1 other moderator can check it." in page
    assert "Wout" in page
    assert "Els" not in page, "nobody in this space ever read a word of hers"
    refused = send(curator, lesson, audience="network", message="Look at claim 1.")
    assert refused.status_code == 422
    assert "Choose whom you ask." in words(refused)
    assert "Look at claim 1." in words(refused)
    for crafted in (scenario.author.id, scenario.curator.id, scenario.reader.id, 10**18, "0", "-1", "x"):
        refused = send(curator, lesson, audience="network", reviewer=str(crafted))
        assert refused.status_code == 422, crafted
        assert 'href="#reviewer"' in words(refused)
    assert lesson.state == LessonState.DRAFT
    for typed, status in (("wo", 422), ("nobody here", 422), ("WOUT", 303)):
        answer = send(curator, lesson, audience="network", reviewer="other", reviewer_name=typed)
        assert answer.status_code == status, typed
    request = db.session.scalars(db.select(ReviewRequest)).one()
    assert request.asked_id == scenario.reviewer.id


def test_a_search_for_somebody_is_not_shown_as_a_mistake_and_offers_only_who_was_found(app, scenario):
    genk = make_space("Genk", city="genk")
    for name in ("Zoë Peeters", "Zoë Claes", "Nel"):
        make_post(scenario.thread, make_member(name, space=genk, city="genk", role=Role.MODERATOR))
    lesson = scenario.draft()
    curator = browser(app, scenario.curator)
    typed = {"audience": "network", "reviewer": "other", "message": "Look at claim 1."}
    page = words(send(curator, lesson, **typed, reviewer_name="zoe"))
    assert "Choose whom you mean." in page
    assert "Look at claim 1." in page
    assert "error-summary" not in page
    offered = page[page.index("Whom do you ask?") :]
    assert [name in offered for name in ("Zoë Claes", "Zoë Peeters", "Nel", "Sien")] == [
        True,
        True,
        False,
        False,
    ]
    for name, field in (("", "reviewer_name"), ("nobody here", "reviewer_name")):
        refused = send(curator, lesson, **typed, reviewer_name=name)
        assert (refused.status_code, f'href="#{field}"' in words(refused)) == (422, True), name
    assert send(curator, lesson, **typed, reviewer_name="@zoe-cl").status_code == 422
    assert lesson.state == LessonState.DRAFT
    assert send(curator, lesson, **typed, reviewer_name="zoë claes").status_code == 303
    again = submit(
        curator,
        f"/workbench/{lesson.id}/reviewers",
        {"reviewer": "other", "reviewer_name": "zoe"},
        headers=ENGLISH,
    )
    assert "Choose whom you mean." in words(again)
    assert "error-summary" not in words(again)


@pytest.mark.both_databases
def test_a_lesson_is_never_sent_to_nobody(app, scenario):
    make_space("Lier", city="lier")
    lesson = scenario.draft()
    for row in (scenario.second, scenario.reviewer, scenario.editor):
        row.suspended_at = lesson.created_at
    db.session.commit()
    curator = browser(app, scenario.curator)
    page = words(curator.get(f"/workbench/{lesson.id}?part=review", headers=ENGLISH))
    assert "Nobody can check this lesson yet." in page
    for audience in ("space", "network", "public"):
        assert send(curator, lesson, audience=audience, reviewer="group").status_code == 422
    assert lesson.state == LessonState.DRAFT


def test_who_is_asked_by_name_decides_or_says_no_without_being_a_moderator(app, scenario):
    nel = make_member("Nel", space=make_space("Genk", city="genk"), city="genk")
    make_post(scenario.thread, nel)
    first, second = scenario.draft(), scenario.draft()
    for lesson in (first, second):
        lessons.submit(
            scenario.actor("curator"),
            lesson.id,
            audience=Audience.NETWORK,
            asked_id=nel.id,
            note="Is it fair?",
        )
    db.session.commit()
    asked, reader = browser(app, nel), browser(app, scenario.reader)
    home = words(asked.get("/", headers=ENGLISH))
    assert "Cas asks you to check it by" in home
    page = words(asked.get(f"/workbench/{first.id}", headers=ENGLISH))
    assert "Is it fair?" in page
    for told in ("Your name, Nel, stands in it", "You cannot call it back", "Read from now on by"):
        assert told in page[: page.index("Approve and publish")], told
    assert 'href="/workbench"' not in page
    for stranger in (reader, browser(app, scenario.author)):
        assert stranger.get(f"/workbench/{first.id}").status_code == 404
        for verb in ("refusal", "publication", "return"):
            assert submit(stranger, f"/workbench/{first.id}/{verb}", {"note": "x"}).status_code == 404
    other = browser(app, scenario.reviewer)
    seen = words(other.get(f"/workbench/{first.id}", headers=ENGLISH))
    assert "Somebody else is asked by name to check this lesson." in seen
    assert "Approve and publish" not in seen
    assert submit(other, f"/workbench/{first.id}/publication", ALL_GOOD | {"version": 1}).status_code == 403
    assert f"/workbench/{first.id}" not in words(other.get("/workbench", headers=ENGLISH))
    for _twice in range(2):
        assert submit(asked, f"/workbench/{first.id}/refusal").status_code == 303
    assert asked.get(f"/workbench/{first.id}").status_code == 404
    assert submit(asked, f"/workbench/{first.id}/publication").status_code == 404
    assert submit(asked, f"/workbench/{second.id}/publication", ALL_GOOD | {"version": 1}).status_code == 303
    curator = browser(app, scenario.curator)
    assert "Nel will not check it" in words(curator.get("/", headers=ENGLISH))
    assert "Nel will not check the lesson" in words(curator.get("/workbench", headers=ENGLISH))
    assert "Nobody you asked can check this lesson." in words(
        curator.get(f"/workbench/{first.id}", headers=ENGLISH)
    )
    again = submit(curator, f"/workbench/{first.id}/reviewers", {"reviewer": str(nel.id)}, headers=ENGLISH)
    assert again.status_code == 422
    assert submit(curator, f"/workbench/{first.id}/reviewers", {"reviewer": "group"}).status_code == 303
    assert "Nel will not check it" not in words(curator.get("/", headers=ENGLISH))
    assert "Approve and publish" in words(other.get(f"/workbench/{first.id}", headers=ENGLISH))
    assert submit(curator, f"/workbench/{first.id}/recall").status_code == 303
    over = other.get(f"/workbench/{first.id}", headers=ENGLISH)
    assert (over.status_code, "This review is no longer asked" in words(over)) == (410, True)
    assert str(lessons.working(first).title) not in words(over)
    late = submit(other, f"/workbench/{first.id}/return", {"note": "Name the hour."}, headers=ENGLISH)
    assert (late.status_code, "This review is no longer asked" in words(late)) == (410, True)
    assert "Name the hour." in words(late)
    assert submit(other, f"/workbench/{first.id}/publication", ALL_GOOD | {"version": 1}).status_code == 410
    for stranger in (reader, asked, browser(app, scenario.author)):
        assert stranger.get(f"/workbench/{first.id}").status_code == 404, "they were not asked, or said no"
        assert (
            submit(stranger, f"/workbench/{first.id}/publication", ALL_GOOD | {"version": 1}).status_code
            == 404
        )


def test_one_of_the_group_leaves_it_to_the_others_and_it_leaves_her_home_alone(app, scenario):
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    path, asks = f"/workbench/{lesson.id}", "Cas asks whoever is free first to check it"
    editor, other = browser(app, scenario.editor), browser(app, scenario.reviewer)
    assert asks in words(editor.get("/", headers=ENGLISH))
    assert "Leave it to the others" in words(editor.get(path, headers=ENGLISH))
    for name, status in (("reader", 404), ("author", 404), ("curator", 403)):
        assert submit(browser(app, getattr(scenario, name)), f"{path}/dismissal").status_code == status, name
    assert submit(editor, f"{path}/dismissal").status_code == 303
    assert asks not in words(editor.get("/", headers=ENGLISH))
    assert asks in words(other.get("/", headers=ENGLISH))
    assert "Leave it to the others" not in words(editor.get(path, headers=ENGLISH))
    assert "Leave it to the others" not in words(other.get(path, headers=ENGLISH)), "there are no others"
    assert submit(other, f"{path}/dismissal").status_code == 409
    assert asks in words(other.get("/", headers=ENGLISH))
    curator = browser(app, scenario.curator)
    assert "Els" not in words(curator.get(path, headers=ENGLISH)), "nobody hears of it"
    again = {"reviewer": "group", "message": "Please."}
    assert submit(curator, f"{path}/reviewers", again).status_code == 303
    assert asks in words(editor.get("/", headers=ENGLISH))
    page = words(other.get(path, headers=ENGLISH))
    assert "Please." in page
    assert "Leave it to the others" in page
    assert submit(editor, f"{path}/publication", ALL_GOOD | {"version": 1}).status_code == 303


def test_the_reviewer_of_a_masked_source_answers_before_it_is_published(app, session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    reviewer = browser(app, scenario.reviewer)
    for path in (f"/workbench/{lesson.id}", "/workbench", "/"):
        page = words(reviewer.get(path, headers=ENGLISH))
        maker = "A moderator of a city asks" if path == "/" else "a moderator of a city"
        assert maker in page, path
        assert "Cas" not in page, path
    page = words(reviewer.get(f"/workbench/{lesson.id}", headers=ENGLISH))
    assert "For them it was checked by: somebody from another city" in " ".join(page.split())
    assert "Your name" not in page
    others = {name: reply for name, reply in ALL_GOOD.items() if name != "unknown"}
    for answer in ({}, {"unknown": "no"}, {"unknown": "doubt"}, {"unknown": "perhaps"}):
        sent = others | answer | {"version": 1}
        refused = submit(reviewer, f"/workbench/{lesson.id}/publication", sent, headers=ENGLISH)
        assert refused.status_code == 422
        assert 'href="#unknown"' in words(refused)
        assert refused.text.count("checked") >= len(others), "what was answered still stands"
    answered = submit(reviewer, f"/workbench/{lesson.id}/publication", ALL_GOOD | {"version": 1})
    assert answered.status_code == 303
    for name, told in (("curator", True), ("reviewer", True), ("author", False), ("reader", False)):
        shown = words(browser(app, getattr(scenario, name)).get(answered.location, headers=ENGLISH))
        assert ("Wout answered that nobody there would recognise the person." in shown) is told, name
