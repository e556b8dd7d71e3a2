"""What a member keeps: with a note, found by nobody else, gone with the right to read it, brought back by undo."""

import re
from datetime import timedelta

import pytest

from forum.domain.moderation import hiding, taking_back
from forum.domain.moderation import undo as undo_acts
from forum.domain.threads import bookmarks, threads
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar
from forum.models.bookmarks import Bookmark
from forum.models.moderation import ModerationAction
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit

NOTE = "Ask her about the roster"


@pytest.fixture
def karim():
    return make_member("Karim", space=make_space("Genk", city="genk"))


def kept_by(member):
    return bookmarks.page(actor(member)).rows


def test_a_post_is_kept_with_a_note_from_its_menu_and_taken_away_with_undo(client, gent, leen, karim):
    post = make_post(make_thread(gent, leen, title="Who rings back?"), leen, "We ring on Monday.")
    db.session.commit()
    sign_in(client, karim)
    thread = client.get(f"/threads/{post.thread_id}", follow_redirects=True).text
    address = f"/posts/{post.id}/bookmark"
    assert re.search(rf'href="{address}">Keep with a note<', thread)
    assert "Keep this post" in client.get(address).text
    at = submit(client, address, {"note": NOTE}).location
    assert at.endswith(f"#post-{post.number}"), "whoever reads goes on reading"
    assert "Only you see it, in your settings" in client.get(at).text
    page = client.get("/bookmarks").text
    assert all(
        words in page for words in (NOTE, "We ring on Monday.", "Who rings back?", f"#post-{post.number}")
    )
    assert f'value="{NOTE}"' in client.get(address).text
    assert "Your note on this" in client.get(f"/threads/{post.thread_id}", follow_redirects=True).text
    from_list = re.search(rf'href="({address}\?next=[^"]+)"', page)[1]
    assert 'name="next" value="/bookmarks"' in client.get(from_list).text
    assert submit(client, address, {"note": "Another", "next": "/bookmarks"}).location == "/bookmarks"
    elsewhere = submit(client, address, {"note": "Another", "next": "https://elsewhere.example"})
    assert elsewhere.location == at
    assert [kept.note for kept in kept_by(karim)] == ["Another"]
    submit(client, address, {"_method": "DELETE"})
    page = client.get("/bookmarks").text
    assert "You keep nothing yet." in page
    assert "Another" not in page
    undo = re.search(r'action="(/undo/\d+)"', page)[1]
    assert submit(client, undo).location == "/bookmarks"
    assert "Another" in client.get("/bookmarks").text


@pytest.mark.both_databases
def test_one_undo_at_a_time_names_what_it_brings_back_to_who_may_read_it(
    client, gent, leen, karim, moderator
):
    first = make_post(make_thread(gent, leen, title="Who rings back?"), leen)
    second = make_post(make_thread(gent, leen, title="Trees"), leen)
    for post in (first, second):
        bookmarks.keep(actor(karim), post.id, note=NOTE)
        bookmarks.take_away(actor(karim), post.id)
    db.session.commit()

    def offered():
        db.session.commit()
        page = re.sub("[\u2068\u2069]", "", client.get("/bookmarks").text)
        return re.findall(r'action="(/undo/\d+)"', page), re.findall(r"You (?:no longer|took)[^.]*\.", page)

    sign_in(client, karim)
    undo, said = offered()
    assert (len(undo), said) == (1, ["You no longer keep post 2 of “Trees”."])
    submit(client, undo[0])
    undo, said = offered()
    assert (len(undo), said) == (1, ["You no longer keep post 2 of “Who rings back?”."])
    hiding.hide(actor(moderator), first.id, reason="A name.")
    assert offered() == (undo, ["You took away what you kept."]), "nothing of what is hidden"
    sign_in(client, leen)
    assert offered() == ([], [])
    sign_in(client, karim)
    hiding.restore(actor(moderator), first.id)
    bookmarks.keep(actor(karim), first.id, note="Anew")
    assert offered() == ([], []), "kept anew since"


@pytest.mark.both_databases
def test_whoever_the_post_mentions_has_their_name_there(client, gent, leen, karim):
    thread = make_thread(gent, leen)
    post = threads.reply(actor(leen), thread.id, body=f"Ask @{karim.handle}.", idempotency_key=None)
    bookmarks.keep(actor(karim), post.id)
    db.session.commit()
    sign_in(client, karim)
    for page in ("/bookmarks", f"/posts/{post.id}/bookmark"):
        assert "Ask @Karim." in client.get(page).text
    hiding.hide(actor(make_member("Mod", space=gent, role=Role.MODERATOR)), post.id, reason="A name.")
    assert bookmarks.one(actor(karim), post.id).words is None


def test_a_note_that_is_too_long_is_refused_at_the_field_and_stays_there(client, gent, leen, karim):
    post = make_post(make_thread(gent, leen), leen)
    sign_in(client, karim)
    answer = submit(client, f"/posts/{post.id}/bookmark", {"note": "n" * 301})
    assert (answer.status_code, "n" * 301 in answer.text) == (422, True)
    with pytest.raises(Invalid):
        bookmarks.keep(actor(karim), post.id, note="n" * 301)
    assert kept_by(karim) == []


def test_nobody_else_meets_it(client, gent, leen, karim, moderator):
    post = make_post(make_thread(gent, leen), leen)
    bookmarks.keep(actor(karim), post.id, note=NOTE)
    bookmarks.take_away(actor(karim), post.id)
    act = db.session.scalars(db.select(UndoableAct)).one()
    bookmarks.keep(actor(karim), post.id, note=NOTE)
    db.session.commit()
    for other in (leen, moderator):
        assert kept_by(other) == []
        assert not any(view.is_kept for view in thread_page.page(actor(other), post.thread_id).posts)
        with pytest.raises(NotFound):
            undo_acts.undo(actor(other), act.id)
        sign_in(client, other)
        for page in (
            "/bookmarks",
            f"/spaces/{gent.slug}/moderation/log",
            f"/threads/{post.thread_id}",
            f"/posts/{post.id}/bookmark",
        ):
            assert NOTE not in client.get(page, follow_redirects=True).text
    assert db.session.scalars(db.select(ModerationAction)).all() == []


def test_who_may_not_read_it_keeps_nothing(client, gent, leen, karim):
    post = make_post(make_thread(gent, leen, audience=Audience.SPACE), leen)
    guest, former = make_member("Hanne", space=gent, role=Role.GUEST), make_member("Former")
    join(former, gent).ended_at = clock.now()
    pending, suspended = make_member("New", space=gent, approved_at=None), make_member("Sus", space=gent)
    suspended.suspended_at = clock.now()
    db.session.commit()
    bookmarks.keep(actor(guest), post.id)
    assert len(kept_by(guest)) == 1
    for outsider in (karim, former, pending):
        for verb in (bookmarks.keep, bookmarks.take_away, bookmarks.one):
            with pytest.raises(NotFound):
                verb(actor(outsider), post.id)
    with pytest.raises(LookupError):
        actor(suspended)
    for page in ("/bookmarks", f"/posts/{post.id}/bookmark"):
        assert client.get(page).status_code == 303, "a visitor signs in first"
    sign_in(client, pending)
    assert client.get("/bookmarks").status_code == 403
    sign_in(client, karim)
    assert client.get(f"/posts/{post.id}/bookmark").status_code == 404
    assert submit(client, f"/posts/{post.id}/bookmark", {"note": NOTE}).status_code == 404
    assert submit(client, f"/posts/{post.id}/bookmark", {"_method": "DELETE"}).status_code == 404


@pytest.mark.parametrize("how", ["hidden", "taken back", "with its thread"])
def test_of_a_post_that_went_neither_words_nor_title_are_left(client, gent, leen, karim, moderator, how):
    thread = make_thread(gent, leen, title="Who rings back?")
    post = make_post(thread, leen, "We ring on Monday.")
    bookmarks.keep(actor(karim), post.id, note=NOTE)
    opening = db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()
    if how == "hidden":
        hiding.hide(actor(moderator), post.id, reason="To look at")
    elif how == "taken back":
        taking_back.take_back(actor(leen), post.id)
    else:
        hiding.hide(actor(moderator), opening.id, reason="To look at")
    db.session.commit()
    sign_in(client, karim)
    page = client.get("/bookmarks").text
    assert "This can no longer be read." in page
    assert NOTE in page
    assert not any(
        words in page for words in ("Monday", "Who rings", "Leen", gent.name, f"/threads/{thread.id}")
    )
    with pytest.raises((Forbidden, NotFound)):
        bookmarks.keep(actor(make_member("Other", space=gent)), post.id)
    bookmarks.keep(actor(karim), post.id, note="My own words")
    assert [kept.note for kept in kept_by(karim)] == ["My own words"]
    address = f"/posts/{post.id}/bookmark"
    assert "My own words" in client.get(address).text
    answer = submit(client, address, {"note": "As I see it now"})
    to = "/bookmarks" if how == "with its thread" else f"/threads/{thread.id}"
    assert (answer.status_code, answer.location.startswith(to)) == (303, True)
    assert [kept.note for kept in kept_by(karim)] == ["As I see it now"]
    bookmarks.take_away(actor(karim), post.id)
    assert kept_by(karim) == []


def test_of_a_space_that_was_left_nothing_is_there(gent, leen):
    guest = make_member("Hanne")
    membership = join(guest, gent, Role.GUEST)
    post = make_post(make_thread(gent, leen), leen)
    bookmarks.keep(actor(guest), post.id, note=NOTE)
    membership.ended_at = clock.now()
    db.session.flush()
    assert kept_by(guest) == []
    with pytest.raises(NotFound):
        bookmarks.keep(actor(guest), post.id, note="Anew")
    with pytest.raises(NotFound):
        bookmarks.take_away(actor(guest), post.id)


def test_what_was_taken_away_is_deleted_once_it_cannot_come_back(gent, leen, karim, monkeypatch):
    thread = make_thread(gent, leen)
    first, second = make_post(thread, leen), make_post(thread, leen)
    for post in (first, second):
        bookmarks.keep(actor(karim), post.id, note=NOTE)
    bookmarks.take_away(actor(karim), first.id)
    bookmarks.forget_taken()
    assert db.session.scalar(db.select(db.func.count()).select_from(Bookmark)) == 2
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    calendar.forget_bookmarks()
    assert db.session.scalars(db.select(Bookmark.post_id)).all() == [second.id]


def test_it_goes_with_the_account(gent, leen, karim):
    post = make_post(make_thread(gent, leen), leen)
    bookmarks.keep(actor(karim), post.id, note=NOTE)
    foreign_keys = {key.ondelete for key in Bookmark.__table__.foreign_keys}
    assert foreign_keys == {"CASCADE"}


def test_the_list_comes_in_pages_at_the_same_cost(client, gent, leen, karim, count_queries):
    thread = make_thread(gent, leen)
    posts = [make_post(thread, leen, f"Number {number}.") for number in range(45)]
    bookmarks.keep(actor(karim), posts[0].id)
    db.session.commit()
    sign_in(client, karim)
    client.get("/bookmarks")
    with count_queries() as few:
        client.get("/bookmarks")
    for minute, post in enumerate(posts[1:], 1):
        with clock.at(clock.now() + timedelta(minutes=minute)):
            bookmarks.keep(actor(karim), post.id)
    db.session.commit()
    with count_queries() as many:
        page = client.get("/bookmarks").text
    assert many.count == few.count <= 8
    seen = re.findall(r"Number \d+\.", page)
    while older := re.search(r'href="(/bookmarks\?after=[^"]+)"', page):
        page = client.get(older[1]).text
        seen += re.findall(r"Number \d+\.", page)
    assert seen == [f"Number {number}." for number in range(44, -1, -1)]
