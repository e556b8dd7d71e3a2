"""Every form, sent twice: what was done is done once, and who sent it comes to the same place or is told what stands.

For stories and replies `test_sent_before.py` says more. What each form does stands in decision 16.
"""

import pytest
from sqlalchemy import func, select

from forum.domain.lessons import lessons
from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.claims import Claim
from forum.models.events import Event
from forum.models.lessons import Lesson, LessonReview, LessonState
from forum.models.spaces import Audience, Invitation, JoinRequest
from forum.models.threads import PostRevision
from tests.factories import actor, make_post, make_space, make_thread, sign_in, submit
from tests.lesson_scenario import build
from tests.reviewed import ALL_GOOD


@pytest.fixture
def twice(client):
    """Send a form twice as somebody; returns both answers."""

    def send(who, path, values=None):
        sign_in(client, who)
        return [submit(client, path, values or {}) for _turn in range(2)]

    return send


def count(*conditions, of):
    return db.session.scalar(select(func.count()).select_from(of).where(*conditions))


def test_the_same_change_of_a_post_is_one_change_and_another_one_is_shown_beside_it(
    twice, client, gent, leen
):
    post = make_post(make_thread(gent, leen), leen)
    path, change = f"/posts/{post.id}/revisions", {"body": "Better.", "seen_revision": "1"}
    first, second = twice(leen, path, change)
    assert (first.status_code, second.location) == (303, first.location)
    assert count(PostRevision.post_id == post.id, of=PostRevision) == 2
    other = submit(client, path, change | {"body": "Better still."})
    assert other.status_code == 409
    assert all(words in other.text for words in ("Better.", "Better still."))


@pytest.fixture
def bench(session):
    """A lesson on the workbench of its maker."""
    scenario = build()
    return scenario, scenario.draft()


def test_a_claim_and_a_text_are_written_once(twice, bench):
    scenario, lesson = bench
    path, before = f"/workbench/{lesson.id}", count(of=Claim)
    first, second = twice(scenario.curator, f"{path}/claims", {"text": "They sleep at eight."})
    assert first.status_code == second.status_code == 303
    assert count(of=Claim) == before + 1
    saved = lessons.working(lesson).saved_count
    for answer in twice(scenario.curator, f"{path}/text", {"title": "Other", "saved_count": str(saved)}):
        assert answer.status_code == 303
    assert lessons.working(lesson).saved_count == saved + 1


def test_a_review_is_asked_for_and_answered_once(twice, client, bench):
    scenario, lesson = bench
    path, note = f"/workbench/{lesson.id}", {"note": "Who says so?", "version": 1}
    first, second = twice(
        scenario.curator, f"{path}/submission", {"audience": "network", "reviewer": "group"}
    )
    assert (first.status_code, second.location) == (303, first.location)
    first, second = twice(scenario.reviewer, f"{path}/return", note)
    assert (first.status_code, second.location) == (303, first.location)
    assert count(of=LessonReview) == count(Event.name == "lesson.returned", of=Event) == 1
    other = submit(client, f"{path}/return", note | {"note": "And another thing."})
    assert other.status_code == 410
    assert "And another thing." in other.text, "it is on the page, to copy"
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert submit(client, f"{path}/return", note | {"version": 2}).status_code == 303
    assert count(of=LessonReview) == 2, "the same note about a later version is another one"
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    first, second = twice(scenario.reviewer, f"{path}/publication", ALL_GOOD | {"version": 3})
    assert (first.status_code, second.location) == (303, first.location)
    assert count(Event.name == "lesson.published", of=Event) == 1
    assert db.session.get_one(Lesson, lesson.id).state == LessonState.PUBLISHED


def test_an_invitation_is_mailed_once_and_later_again(twice, client, gent, moderator):
    form = {"email": "hanne@city.test", "role": "member", "note": "Welcome", "locale": "nl"}
    path = f"/spaces/{gent.slug}/invitations"
    first, second = twice(moderator, path, form)
    assert (first.status_code, second.location) == (303, first.location)
    assert count(of=Invitation) == count(Event.name == "invitation.sent", of=Event) == 1
    assert submit(client, path, form | {"role": "guest"}).status_code == 303
    assert count(Event.name == "invitation.sent", of=Event) == 2, "something else was meant"
    db.session.scalars(select(Invitation)).one().invited_at = clock.now().replace(year=2025)
    db.session.flush()
    submit(client, path, form | {"role": "guest"})
    assert count(Event.name == "invitation.sent", of=Event) == 3, "the mail did not come: once more"
    assert count(of=Invitation) == 1


def test_a_request_waits_once_with_the_latest_message(twice, client, leen, moderator):
    other = make_space("Genk", city="genk")
    make_thread(other, moderator, audience=Audience.PUBLIC)
    first, second = twice(leen, f"/spaces/{other.slug}/requests", {"message": "I work there."})
    assert (first.status_code, second.location) == (303, first.location)
    submit(client, f"/spaces/{other.slug}/requests", {"message": "I work there on Mondays."})
    assert db.session.scalars(select(JoinRequest)).one().message == "I work there on Mondays."
    assert count(Event.name == "join.requested", of=Event) == 1


def test_a_function_is_added_once(twice, leen):
    form = {
        "function": "trainer", "level": "field", "body": "city", "city": "gent", "starts_on": "2026-01-05",
    }  # fmt: skip
    for answer in twice(leen, "/settings/capacities", form):
        assert answer.status_code == 303
    assert count(Capacity.member_id == leen.id, Capacity.function == "trainer", of=Capacity) == 1


def test_what_is_only_pressed_says_what_stands(twice, client, gent, leen, moderator):
    """A second sending finds the thread closed, the post taken back: it says so and changes nothing."""
    thread = make_thread(gent, leen)
    post = make_post(thread, leen)
    first, second = twice(moderator, f"/threads/{thread.id}/lock", {"reason": "Enough."})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "This thread is closed already." in second.text
    assert all(piece in second.text for piece in ("Enough.", f'id="post-{post.number}"')), (
        "on the thread itself"
    )
    first, second = twice(leen, f"/posts/{post.id}/withdrawal")
    assert (first.status_code, second.status_code) == (303, 403)
    assert "You took this post back." in second.text
    assert posts.put_back(actor(leen), post.id).deleted_at is None
