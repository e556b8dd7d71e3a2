"""The same button pressed many times at one moment, and several people at one thing: with real commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select

from forum.domain.lessons import claims, holding, lessons
from forum.domain.people import mail_links
from forum.domain.spaces import invitations
from forum.infra.db import db
from forum.models.accounts import Capacity, Member, NetworkRole
from forum.models.claims import Claim
from forum.models.lessons import Lesson, LessonReview, LessonVersion
from forum.models.responses import ThreadResponse
from forum.models.spaces import AccessRequest, Audience, Invitation, JoinRequest, Membership, Role
from forum.models.threads import Post
from tests.factories import actor, csrf_for, make_member, make_post, make_space, make_thread, sign_in
from tests.reviewed import ALL_GOOD

pytestmark = pytest.mark.live
CROWD = 8
PASSWORD = "een rustige lange zin 77"
PERSON = {
    "name": "Iemand",
    "password": PASSWORD,
    "function": "werker",
    "level": "field",
    "body": "city",
    "city": "gent",
}


@pytest.fixture
def ground(live_app):
    """A space with two moderators, an author and a thread; everything committed."""
    with live_app.app_context():
        space = make_space("Gent", city="gent")
        first = make_member("Wouter", space=space, role=Role.MODERATOR)
        second = make_member("Leen", space=space, role=Role.MODERATOR)
        author = make_member("Noor", space=space)
        admin = make_member("Beheer", network_role=NetworkRole.ADMIN)
        thread = make_thread(space, author, audience=Audience.SPACE)
        post = make_post(thread, author, "Words that may go.")
        db.session.commit()
        yield {"space": space, "first": first, "second": second, "author": author, "thread": thread, "post": post,
               "admin": admin}  # fmt: skip


def storm(app, calls):
    """Send these (member or None, path, fields) at one moment; the status of each answer."""
    ready = []
    for member, path, fields in calls:
        browser = app.test_client()
        if member is not None:
            sign_in(browser, member)
        ready.append((browser, path, {**fields, "csrf_token": csrf_for(browser)}))
    db.session.remove()
    with ThreadPoolExecutor(len(ready)) as crowd:
        return list(crowd.map(lambda one: one[0].post(one[1], data=one[2]).status_code, ready))


def count(model, *where):
    db.session.remove()
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def test_of_many_requests_for_one_address_one_is_confirmed(live_app, ground):
    fields = {**PERSON, "email": "nieuw@stad.example", "message": ""}
    assert storm(live_app, [(None, "/accounts/join", fields)] * CROWD) == [303] * CROWD
    links = [mail_links.confirm_token(one) for one in db.session.scalars(select(AccessRequest))]
    assert len(links) == CROWD
    calls = [(None, f"/accounts/confirm/{link}", {"password": PASSWORD}) for link in links + links[:2]]
    assert sorted(storm(live_app, calls)) == [303] + [410] * (CROWD + 1)
    member = Member.email == "nieuw@stad.example"
    assert count(Member, member) == 1
    newcomer = db.session.scalar(select(Member.id).where(member))
    assert count(JoinRequest, JoinRequest.member_id == newcomer) == 1
    assert count(Capacity, Capacity.member_id == newcomer) == 1


def test_one_invitation_lets_one_person_in(live_app, ground):
    invitation = invitations.invite(
        actor(ground["first"]), ground["space"].id, email="gast@stad.example", role=Role.GUEST
    )
    db.session.commit()
    token = mail_links.invitation_token(invitation)
    statuses = storm(live_app, [(None, f"/invitations/{token}", PERSON)] * CROWD)
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 403, 410, 422}
    assert count(Member, Member.email == "gast@stad.example") == 1
    assert count(Membership, Membership.role == Role.GUEST) == 1


def test_inviting_often_invites_once(live_app, ground):
    path, fields = (
        f"/spaces/{ground['space'].slug}/invitations",
        {"email": "gast@stad.example", "role": "guest"},
    )
    calls = [(ground[who], path, {**fields, "locale": "nl"}) for who in ("first", "second") * 4]
    assert set(storm(live_app, calls)) == {303}
    assert count(Invitation) == 1


def test_a_capacity_sent_twice_is_one_capacity(live_app, ground):
    fields = {**PERSON, "function": "coach", "starts_on": date(2026, 1, 1).isoformat()}
    assert set(storm(live_app, [(ground["author"], "/settings/capacities", fields)] * CROWD)) == {303}
    assert count(Capacity, Capacity.function == "coach") == 1


def test_knocking_often_is_knocking_once(live_app, ground):
    other = make_space("Aalst", city="aalst", default=Audience.NETWORK)
    db.session.commit()
    calls = [(ground["author"], f"/spaces/{other.slug}/requests", {"message": "Hello"})] * CROWD
    assert set(storm(live_app, calls)) == {303}
    assert count(JoinRequest) == 1


def test_two_who_save_one_draft_do_not_lose_each_others_words(live_app, ground):
    lesson = lessons.draft(actor(ground["first"]), ground["thread"].id, title="A lesson")
    holding.name_deputy(actor(ground["first"]), lesson.id, member_id=ground["second"].id)
    db.session.commit()
    path = f"/workbench/{lesson.id}/text"
    calls = [(ground[who], path, {"saved_count": "1", "title": f"By {who}"}) for who in ("first", "second")]
    assert sorted(storm(live_app, calls)) == [303, 409]


def test_pressing_draft_and_claim_often_makes_one_of_each(live_app, ground):
    path = f"/threads/{ground['thread'].id}/lessons"
    assert set(storm(live_app, [(ground["first"], path, {"title": "A lesson"})] * CROWD)) == {303}
    assert count(Lesson) == 1
    lesson_id = db.session.scalar(select(Lesson.id))
    calls = [(ground["first"], f"/workbench/{lesson_id}/claims", {"text": "One claim"})] * CROWD
    assert set(storm(live_app, calls)) == {303}
    assert count(Claim) == 1


@pytest.mark.proof
def test_a_response_that_is_pressed_twenty_times_at_once_counts_once(live_app, ground):
    path = f"/threads/{ground['thread'].id}/responses"
    kinds = ("also", "different", "applied")
    calls = [(ground["second"], path, {"kind": kinds[number % 3]}) for number in range(20)]
    assert set(storm(live_app, calls)) == {303}
    assert count(ThreadResponse) == 1
    # On one device it is taken back, on another pressed: it is there once, or not.
    calls = [(ground["second"], path, {"kind": "also", **gone}) for gone in ({}, {"_method": "DELETE"}) * 10]
    assert set(storm(live_app, calls)) == {303}
    assert count(ThreadResponse) <= 1
    # Nobody else waits for it: each of many members counts.
    assert storm(live_app, [(ground[who], path, {"kind": "also"}) for who in ("first", "second")]) == [
        303,
        303,
    ]
    assert count(ThreadResponse) == 2


def test_removing_an_excerpt_often_removes_it_once(live_app, ground):
    who, post = actor(ground["first"]), ground["post"]
    lesson = lessons.draft(who, ground["thread"].id, title="A lesson")
    claim = claims.add(who, lesson.id, text="One claim")
    excerpt = claims.quote(who, claim.id, post_id=post.id, words="may go", stance="supports")
    db.session.commit()
    calls = [(ground["first"], f"/workbench/excerpts/{excerpt.id}", {"_method": "DELETE"})] * CROWD
    assert sorted(storm(live_app, calls)) == [303] + [404] * (CROWD - 1)


def lesson_in_review(ground) -> int:
    lesson = lessons.draft(actor(ground["first"]), ground["thread"].id, title="A lesson")
    lesson.state, version = "in_review", lessons.working(lesson)
    version.sealed_at = version.created_at
    db.session.commit()
    return lesson.id


def test_returned_with_the_same_note_at_once_it_went_back_once(live_app, ground):
    calls = [
        (ground["second"], f"/workbench/{lesson_in_review(ground)}/return", {"note": "No", "version": 1})
    ] * 4
    other = [(ground["second"], calls[0][1], {"note": "Something else", "version": 1})]
    statuses = storm(live_app, calls)
    assert statuses == [303] * 4
    assert storm(live_app, other)[0] in {403, 404}
    assert count(LessonReview) == 1
    assert count(LessonVersion) == 2


def test_published_and_returned_at_once_is_one_of_the_two(live_app, ground):
    path = f"/workbench/{lesson_in_review(ground)}"
    calls = [
        (ground["second"], f"{path}/publication", ALL_GOOD | {"version": 1}),
        (ground["second"], f"{path}/return", {"note": "No", "version": 1}),
    ]
    statuses = storm(live_app, calls * 3)
    assert statuses.count(303) == 3, "the one that came first, and the same of the same person again"
    assert set(statuses) <= {303, 403, 409}
    assert count(LessonReview) == 1
    assert count(LessonVersion, LessonVersion.number.is_not(None)) <= 1


def test_hidden_changed_and_taken_back_at_once_leaves_no_words(live_app, ground):
    path = f"/posts/{ground['post'].id}"
    calls = [
        (ground["first"], f"{path}/hiding", {"reason": "A name."}),
        (ground["second"], f"{path}/hiding", {"reason": "A name."}),
        (ground["author"], f"{path}/revisions", {"body": "Other words.", "seen_revision": "1"}),
        (ground["author"], f"{path}/withdrawal", {}),
        (ground["author"], f"{path}/withdrawal", {}),
    ]
    assert set(storm(live_app, calls)) <= {303, 403, 404, 409}
    post_id = int(path.rpartition("/")[2])
    db.session.remove()
    post = db.session.get_one(Post, post_id)
    assert post.hidden_at or post.deleted_at
    assert post.html == ""


def test_who_is_suspended_while_she_writes_is_out(live_app, ground):
    author, thread = ground["author"], ground["thread"]
    suspension = (ground["admin"], f"/admin/members/{author.id}/suspension", {"reason": "A quarrel."})
    replies = [
        (author, f"/threads/{thread.id}/replies", {"body": f"Word {n}", "idempotency_key": f"o{n}"})
        for n in range(4)
    ]
    statuses = storm(live_app, [suspension, *replies])
    assert statuses[0] == 303
    assert set(statuses) <= {303, 403, 404}  # 404: she was in when the request began, and out when she wrote
    assert storm(live_app, [replies[0]]) == [403]


def test_a_link_for_a_new_password_works_once(live_app, ground):
    token = mail_links.reset_token(ground["author"])
    calls = [(None, f"/accounts/reset/{token}", {"password": f"{PASSWORD} {n}"}) for n in range(CROWD)]
    assert sorted(storm(live_app, calls)) == [303] + [410] * (CROWD - 1)
