"""Archived threads on pages: as before at their address, in the archive of their space, in no list of what runs."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.moderation import archiving, undo
from forum.domain.syndication import feeds
from forum.domain.threads import archived, lists
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import ModerationAction
from forum.models.spaces import Audience, Role
from forum.models.undo import UndoableAct
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit


@pytest.fixture
def space():
    return make_space()


@pytest.fixture
def member(space):
    return make_member(space=space)


@pytest.fixture
def moderator(space):
    return make_member("Mia", space=space, role=Role.MODERATOR)


@pytest.fixture
def thread(space, member):
    return make_thread(space, member, title="Wie belt er terug", audience=Audience.NETWORK)


def seen_in(page):
    return re.search(r'name="seen" value="(\w+)"', page).group(1)


def archive(client, thread, **fields):
    page = client.get(f"/threads/{thread.id}/archive").get_data(as_text=True)
    return submit(client, f"/threads/{thread.id}/archive", {"seen": seen_in(page), **fields})


def test_a_moderator_sees_what_it_does_archives_undoes_and_takes_it_out(
    client, thread, space, member, moderator
):
    sign_in(client, member)
    assert client.get(f"/threads/{thread.id}/archive").status_code == 403
    assert submit(client, f"/threads/{thread.id}/archive", {"seen": "x"}).status_code == 403
    sign_in(client, moderator)
    address = f"/threads/{thread.id}-{thread.slug}"
    assert f"/threads/{thread.id}/archive" in client.get(address).get_data(as_text=True)
    page = client.get(f"/threads/{thread.id}/archive").get_data(as_text=True)
    assert thread.archived_at is None
    make_post(thread, member)
    db.session.commit()
    changed = submit(client, f"/threads/{thread.id}/archive", {"seen": seen_in(page), "reason": "Klaar."})
    told = changed.get_data(as_text=True)
    assert (changed.status_code, "Klaar." in told, seen_in(told) != seen_in(page)) == (409, True, True)
    assert (
        submit(client, f"/threads/{thread.id}/archive", {"seen": "x", "reason": "x" * 301}).status_code == 422
    )
    assert archive(client, thread, reason="Klaar.").status_code == 303
    assert client.get(f"/threads/{thread.id}/archive").status_code == 409
    page = client.get(address).get_data(as_text=True)
    act = db.session.scalars(db.select(UndoableAct)).one()
    assert f"/undo/{act.id}" in page
    assert "archived this thread" in page
    log = client.get(f"/spaces/{space.slug}/moderation/log").get_data(as_text=True)
    assert "archived “Wie belt er terug”" in log
    assert submit(client, f"/undo/{act.id}", {}).status_code == 303
    assert archive(client, thread).status_code == 303
    assert submit(client, f"/threads/{thread.id}/archive", {"_method": "DELETE"}).status_code == 303
    assert submit(client, f"/threads/{thread.id}/archive", {"_method": "DELETE"}).status_code == 409


def test_the_same_press_sent_twice_is_answered_alike_also_after_it_was_taken_out_or_undone(
    client, thread, moderator
):
    thread_id, address, who = thread.id, f"/threads/{thread.id}/archive", actor(moderator)
    done = "This thread stands in the archive of its space"
    db.session.commit()
    sign_in(client, moderator)
    seen = seen_in(client.get(address).get_data(as_text=True))

    def press_twice():
        for _time in range(2):
            db.session.commit()
            db.session.expunge_all()
            answer = submit(client, address, {"seen": seen})
            assert answer.status_code == 303
            assert done in client.get(answer.location).get_data(as_text=True)

    def undo_the_last():
        acts = select(UndoableAct.id).where(UndoableAct.until > clock.now()).order_by(UndoableAct.id.desc())
        undo.undo(who, db.session.scalars(acts).first())

    press_twice()
    undo_the_last()
    with clock.at(clock.now() - timedelta(hours=1)):
        archiving.archive(who, thread_id, seen=seen)
    press_twice()
    for _time in range(2):
        assert submit(client, address, {"_method": "DELETE"}).status_code == 303
        press_twice()
    assert submit(client, address, {"_method": "DELETE"}).status_code == 303
    undo_the_last()
    press_twice()
    assert submit(client, address, {"seen": "another"}).status_code == 409, "nobody looked at that"
    lines = select(ModerationAction.action).where(ModerationAction.thread_id == thread_id)
    acts = db.session.scalars(lines.order_by(ModerationAction.id)).all()
    assert acts == ["archive", "unarchive"] * 4 + ["archive"], "each is in the log once"


def test_it_stands_in_the_archive_of_its_space_and_in_no_list_of_what_runs(client, thread, space, member):
    running = make_thread(space, member, title="Dit loopt", audience=Audience.NETWORK)
    sign_in(client, member)
    places = (f"/spaces/{space.slug}", "/", "/threads")
    archive_address = f"/spaces/{space.slug}/archive"
    assert archive_address not in client.get(f"/spaces/{space.slug}").get_data(as_text=True)
    thread.archived_at = clock.now()
    db.session.commit()
    for address in places:
        page = client.get(address).get_data(as_text=True)
        assert ("Wie belt er terug" in page, "Dit loopt" in page) == (False, True), address
    assert [entry.thread_id for entry in feeds.posts(actor(member), space.id)] == [running.id]
    assert [card.id for card in lists.last_active(actor(member))] == [running.id]
    opened = client.get(f"/spaces/{space.slug}").get_data(as_text=True)
    assert archive_address in opened
    assert "Archived (1)" in opened
    page = client.get(archive_address).get_data(as_text=True)
    assert ("Wie belt er terug" in page, "Dit loopt" in page) == (True, False)
    assert client.get(f"/threads/{thread.id}-{thread.slug}").status_code == 200


def test_the_archive_is_read_page_by_page_by_who_may_see_it_and_counted_no_further(client, space, member):
    stranger = make_member("Ver", space=make_space("Genk", city="genk"))
    for number in range(23):
        level = Audience.SPACE if number < 3 else Audience.NETWORK
        one = make_thread(space, member, title=f"Gesprek {number}", audience=level)
        one.archived_at = clock.now()
    db.session.commit()
    first = archived.of_space(actor(member), space.id)
    second = archived.of_space(actor(member), space.id, cursor=first.next_cursor)
    ids = {card.id for card in (*first.rows, *second.rows)}
    assert (len(first.rows), len(second.rows), len(ids), second.next_cursor) == (20, 3, 23, None)
    assert all(card.archived for card in first.rows)
    assert (archived.count(actor(member), space.id), archived.count(actor(stranger), space.id)) == (23, 20)
    assert archived.count(None, space.id) == 0
    assert client.get(f"/spaces/{space.slug}/archive").status_code == 404, (
        "a visitor sees nothing of this space"
    )


def test_words_for_a_thread_that_was_archived_meanwhile_stand_on_the_refusal(client, thread, member):
    sign_in(client, member)
    thread.archived_at = clock.now()
    db.session.commit()
    refused = submit(client, f"/threads/{thread.id}/replies", {"body": "Het stond al op papier."})
    assert (refused.status_code, "Het stond al op papier." in refused.get_data(as_text=True)) == (403, True)


def test_a_visitor_reads_that_it_is_archived_and_is_not_asked_to_reply(client, space, member):
    thread = make_thread(space, member, audience=Audience.PUBLIC)
    thread.archived_at = clock.now()
    db.session.commit()
    page = client.get(f"/threads/{thread.id}-{thread.slug}").get_data(as_text=True)
    assert "archiveerde dit gesprek" in page
    assert f"/accounts/sign-in?next=/threads/{thread.id}" not in page
