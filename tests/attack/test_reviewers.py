"""Who is asked to check a lesson gets what its readers will get, not the workbench of those who made it."""

import pytest

from forum.domain.consents import consents
from forum.domain.lessons import claims, lessons, review_requests
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Level, Member
from forum.models.consents import Masking
from forum.models.spaces import Audience, Membership, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, Post
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.reviewed import ALL_GOOD

SAID = "we gave one colleague the time"
AGREED = "one colleague got time"


@pytest.fixture
def checked(session):
    """A lesson in review out of a closed thread, its city masked, and the two moderators."""
    closed, elsewhere = make_space("Aalst", city="aalst"), make_space("Gent", city="gent")
    author = make_member("Lotte", space=closed, city="aalst", level=Level.FIELD)
    maker = make_member("Marleen", space=closed, city="aalst", role=Role.MODERATOR)
    checker = make_member("Wouter", space=elsewhere, city="gent", role=Role.MODERATOR)
    thread = make_thread(closed, author, title="Closed talk", body=f"Here {SAID}.", audience=Audience.SPACE)
    make_post(thread, maker)
    post = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    lesson = lessons.draft(actor(maker), thread.id, title="Give time")
    claim = claims.add(actor(maker), lesson.id, text="Time keeps people")
    excerpt = claims.quote(actor(maker), claim.id, post_id=post.id, words=SAID, stance="supports")
    consents.record_answer(
        lesson.id, post.id, words=excerpt.words, masking=Masking.MASKED, city_shown=False, note="",
        shown_as="somebody in a large city", audience=Audience.NETWORK, agreed=True, at=clock.now(),
    )  # fmt: skip
    lessons.save(
        actor(maker), lesson.id, saved_count=lessons.working(lesson).saved_count, title="Give time",
        one_sentence="Give one colleague the time.", outcome=Outcome.WORKED, axis=Axis.SOLIDARITY,
        needs=[Need.STORIES], context="A work floor.", what_was_done="Asked.", result="More stayed.",
        recommendation="Do it.", unknowns="Whether it lasts.", conditions=["a fixed day"],
    )  # fmt: skip
    lessons.submit(actor(maker), lesson.id, audience=Audience.NETWORK)
    db.session.commit()
    return lesson, claim, maker, checker


ENGLISH = {"Accept-Language": "en"}
FORMS = ("claims", "text", "excerpts", "sources", "submission")


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_form_shows_a_checker_no_workbench(client, checked, form):
    lesson, _claim, _maker, checker = checked
    sign_in(client, checker)
    page = submit(client, f"/workbench/{lesson.id}/{form}", {"title": "x" * 300})
    words = page.get_data(as_text=True)
    assert page.status_code == 403
    assert "Aalst" not in words
    assert SAID not in words
    assert "Lotte" not in words


def test_a_checker_gets_the_masked_preview_and_may_publish(client, checked):
    lesson, claim, _maker, checker = checked
    sign_in(client, checker)
    words = client.get(f"/workbench/{lesson.id}").get_data(as_text=True)
    assert "somebody in a large city" in words
    assert "Lotte" not in words
    assert "Closed talk" not in words
    assert submit(client, f"/workbench/claims/{claim.id}", {"text": ""}).status_code == 403
    assert submit(client, f"/workbench/{lesson.id}/publication", {"version": 1}).status_code == 422
    assert submit(client, f"/workbench/{lesson.id}/publication", ALL_GOOD | {"version": 1}).status_code == 303


def test_a_maker_still_gets_her_own_workbench(client, checked):
    lesson, _claim, maker, _checker = checked
    sign_in(client, maker)
    page = submit(client, f"/workbench/{lesson.id}/claims", {"text": ""})
    assert page.status_code == 422
    assert "Aalst" in page.get_data(as_text=True)


def test_a_member_whose_city_ended_or_who_left_reads_nothing_of_what_they_were_asked(client, checked):
    lesson, _claim, maker, _checker = checked
    genk = make_space("Genk", city="genk")
    asked = {name: make_member(name, space=genk, city="genk") for name in ("Nel", "Ruben", "Gust")}
    for member in asked.values():
        make_thread(genk, member)
        review_requests.ask(actor(maker), lesson.id, asked_id=member.id)
    db.session.commit()
    ended = db.update(Membership).where(Membership.member_id == asked["Nel"].id)
    db.session.execute(ended.values(ended_at=clock.now()))
    review_requests.decline(actor(asked["Ruben"]), lesson.id)
    db.session.commit()
    for name, status in (("Nel", 404), ("Ruben", 404), ("Gust", 200)):
        sign_in(client, asked[name])
        page = client.get(f"/workbench/{lesson.id}")
        assert page.status_code == status, name
        for secret in ("Lotte", "Closed talk", "Marleen"):
            assert secret not in page.get_data(as_text=True), secret
        for path in ("publication", "return") if status == 404 else ():
            answer = submit(client, f"/workbench/{lesson.id}/{path}", ALL_GOOD | {"note": "Mine"})
            assert answer.status_code == 404, path
    sign_in(client, asked["Nel"])
    assert submit(client, f"/workbench/{lesson.id}/refusal").status_code == 404


def test_a_cited_author_and_the_makers_are_refused_like_a_number_of_nobody(client, checked):
    lesson, _claim, maker, _checker = checked
    author = db.session.scalars(db.select(Member).where(Member.name == "Lotte")).one()
    sign_in(client, maker)
    for crafted in (author.id, maker.id, 2147483000, 10**17):
        form = {"reviewer": str(crafted)}
        answer = submit(client, f"/workbench/{lesson.id}/reviewers", form, headers=ENGLISH)
        assert answer.status_code == 422
        assert "This person cannot check the lesson for these readers." in answer.get_data(as_text=True)
    found = submit(
        client, f"/workbench/{lesson.id}/reviewers", {"reviewer": "other", "reviewer_name": "Lotte"}
    )
    assert found.status_code == 422
