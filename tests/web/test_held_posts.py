"""Posts that wait, as pages: sent, found back by their author, decided by a moderator, and on no page of others."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, queue
from forum.domain.held_posts.choosing import Choice
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.held import HeldOutcome, HeldPost
from forum.models.spaces import Role
from forum.models.threads import Post, Thread
from tests.factories import STORY, actor, make_member, make_post, make_thread, sign_in, submit
from tests.web.test_drafts_of_pages import hidden

ENGLISH = {"Accept-Language": "en"}
SECRET = "Kwetsuurwoord staat hier."


@pytest.fixture
def noor(gent):
    return make_member("Noor", space=gent)


@pytest.fixture
def thread(gent, leen, moderator):
    choosing.choose(actor(moderator), gent.id, Choice(newcomers=True))
    return make_thread(gent, leen)


@pytest.fixture
def as_(client):
    """`as_(member)` signs in; returns the client."""

    def become(member):
        db.session.commit()
        sign_in(client, member)
        return client

    return become


def held():
    db.session.expire_all()
    return db.session.scalars(select(HeldPost).order_by(HeldPost.written_at)).all()


def at(thread):
    return f"/threads/{thread.id}-{thread.slug}"


def test_a_reply_waits_at_its_place_for_its_author_alone_and_then_appears(
    as_, gent, leen, moderator, noor, thread
):
    client = as_(noor)
    sent = submit(client, f"/threads/{thread.id}/replies", {"body": SECRET, "idempotency_key": "een"})
    assert sent.status_code == 303
    assert sent.location.endswith(f"{at(thread)}#waiting")
    page = client.get(sent.location, headers=ENGLISH).text
    assert SECRET in page
    assert "Waits for a moderator" in page
    assert SECRET in client.get("/waiting-posts", headers=ENGLISH).text
    assert 'href="/waiting-posts"' in client.get("/moderation/mine").text
    (one,) = held()
    for path in (
        at(thread),
        "/",
        f"/spaces/{gent.slug}",
        "/threads",
        "/search?q=kwetsuurwoord",
        "/waiting-posts",
    ):
        found = as_(leen).get(path, headers=ENGLISH).text
        assert "Kwetsuurwoord" not in found, path
    assert as_(leen).get(f"/waiting-posts/{one.id}").status_code == 404
    assert as_(leen).get(f"/spaces/{gent.slug}/moderation/held/{one.id}").status_code == 404
    client = as_(moderator)
    base = f"/spaces/{gent.slug}/moderation/held/{one.id}"
    listed = client.get(f"/spaces/{gent.slug}/moderation/held", headers=ENGLISH).text
    assert SECRET in listed
    assert "Noor" in listed
    assert "No post of its author" in listed
    empty = submit(client, f"{base}/refusal", {"reason": " ", "seen": "1"}, headers=ENGLISH)
    assert empty.status_code == 422
    assert "Say why: the author reads it." in empty.text
    refused = submit(client, f"{base}/refusal", {"reason": "Noem niemand.", "seen": "1"})
    assert refused.location == f"/spaces/{gent.slug}/moderation/held"
    page = client.get(refused.location, headers=ENGLISH).text
    undo = re.search(r'action="(/undo/\d+)"', page)[1]
    assert "Noem niemand." in client.get(f"/spaces/{gent.slug}/moderation/log", headers=ENGLISH).text
    assert submit(client, undo).location == f"/spaces/{gent.slug}/moderation/held"
    late = submit(client, f"{base}/approval", {"seen": "7"}, follow_redirects=True, headers=ENGLISH)
    assert "Its author changed this text" in late.text
    assert submit(client, f"{base}/approval", {"seen": "1"}).location == f"{at(thread)}#post-2"
    other = make_member("Hanne", space=gent, role=Role.MODERATOR)
    late = submit(
        as_(other), f"{base}/refusal", {"reason": "x", "seen": "1"}, follow_redirects=True, headers=ENGLISH
    )
    assert "Wouter let this appear a moment ago." in late.text
    assert SECRET in as_(leen).get(at(thread)).text
    client = as_(noor)
    assert client.get(f"/waiting-posts/{one.id}").location == f"/threads/{thread.id}#post-2"
    again = submit(client, f"/threads/{thread.id}/replies", {"body": SECRET, "idempotency_key": "een"})
    assert again.location == f"{at(thread)}#post-2"
    assert len(db.session.scalars(select(Post)).all()) == 2


def test_a_story_waits_on_a_page_of_its_own_where_it_is_changed_and_taken_back(
    as_, gent, moderator, noor, thread
):
    client = as_(noor)
    sent = submit(
        client, f"/spaces/{gent.slug}/threads", STORY | {"title": "Titelgeheim", "idempotency_key": "een"}
    )
    (one,) = held()
    assert sent.location == f"/waiting-posts/{one.id}"
    page = client.get(sent.location, headers=ENGLISH).text
    assert "Your post waits for a moderator" in page
    assert "Titelgeheim" in page
    assert len(db.session.scalars(select(Thread)).all()) == 1
    short = submit(client, sent.location, {"title": "", "body": "Nieuwe tekst", "seen": "1"}, headers=ENGLISH)
    assert short.status_code == 422
    assert "Nieuwe tekst" in short.text
    assert "Choose a title." in short.text
    changed = submit(client, sent.location, {"title": "Beter", "body": "Nieuwe tekst", "seen": "1"})
    assert changed.location == sent.location
    shown = as_(moderator).get(f"/spaces/{gent.slug}/moderation/held/{one.id}", headers=ENGLISH).text
    assert "Nieuwe tekst" in shown
    assert "onthaal" in shown
    client = as_(noor)
    back = submit(client, f"{sent.location}/withdrawal")
    assert back.location.startswith(f"/spaces/{gent.slug}/threads/new?draft=")
    assert "Nieuwe tekst" in client.get(back.location).text
    assert held()[0].outcome == HeldOutcome.TAKEN_BACK
    assert (
        submit(client, f"/spaces/{gent.slug}/threads", STORY | {"idempotency_key": "twee"}).status_code == 303
    )
    second = held()[-1]
    gone = submit(client, f"/waiting-posts/{second.id}", {"_method": "DELETE"})
    assert gone.location == "/waiting-posts"
    assert client.get(f"/waiting-posts/{second.id}").status_code == 404


def test_moderators_choose_whose_posts_wait_and_which_words_are_watched(as_, gent, leen, moderator):
    client = as_(moderator)
    assert "Whose posts wait" in client.get(f"/spaces/{gent.slug}/moderation/log", headers=ENGLISH).text
    far = {"guests": "y", "everybody_until": "2099-01-01"}
    refused = submit(client, f"/spaces/{gent.slug}/holding", far, headers=ENGLISH)
    assert refused.status_code == 422
    assert "within 90 days" in refused.text
    assert "checked" in re.search(r'<input[^>]*name="guests"[^>]*>', refused.text)[0]
    until = (clock.now() + timedelta(days=7)).date().isoformat()
    assert submit(client, f"/spaces/{gent.slug}/holding", far | {"everybody_until": until}).status_code == 303
    assert until in client.get(f"/spaces/{gent.slug}/holding").text
    assert (
        "guests, everybody, for a while"
        in client.get(f"/spaces/{gent.slug}/moderation/log", headers=ENGLISH).text
    )
    words = f"/spaces/{gent.slug}/watched-words"
    assert submit(client, words, {"word": "twee woorden", "watch": "hold"}).status_code == 422
    assert submit(client, words, {"word": "zwendel", "watch": "hold"}).status_code == 303
    found = client.get(f"{words}?sentence=Al+die+zwendels", headers=ENGLISH).text
    assert "Found:" in found
    assert "Lets the post wait" in found
    word_id = re.search(rf'action="{words}/(\d+)"', found)[1]
    for _twice in range(2):
        assert submit(client, f"{words}/{word_id}", {"_method": "DELETE"}).status_code == 303
    assert "No word is watched for." in client.get(words, headers=ENGLISH).text
    editor = as_(make_member("Eva", network_role=NetworkRole.EDITOR))
    assert submit(editor, "/watched-words", {"word": "oplichter", "watch": "point_out"}).status_code == 303
    assert "oplichter" in editor.get("/watched-words").text
    client = as_(leen)
    for path in (
        "/watched-words",
        words,
        f"/spaces/{gent.slug}/holding",
        f"/spaces/{gent.slug}/moderation/held",
    ):
        assert client.get(path).status_code == 403, path
    assert submit(client, words, {"word": "x", "watch": "hold"}).status_code == 403
    assert submit(client, f"/spaces/{gent.slug}/holding", {"guests": "y"}).status_code == 403


def test_the_list_costs_the_same_however_much_waits(as_, count_queries, gent, moderator, noor, thread):
    client = as_(moderator)

    def cost(path):
        client.get(path)
        with count_queries() as seen:
            client.get(path)
        return seen.count

    path = f"/spaces/{gent.slug}/moderation/held"
    nothing = cost(path)
    for number in range(30):
        submit(as_(noor), f"/threads/{thread.id}/replies", {"body": f"Tekst {number}"})
    assert len(held()) == 20, "no more of one member wait"
    for number in range(3):
        someone = make_member(f"Nieuw {number}", space=gent)
        submit(as_(someone), f"/threads/{thread.id}/replies", {"body": "Nog een."})
    client = as_(moderator)
    assert cost(path) == nothing
    assert "There are more." in client.get(path, headers=ENGLISH).text
    assert queue.count(actor(moderator), gent.id) == 23
    plain, own = cost(at(thread)), None
    make_post(thread, moderator)
    client = as_(noor)
    own = cost(at(thread))
    assert own <= plain + 2


def test_what_its_author_types_in_a_post_that_waits_is_kept_until_it_is_saved(as_, leen, noor, thread):
    client = as_(noor)
    submit(client, f"/threads/{thread.id}/replies", {"body": SECRET, "idempotency_key": "een"})
    (one,) = held()
    address = f"/waiting-posts/{one.id}"
    fields = hidden(client.get(address, headers=ENGLISH).text, f"waiting_post:{one.id}")
    kept = submit(
        client, "/drafts", fields | {"body": "Half a sentence"}, headers={"Accept": "application/json"}
    )
    assert kept.status_code == 200
    assert "Half a sentence" in client.get(address, headers=ENGLISH).text
    assert "Change of your post that waits" in client.get("/drafts", headers=ENGLISH).text
    assert held()[0].body == SECRET, "a moderator reads what was sent"
    other = as_(leen)
    assert other.get(address).status_code == 404
    assert submit(other, "/drafts", fields | {"body": "Mine"}).status_code == 404
    client = as_(noor)
    fields = hidden(client.get(address, headers=ENGLISH).text, f"waiting_post:{one.id}")
    assert submit(client, address, fields | {"body": "A whole sentence."}).status_code == 303
    assert held()[0].body == "A whole sentence."
    assert "Half a sentence" not in client.get(address, headers=ENGLISH).text
