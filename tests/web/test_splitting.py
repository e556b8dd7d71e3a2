"""Splitting and merging as pages: chosen, looked at, done, and undone."""

import re

import pytest

from forum.domain.regrouping import candidates, refusals
from forum.domain.summaries import summaries
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.threads import Thread
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit


def words(answer):
    return answer.get_data(as_text=True)


def seen(page):
    return re.search(r'name="seen" value="(\w+)"', page)[1]


@pytest.fixture
def thread(gent, leen):
    thread = make_thread(gent, leen, title="Who rings back?")
    for number in range(2, 6):
        make_post(thread, leen, f"Post {number} says so.")
    db.session.commit()
    return thread


def test_the_page_before_a_split_tells_which_sentences_rest_on_what_goes(client, moderator, thread):
    summaries.save(actor(moderator), thread.id, typed="Both agree. [4] [5]\nNobody rings. [2]", seen=0)
    db.session.commit()
    sign_in(client, moderator)
    address, wish = f"/threads/{thread.id}/split", {"title": "Drawers", "audience": "space"}
    said = "1 sentence in “Where this stands” rests on them and stays here"
    assert said in words(submit(client, address, {**wish, "numbers": ["4", "5"]}))
    assert "rests on them" not in words(submit(client, address, {**wish, "numbers": ["3"]}))


def test_posts_are_chosen_looked_at_and_split(client, moderator, thread, leen):
    sign_in(client, moderator)
    assert f"/threads/{thread.id}/split" in words(client.get(f"/threads/{thread.id}-who-rings-back"))
    empty = submit(client, f"/threads/{thread.id}/split", {"audience": "space"})
    for said in ("Choose at least one post.", "Choose a title."):
        assert said in words(empty), "all that lacks is said at once"
    shown = words(client.get(f"/threads/{thread.id}/split?from=4"))
    assert re.findall(r'value="(\d)" checked', shown) == ["4", "5"]
    address, wish = (
        f"/threads/{thread.id}/split",
        {"numbers": ["4", "5"], "title": "Drawers", "audience": "space", "reason": "Of somebody."},
    )
    assert submit(client, address, {**wish, "title": ""}).status_code == 422
    looked = submit(client, address, wish)
    page = words(looked)
    assert (looked.status_code, "Nothing has changed yet." in page, "Post 4 says so." in page) == (
        200,
        True,
        True,
    )
    assert db.session.query(Thread).count() == 1
    stale = submit(client, address, {**wish, "seen": "0" * 64})
    assert (stale.status_code, "Something changed since." in words(stale)) == (409, True)
    done = submit(client, address, {**wish, "seen": seen(page)})
    assert done.status_code == 303
    assert submit(client, address, {**wish, "seen": seen(page)}).location == done.location
    there = words(client.get(done.location))
    assert "You made this thread of posts from another one." in there
    old = words(client.get(f"/threads/{thread.id}-who-rings-back"))
    assert re.search(r'id="post-4">\s*<span>Post 4 moved to <a href="/threads/\d+-drawers#post-1"', old)
    outside = client.application.test_client()
    sign_in(outside, make_member("Sofie", space=make_space("Genk", city="genk")))
    told = words(outside.get(f"/threads/{thread.id}-who-rings-back"))
    assert ("Post 4 moved elsewhere." in told, "Drawers" in told, "-drawers" in told) == (True, False, False)
    assert outside.get(done.location).status_code == 404
    act_id = re.search(r"/undo/(\d+)", there)[1]
    undone = submit(client, f"/undo/{act_id}")
    back = client.get(client.get(undone.location).location)
    assert "Post 4 says so." in words(back)


def test_a_merged_thread_leads_to_its_place_for_who_may_see_it(client, moderator, thread, gent, leen):
    thread.audience = Audience.SPACE
    other = make_thread(gent, leen, title="Calling back", body="It is never done.")
    db.session.commit()
    sign_in(client, moderator)
    address = f"/threads/{other.id}/merge"
    assert "Who rings back?" in words(client.get(address))
    assert submit(client, address, {"into": "nowhere"}).status_code == 422
    looked = words(
        submit(client, address, {"into": f"http://forum.test/threads/{thread.id}-who-rings-back#post-2"})
    )
    assert "What changes if you merge" in looked
    done = submit(client, address, {"into": str(thread.id), "seen": seen(looked), "reason": "Of somebody."})
    assert (done.status_code, "Calling back</h2>" in words(client.get(done.location))) == (303, True)
    led = client.get(f"/threads/{other.id}-calling-back")
    assert (led.status_code, led.location) == (303, f"/threads/{thread.id}-who-rings-back#post-6")
    late = submit(
        client, f"/threads/{other.id}/replies", {"body": "Typed in an older tab.", "idempotency_key": "k"}
    )
    assert (late.status_code, "Typed in an older tab." in words(late)) == (404, True)
    outside = client.application.test_client()
    sign_in(outside, make_member("Sofie", space=make_space("Genk", city="genk")))
    assert outside.get(f"/threads/{other.id}-calling-back").status_code == 404
    assert outside.get(f"/threads/{other.id}").status_code == 404


def test_others_neither_choose_nor_split(client, leen, thread):
    sign_in(client, leen)
    wish = {"numbers": ["4"], "title": "Drawers", "audience": "space", "seen": "0" * 64}
    for page in ("split", "merge"):
        assert client.get(f"/threads/{thread.id}/{page}").status_code == 403
        assert submit(client, f"/threads/{thread.id}/{page}", {**wish, "into": "1"}).status_code == 403
    assert db.session.query(Thread).count() == 1


def test_another_thread_is_chosen_or_named_by_its_number_and_a_closed_one_is_not_offered(
    client, moderator, thread, gent, leen
):
    other, closed = (make_thread(gent, leen, title=title) for title in ("Calling back", "Shut"))
    closed.locked_at = closed.created_at
    db.session.commit()
    sign_in(client, moderator)
    address = f"/threads/{thread.id}/merge"
    shown = words(client.get(address))
    assert re.findall(r'type="radio" value="(\w+)"', shown) == [str(other.id), "another"]
    assert " checked" not in shown
    for form in ({"into": str(other.id)}, {"into": "another", "address": f"/threads/{other.id}-calling"}):
        assert "What changes if you merge" in words(submit(client, address, form))
    for form in ({}, {"into": "another", "address": "nowhere"}):
        assert submit(client, address, form).status_code == 422


def test_of_a_long_thread_the_posts_are_offered_in_parts_and_never_too_many_go_along(
    client, moderator, thread, gent, leen, monkeypatch
):
    for module in (candidates, refusals):
        monkeypatch.setattr(module, "MOST", 3)
    other = make_thread(gent, leen, title="Calling back")
    db.session.commit()
    sign_in(client, moderator)
    address = f"/threads/{thread.id}/split"
    first = words(client.get(address))
    assert "here stand the posts 1 to 3." in first
    rest = words(client.get(f"{address}?after=3&from=5"))
    assert re.findall(r'name="numbers" value="(\d)"( checked)?', rest) == [("4", ""), ("5", " checked")]
    assert "here stand the posts 4 to 5." in rest
    assert "too many to go along at once" in words(client.get(f"/threads/{thread.id}/merge"))
    refused = submit(client, f"/threads/{thread.id}/merge", {"into": str(other.id)})
    assert (refused.status_code, "too many to go along at once" in words(refused)) == (409, True)
    assert submit(client, f"/threads/{other.id}/merge", {"into": str(thread.id)}).status_code == 200
