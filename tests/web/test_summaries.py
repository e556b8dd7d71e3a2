"""Where a thread stands, as pages: read, written, written by two at once, its history, and who may."""

import re

import pytest

from forum.domain.moderation import hiding
from forum.domain.summaries import keepers, page, summaries
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in, submit

TEXT = "It starts at the first visit. [1, 2]\nNobody knows yet. [2]"


@pytest.fixture
def thread(gent, leen):
    thread = make_thread(gent, leen)
    make_post(thread, make_member("Ann", space=gent))
    return thread


def at(thread):
    return f"/threads/{thread.id}-{thread.slug}"


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def block(client, thread):
    """The HTML of where the thread stands, on its page."""
    html = client.get(at(thread), headers={"Accept-Language": "en"}).get_data(as_text=True)
    found = re.search(r'<section class="standing.*?</section>', html, re.DOTALL)
    return found.group() if found else ""


def send(client, thread, text, seen=0):
    return submit(client, f"/threads/{thread.id}/summary/versions", {"text": text, "seen": str(seen)})


def post(thread, number):
    return db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.number == number)).one()


@pytest.mark.both_databases
def test_a_moderator_writes_it_and_everybody_who_reads_the_thread_reads_it(client, leen, moderator, thread):
    sign_in(client, moderator)
    db.session.commit()
    form = client.get(f"/threads/{thread.id}/summary/versions/new").get_data(as_text=True)
    assert "Sentences, one on each line" in form
    answer = send(client, thread, TEXT)
    assert (answer.status_code, answer.location) == (303, f"{at(thread)}#summary")
    reader = client.application.test_client()
    sign_in(reader, leen)
    shown = block(reader, thread)
    assert "It starts at the first visit. 1 2 Nobody knows yet. 2 Last written by Wouter on" in plain(shown)
    assert f'href="{at(thread)}#post-2" aria-label="post 2"' in shown
    assert "Edit" not in shown
    assert "Edit" in block(client, thread)
    make_post(thread, leen)
    db.session.commit()
    assert "After that 1 reply came." in plain(block(reader, thread))


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(client, moderator, thread):
    sign_in(client, moderator)
    db.session.commit()
    for text, said in (
        ("Without a number.", "Line 1 names no post."),
        ("Of a post that is not there. [7]", "Line 1 cites post 7"),
    ):
        answer = send(client, thread, text)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert text in html
        assert re.search(r'<textarea[^>]*aria-invalid="true"', html)
        assert said in html
    assert block(client, thread) == ""


def test_of_two_at_once_the_second_sees_both_texts_and_loses_none(client, leen, moderator, thread):
    keepers.ask(actor(moderator), thread.id, handle=leen.handle)
    summaries.save(actor(moderator), thread.id, typed="First. [1]", seen=0)
    summaries.save(actor(leen), thread.id, typed="By Leen, meanwhile. [1]", seen=1)
    sign_in(client, moderator)
    db.session.commit()
    answer = send(client, thread, "By Wouter, meanwhile. [1]", 1)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Somebody wrote here while you were writing." in html
    assert "By Leen, meanwhile. [1]" in html
    assert re.search(r"<textarea[^>]*>\s*By Wouter, meanwhile. \[1\]</textarea>", html)
    assert re.search(r'<input[^>]*name="seen"[^>]*value="2"', html)
    assert send(client, thread, "By Leen and Wouter. [1]", 2).status_code == 303
    assert page.of_thread(thread.id).typed == "By Leen and Wouter. [1]"


@pytest.mark.both_databases
def test_nothing_stays_of_a_cited_post_that_goes_and_a_changed_one_is_marked(client, leen, moderator, thread):
    summaries.save(actor(moderator), thread.id, typed=TEXT, seen=0)
    posts.edit(actor(leen), post(thread, 1).id, body="We tried it for six months.", seen_revision=1)
    hiding.hide(actor(moderator), post(thread, 2).id, reason="Names a client.")
    sign_in(client, leen)
    db.session.commit()
    shown = block(client, thread)
    assert "#post-2" not in shown
    assert 'aria-label="post 1, changed since"' in shown
    assert plain(shown).count("(rested on a post that can no longer be read)") == 2
    assert "* changed since." in plain(shown)
    history = client.get(f"/threads/{thread.id}/summary").get_data(as_text=True)
    assert "It starts at the first visit. [1]" in plain(history)


def test_each_reader_meets_what_is_theirs(client, gent, leen, moderator, thread):
    thread.audience = Audience.PUBLIC
    closed = make_thread(gent, leen, audience=Audience.SPACE)
    for one in (thread, closed):
        summaries.save(actor(moderator), one.id, typed="One. [1]", seen=0)
    suspended = make_member("Suspended", space=gent)
    elsewhere = make_member("Karim", space=make_space("Genk"), role=Role.MODERATOR)
    guest = make_member("Hanne", space=gent, role=Role.GUEST)
    pending = make_member("Pending", approved_at=None)
    suspended.suspended_at = leen.created_at
    db.session.commit()
    for member, reads_closed in (
        (None, False), (pending, False), (suspended, False), (elsewhere, False), (guest, True), (leen, True),
    ):  # fmt: skip
        browser = client.application.test_client()
        if member is not None:
            sign_in(browser, member)
        assert "One." in block(browser, thread)
        assert browser.get(f"/threads/{thread.id}/summary").status_code == 200
        assert browser.get(f"/threads/{closed.id}/summary").status_code == (200 if reads_closed else 404)
        refused = send(browser, thread, "Mine. [1]", 1)
        assert refused.status_code in (401, 403), member
        for path, fields in (
            ("keepers", {"handle": leen.handle}),
            (f"keepers/{leen.id}", {"_method": "DELETE"}),
        ):
            answer = submit(browser, f"/threads/{thread.id}/summary/{path}", fields)
            assert answer.status_code in (401, 403), (member, path)
            if not reads_closed and member in (elsewhere,):
                answer = submit(browser, f"/threads/{closed.id}/summary/{path}", fields)
                assert answer.status_code == 404
    assert page.of_thread(thread.id).number == 1


def test_a_moderator_asks_somebody_who_finds_the_way_and_takes_it_back(client, leen, moderator, thread):
    sign_in(client, moderator)
    db.session.commit()
    form = f"/threads/{thread.id}/summary/versions/new"
    answer = submit(client, f"/threads/{thread.id}/summary/keepers", {"handle": "nobody"})
    assert answer.status_code == 422
    assert "Nobody of that name can reply in this thread." in answer.get_data(as_text=True)
    assert submit(client, f"/threads/{thread.id}/summary/keepers", {"handle": leen.handle}).location == form
    assert "Leen asked by Wouter on" in plain(client.get(form).get_data(as_text=True))
    asked = client.application.test_client()
    sign_in(asked, leen)
    assert "Nobody wrote it yet." in plain(block(asked, thread))
    own = asked.get(form).get_data(as_text=True)
    assert "Who may write it too" not in own
    assert send(asked, thread, "By Leen. [1]").status_code == 303
    path = f"/threads/{thread.id}/summary/keepers/{leen.id}"
    assert submit(client, path, {"_method": "DELETE"}).location == form
    assert asked.get(form).status_code == 403
    assert "By Leen." in block(asked, thread)


def test_it_is_offered_from_six_replies_or_when_a_moderator_begins(client, leen, moderator, thread):
    sign_in(client, moderator)
    db.session.commit()
    assert block(client, thread) == ""
    assert f"/threads/{thread.id}/summary/versions/new" in client.get(at(thread)).get_data(as_text=True)
    for _each in range(5):
        make_post(thread, leen)
    db.session.commit()
    assert "Nobody wrote it yet." in plain(block(client, thread))
    reader = client.application.test_client()
    sign_in(reader, leen)
    assert block(reader, thread) == "", "who may not write it finds no empty place"


def test_it_costs_the_page_one_query_and_none_where_there_is_none(
    client, leen, moderator, thread, count_queries
):
    sign_in(client, leen)
    db.session.commit()
    address, text = at(thread), "\n".join(f"Sentence {number}. [1, 2]" for number in range(12))
    client.get(address)
    with count_queries() as none:
        client.get(address)
    summaries.save(actor(moderator), thread.id, typed=text, seen=0)
    db.session.commit()
    client.get(address)
    with count_queries() as some:
        client.get(address)
    assert some.count == none.count + 1
    assert some.count <= 10
