"""Deleting a post and leaving words out of it as pages; another title, pins, and what the author reads of it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.moderation import leaving_out
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.sealing import Sealing
from forum.models.spaces import Audience, Role
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit

MARK = "[left out by a moderator]"


@pytest.fixture
def karim_wrote(gent, leen, karim):
    thread = make_thread(gent, leen, audience=Audience.NETWORK, title="Trial of Jan Peeters")
    post = make_post(thread, karim, "Ask Jan Peeters in the Veldstraat.")
    db.session.commit()
    return post


@pytest.fixture
def karim(gent):

    return make_member("Karim", space=make_space("Genk", city="genk"))


def browser(client, member=None):
    db.session.commit()
    found = client.application.test_client()
    if member is not None:
        sign_in(found, member)
    return found


def page(client, post):
    return client.get(f"/threads/{post.thread_id}?lang=en", follow_redirects=True).text


def test_a_moderator_deletes_a_post_from_its_menu_and_undoes_it(client, moderator, leen, karim, karim_wrote):
    mod, reader, author = browser(client, moderator), browser(client, leen), browser(client, karim)
    address = f"/posts/{karim_wrote.id}/deletion"
    assert f'href="{address}"' in page(mod, karim_wrote)
    assert f'href="{address}"' not in page(reader, karim_wrote)
    assert reader.get(address).status_code == 403
    assert submit(reader, address, {"reason": "No"}).status_code == 403
    assert "Veldstraat" in mod.get(f"{address}?lang=en").text
    assert submit(mod, address, {"reason": ""}).status_code == 422
    assert submit(mod, address, {"reason": "He is known."}).status_code == 303
    for who in (mod, reader, author):
        seen = page(who, karim_wrote)
        assert ("Deleted by a moderator." in seen, "Veldstraat" in seen) == (True, False)
        assert ("He is known." in seen) == (who is not reader)
    assert "You deleted post 2." in page(mod, karim_wrote)
    asked = author.get(f"/posts/{karim_wrote.id}/objection?lang=en").text
    assert ("was deleted" in asked, "He is known." in asked) == (True, True)
    act = page(mod, karim_wrote).partition('action="/undo/')[2].partition('"')[0]
    assert submit(mod, f"/undo/{act}", {}).status_code == 303
    assert "Veldstraat" in page(reader, karim_wrote)


def test_words_are_looked_at_first_then_left_out(client, moderator, leen, karim, karim_wrote):
    mod, reader, author = browser(client, moderator), browser(client, leen), browser(client, karim)
    address = f"/posts/{karim_wrote.id}/left-out"
    assert f'href="{address}"' in page(mod, karim_wrote)
    assert reader.get(address).status_code == 403
    first = f"/posts/{karim_wrote.id - 1}/left-out?lang=en"
    assert "Trial of" in mod.get(first).text
    looked = submit(mod, f"{address}?lang=en", {"words": "jan peeters", "reason": "", "look": "1"})
    assert (looked.status_code, "What the post becomes" in looked.text) == (200, True)
    assert MARK in looked.text
    assert "Jan Peeters" in page(reader, karim_wrote)
    refused = submit(mod, f"{address}?lang=en", {"words": "Piet", "reason": "A name", "look": "1"})
    assert (refused.status_code, "does not stand in the post" in refused.text) == (422, True)
    assert submit(mod, address, {"words": "Jan Peeters", "reason": "Jan Peeters"}).status_code == 422
    assert submit(mod, f"{address}?lang=en", {"words": "Jan Peeters", "reason": "A name"}).status_code == 303
    seen = page(reader, karim_wrote)
    assert '<span class="left-out">' in seen
    assert "Ask Jan" not in seen
    told = f"/posts/{karim_wrote.id}/rewordings?lang=en"
    assert author.get(told).status_code == 404
    with clock.at(clock.now() + timedelta(minutes=11)):
        worker.run_until_idle()
        assert "A name" in browser(client, karim).get(told).text
        assert browser(client, leen).get(told).status_code == 404
        notices = browser(client, karim).get("/notifications?lang=en").text
        assert "left words out of your post" in notices
        assert told.partition("?")[0] in notices


def test_a_title_is_changed_and_old_addresses_lead_on(client, moderator, leen, karim, karim_wrote):
    mod, other = browser(client, moderator), browser(client, karim)
    address = f"/threads/{karim_wrote.thread_id}/title"
    assert f'href="{address}"' in page(mod, karim_wrote)
    assert other.get(address).status_code == 403
    assert submit(mod, address, {"title": "", "reason": "Clearer"}).status_code == 422
    assert submit(mod, address, {"title": "A trial", "reason": "Clearer"}).status_code == 303
    old = other.get(f"/threads/{karim_wrote.thread_id}-trial-of-jan-peeters")
    assert (old.status_code, old.location.endswith("-a-trial")) == (303, True)
    assert "You gave this thread another title." in page(mod, karim_wrote)


def test_a_pinned_thread_stands_on_top_of_its_space(client, gent, moderator, leen, karim_wrote):
    mod, reader = browser(client, moderator), browser(client, leen)
    address, space = f"/threads/{karim_wrote.thread_id}/pin", f"/spaces/{gent.slug}?lang=en"
    assert submit(reader, address, {}).status_code == 403
    assert 'id="pinned"' not in reader.get(space).text
    assert submit(mod, address, {}).status_code == 303
    assert 'id="pinned"' in reader.get(space).text
    assert "Pin this thread no longer" in page(mod, karim_wrote)
    assert submit(mod, address, {"_method": "DELETE"}).status_code == 303
    assert 'id="pinned"' not in reader.get(space).text


def test_the_author_objects_to_words_left_out_and_reads_what_came_of_it(
    client, gent, moderator, leen, karim, karim_wrote
):
    second = make_member("Sien", space=gent, role=Role.MODERATOR)
    mod, author, other = browser(client, moderator), browser(client, karim), browser(client, second)
    with clock.at(clock.now() - timedelta(hours=1)):
        leaving_out.leave_out(actor(moderator), karim_wrote.id, words="Jan Peeters", reason="A name")
        db.session.commit()
    told = f"/posts/{karim_wrote.id}/rewordings?lang=en"
    address = author.get(told).text.partition('href="/left-out/')[2].partition('"')[0]
    address = f"/left-out/{address}"
    assert "cannot come back" in author.get(f"{address}?lang=en").text
    assert submit(author, address, {"words": " "}).status_code == 422
    assert submit(other, address, {"words": "Mine."}).status_code == 404
    assert submit(author, address, {"words": "He is the mayor."}).status_code == 303
    assert "looks at this within five working days" in author.get(told).text
    assert author.get(address).status_code == 303
    for who, status in ((mod, 403), (author, 404), (other, 200)):
        assert who.get(f"{address}/decision").status_code == status
    waits = other.get(f"/spaces/{gent.slug}/reports?lang=en").text
    assert ("He is the mayor." in waits, f'href="{address}/decision"' in waits) == (True, True)
    assert "He is the mayor." not in mod.get(f"/spaces/{gent.slug}/reports").text
    assert submit(other, f"{address}/decision", {"answer": ""}).status_code == 422
    assert submit(other, f"{address}/decision", {"_method": "DELETE"}).status_code == 303
    assert other.get(f"{address}/decision").location == "/desk"
    assert "You decided this already: leaving it out was wrong." in other.get("/desk?lang=en").text
    worker.run_until_idle()
    read = author.get(told).text
    assert ("You were right" in read, "Change your post" in read, "Sien" in read) == (True, True, False)
    log = mod.get(f"/spaces/{gent.slug}/moderation/log?lang=en").text
    assert "leaving words out of post 2" in log


def test_what_is_typed_in_an_objection_is_kept_for_its_author_alone(
    client, moderator, leen, karim, karim_wrote
):
    with clock.at(clock.now() - timedelta(hours=1)):
        leaving_out.leave_out(actor(moderator), karim_wrote.id, words="Jan Peeters", reason="A name")
        db.session.commit()
    sealing_id = db.session.scalars(select(Sealing.id)).one()
    author, other = browser(client, karim), browser(client, leen)
    address = f"/left-out/{sealing_id}/objection"
    kept = {"draft_form": "left_out_objection", "draft_subject": sealing_id, "words": "Half a reas"}
    for who, status in ((other, 404), (author, 303)):
        sent = kept | {"idempotency_key": str(uuid.uuid4())}
        assert submit(who, "/drafts", sent).status_code == status
    assert "Half a reas</textarea>" in author.get(address).text
    assert "Half a reas" in author.get("/drafts").text
    assert other.get(address).status_code == 404
    assert submit(author, address, {"words": "Half a reason."}).status_code == 303
