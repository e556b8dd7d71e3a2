"""Whoever checks a version answers five questions, comments on a place, sees what changed, and only then publishes."""

import re

from forum.domain.lessons import claims, completeness, lessons, review_comments
from forum.infra.db import db
from forum.models.spaces import Audience
from tests.factories import sign_in, submit
from tests.lesson_scenario import REPLY, build
from tests.reviewed import ALL_GOOD

ENGLISH = {"Accept-Language": "en"}


def browser(app, member):
    client = app.test_client()
    sign_in(client, member)
    return client


def sent(town, lesson):
    lessons.submit(town.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    return f"/workbench/{lesson.id}"


def shown(client, path):
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def test_a_version_is_returned_with_comments_and_published_once_they_are_settled(app, session):
    town = build()
    lesson = town.draft()
    path = sent(town, lesson)
    reviewer, curator, second = (browser(app, each) for each in (town.reviewer, town.curator, town.second))
    stranger = browser(app, town.reader)
    claim = completeness.claims_of(lesson.working_id)[0]
    page = shown(reviewer, path)
    assert "0 of 5 answered" in page
    assert 'aria-disabled="true" aria-describedby="not-yet"' in page
    said = {"place": f"claim-{claim.root}", "text": "One excerpt does not carry that", "version": 1}
    for _twice in range(2):
        assert submit(reviewer, f"{path}/comments", said).status_code == 303
    assert submit(reviewer, f"{path}/comments", said | {"place": "unknowns", "text": ""}).status_code == 422
    for place in ("claim-0", "curator_id", ""):
        assert submit(reviewer, f"{path}/comments", said | {"place": place}).status_code == 422
    assert submit(curator, f"{path}/comments", said).status_code == 403
    assert submit(stranger, f"{path}/comments", said).status_code == 404
    assert submit(stranger, f"{path}/checklist", ALL_GOOD | {"version": 1}).status_code == 404
    assert submit(curator, f"{path}/checklist", ALL_GOOD | {"version": 1}).status_code == 403
    (comment,) = review_comments.of_lesson(town.actor("reviewer"), lesson)
    assert [one.by for one in review_comments.of_lesson(town.actor("curator"), lesson)] == ["Wout"]
    assert [one.by for one in review_comments.of_lesson(town.actor("editor"), lesson)] == [""]
    assert review_comments.of_lesson(town.actor("reader"), lesson) == []
    settlement = f"/workbench/comments/{comment.id}/settlement"
    assert submit(browser(app, town.editor), settlement).status_code == 303
    assert "by another reviewer" in shown(reviewer, path), "and not by who makes it"
    assert submit(reviewer, settlement, {"_method": "DELETE"}).status_code == 303
    refused = submit(reviewer, f"{path}/publication", ALL_GOOD | {"version": 1}, headers=ENGLISH)
    assert refused.status_code == 422
    assert "A comment is still open" in refused.text
    assert submit(reviewer, f"{path}/return", {"note": "", "version": 1}).status_code == 303
    bench = shown(curator, path)
    assert "One excerpt does not carry that" in bench
    assert "Look at the comments" in bench
    at = f"/workbench/comments/{comment.id}"
    assert submit(stranger, f"{at}/settlement").status_code == 404
    assert submit(second, at, {"_method": "DELETE"}).status_code in {403, 404}
    claims.reword(
        town.actor("curator"), completeness.claims_of(lesson.working_id)[0].id, text="Contact keeps some"
    )
    other = claims.add(town.actor("curator"), lesson.id, text="In some groups it changed nothing")
    claims.quote(
        town.actor("curator"), other.id, post_id=town.posts()[1].id, words=REPLY[-30:], stance="nuances"
    )
    for _twice in range(2):
        assert submit(curator, f"{at}/settlement").status_code == 303
    sent(town, lesson)
    page = shown(reviewer, path)
    assert "2 changes since you looked on" in page
    assert re.search(r"<del>.{0,80}people.{0,60}</del>", page)
    assert re.search(r"<ins>.{0,80}some.{0,60}</ins>", page)
    assert "by its maker" in page
    clean = shown(reviewer, f"{path}?clean=1")
    assert "<ins>" not in clean
    assert "Show the changes" in clean
    # Who did not have the first version before them gets nothing of it.
    assert "<del>" not in shown(browser(app, town.editor), path)
    for name, reply in list(ALL_GOOD.items())[:4]:
        answer = submit(
            reviewer, f"{path}/checklist", {name: reply, "version": 2}, headers={"Accept": "application/json"}
        )
        assert answer.get_json()["ready"] is False
    assert submit(reviewer, f"{path}/checklist", {"usable": "doubt", "version": 1}).status_code == 409
    answer = submit(
        reviewer,
        f"{path}/checklist",
        {"usable": "doubt", "version": 2},
        headers={"Accept": "application/json"},
    )
    assert answer.get_json()["ready"] is True
    assert submit(reviewer, f"{path}/publication", {"version": 2}).status_code == 303


def test_a_no_holds_it_back_and_a_doubt_does_not(app, session):
    town = build()
    lesson = town.draft()
    path = sent(town, lesson)
    reviewer = browser(app, town.reviewer)
    for name in ALL_GOOD:
        refused = submit(
            reviewer, f"{path}/publication", ALL_GOOD | {name: "no", "version": 1}, headers=ENGLISH
        )
        assert refused.status_code == 422
        assert f'href="#{name}"' in refused.text
    doubts = dict.fromkeys(ALL_GOOD, "doubt")
    assert submit(reviewer, f"{path}/publication", doubts | {"version": 1}).status_code == 303


def test_it_is_shown_as_others_get_it_and_never_more_than_the_reviewer_may_know(app, session):
    town = build(Audience.SPACE)
    lesson = town.draft()
    town.agree(lesson)
    path = sent(town, lesson)
    reviewer, curator = browser(app, town.reviewer), browser(app, town.curator)
    for wanted in ("visitor", "elsewhere", "author", "nonsense"):
        page = shown(reviewer, f"{path}?as={wanted}")
        assert "somebody in a large city" in page
        assert "Amina" not in page
        assert "Why they stopped" not in page
    assert "A visitor does not get this lesson" in shown(reviewer, f"{path}?as=visitor")
    assert "Amina" not in shown(curator, path)
    inside = shown(curator, f"{path}?as=author")
    assert "Amina" in inside
    assert "Why they stopped" in inside
