"""A form that was sent before: the same sending leads to the same place, what differs is asked about."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain.moderation import hiding, locking
from forum.domain.threads import classification, posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.spaces import Audience, Membership
from forum.models.themes import Need
from forum.models.threads import Post, PostRevision, Thread
from tests.factories import (
    STORY,
    actor,
    join,
    make_member,
    make_post,
    make_space,
    make_thread,
    sign_in,
    submit,
)

FIRST, BETTER = "Once a week, by phone.", "Twice a week, by phone & e-mail."


@pytest.fixture
def talk(gent, moderator):
    """A thread of a moderator's in which Leen answers."""
    return make_thread(gent, moderator)


@pytest.fixture
def browser(client, leen):
    sign_in(client, leen)
    return client


def say(browser, thread, body=FIRST, key="a", **more):
    return submit(browser, f"/threads/{thread.id}/replies", {"body": body, "idempotency_key": key, **more})


def tell(browser, space, key="a", **more):
    return submit(browser, f"/spaces/{space.slug}/threads", {**STORY, "idempotency_key": key, **more})


def fields(answer):
    """The values that the page's form would send, as a browser reads them, and where its buttons lead."""
    page = answer.get_data(as_text=True)
    form = page[page.index('class="composer"') :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', form, re.S):
        found[name] = html.unescape(value)
    found.pop("csrf_token")
    return found, re.findall(r'formaction="(/posts/[^"]*)"', form), form


def bodies(thread_id):
    """What stands in a thread after its opening post."""
    query = select(PostRevision.body).join(Post, Post.id == PostRevision.post_id)
    query = query.where(Post.thread_id == thread_id, Post.number > 1, PostRevision.number == Post.revision)
    return list(db.session.scalars(query.order_by(Post.number)))


@pytest.mark.both_databases
def test_f1_other_words_under_the_same_key_are_shown_beside_what_stands_and_asked_about(browser, talk):
    first = say(browser, talk, kind="objection")
    assert say(browser, talk, kind="objection").location == first.location, "the same sending"
    asked = say(browser, talk, BETTER, kind="objection")
    assert asked.status_code == 409
    page = asked.get_data(as_text=True)
    assert html.escape(first.location) in page
    assert FIRST in page
    typed, replacing, _form = fields(asked)
    assert (typed["body"], typed["kind"]) == (BETTER, "objection")
    assert bodies(talk.id) == [FIRST], "nothing was written"
    replaced = submit(browser, replacing[0], typed)
    assert replaced.location == first.location
    assert bodies(talk.id) == [BETTER]
    another = say(browser, talk, f"{FIRST} And at night.", kind="objection")
    typed, _replacing, _form = fields(another)
    assert typed["idempotency_key"] != "a"
    assert submit(browser, f"/threads/{talk.id}/replies", typed).status_code == 303
    assert submit(browser, f"/threads/{talk.id}/replies", typed).status_code == 303
    assert bodies(talk.id) == [BETTER, f"{FIRST} And at night."]


def test_f1_a_story_compares_all_that_its_form_holds(browser, gent):
    first = tell(browser, gent)
    assert tell(browser, gent, tags="huisbezoek,  Onthaal").location == first.location
    for more in (
        {"title": "Who rings first?"},
        {"body": BETTER},
        {"need": "facts"},
        {"axis": "kwalitatieve-densiteit"},
        {"tags": "onthaal"},
        {"audience": "space"},
    ):
        asked = tell(browser, gent, **more)
        typed, replacing, _form = fields(asked)
        assert asked.status_code == 409
        assert {**STORY, **more}.items() <= typed.items()
        assert bool(replacing) == bool({"title", "body"} & set(more)), "only words can replace words"
    assert db.session.scalar(select(func.count(Thread.id))) == 1
    asked = tell(browser, gent, title="Who rings first?", body=BETTER, need="facts", tags="avond")
    typed, replacing, form = fields(asked)
    assert "What you chose then stays as it is" in form
    replaced = submit(browser, replacing[0], typed)
    assert replaced.status_code == 303
    thread = db.session.scalars(select(Thread)).one()
    assert (thread.title, thread.need) == ("Who rings first?", Need.STORIES)
    typed, _replacing, _form = fields(tell(browser, gent, title="A third", tags="avond"))
    assert submit(browser, f"/spaces/{gent.slug}/threads", typed).status_code == 303
    assert set(db.session.scalars(select(Thread.title))) == {"Who rings first?", "A third"}


def test_f1_the_same_sending_leads_to_what_it_made_whatever_happened_to_that_since(
    browser, talk, leen, gent, moderator
):
    first = say(browser, talk)
    post = last_post(talk)
    posts.edit(actor(leen), post.id, body="By phone, mostly.", seen_revision=1)
    locking.lock(actor(moderator), talk.id, reason="Enough.")
    assert say(browser, talk).location == first.location
    refused = say(browser, talk, BETTER)
    typed, replacing, form = fields(refused)
    assert (refused.status_code, typed["body"], replacing) == (409, BETTER, [])
    assert form.count("A moderator has closed this thread.") == 2
    assert "Post as another" not in form
    locking.reopen(actor(moderator), talk.id)
    hiding.hide(actor(moderator), post.id, reason="Names a client.")
    shown = say(browser, talk, BETTER).get_data(as_text=True)
    assert "By phone, mostly." not in shown, "nobody reads what is hidden"
    assert "This post is hidden." in shown
    assert "Post as another" in shown
    told = tell(browser, gent)
    thread = db.session.scalars(select(Thread).where(Thread.author_id == leen.id)).one()
    classification.classify(actor(leen), thread.id, need=Need.FACTS, axis=thread.axis, tags=())
    assert tell(browser, gent).location == told.location, "as it was sent, not as it was classified since"
    genk = make_space("Genk", city="genk")
    join(leen, genk)
    classification.move(actor(leen), thread.id, genk.id, audience=Audience.SPACE)
    assert tell(browser, gent).location == told.location, "also where it was moved"
    assert tell(browser, gent, body=BETTER).status_code == 409


def test_f1_a_third_change_in_between_is_asked_about_again(browser, talk, leen):
    say(browser, talk)
    typed, replacing, _form = fields(say(browser, talk, BETTER))
    post = last_post(talk)
    posts.edit(actor(leen), post.id, body="From another tab.", seen_revision=1)
    conflict = submit(browser, replacing[0], typed)
    page = html.unescape(conflict.get_data(as_text=True))
    assert conflict.status_code == 409
    assert BETTER in page
    assert "From another tab." in page
    assert bodies(talk.id) == ["From another tab."]
    asked = say(browser, talk, BETTER)
    posts.take_back(actor(leen), post.id)
    typed, replacing, _form = fields(asked)
    gone = submit(browser, replacing[0], typed)
    assert gone.status_code == 303
    kept = browser.get(gone.location, follow_redirects=True)
    assert f"{BETTER}</textarea>" in html.unescape(kept.get_data(as_text=True)), (
        "still there, to post as another"
    )


def test_f1_one_key_in_two_threads_asks_and_shows_nothing_of_a_place_that_is_closed_since(
    browser, talk, leen, gent, moderator
):
    closed = make_space("Closed")
    membership = join(leen, closed)
    inner = make_thread(
        closed, make_member("Karim", space=closed), title="Secret garden", audience=Audience.SPACE
    )
    assert say(browser, inner).status_code == 303
    asked = say(browser, talk)
    typed, replacing, _form = fields(asked)
    assert (asked.status_code, replacing) == (409, [])
    assert "Secret garden" in asked.get_data(as_text=True)
    db.session.get_one(Membership, membership.id).ended_at = clock.now()
    asked = say(browser, talk)
    assert "Secret garden" not in asked.get_data(as_text=True)
    typed, _replacing, _form = fields(asked)
    assert submit(browser, f"/threads/{talk.id}/replies", typed).status_code == 303
    assert bodies(talk.id) == [FIRST]


def test_f2_the_same_words_after_back_are_the_same_sending_or_asked_about(browser, talk, moderator):
    first = say(browser, talk)
    again = say(browser, talk, key="b")
    assert again.location == first.location
    assert "already posted, so nothing" in browser.get(again.location).get_data(as_text=True)
    assert say(browser, talk, key="c", kind="question").status_code == 409, "something else was chosen"
    make_post(talk, moderator, "Good.")
    asked = say(browser, talk, key="d")
    typed, replacing, form = fields(asked)
    assert (asked.status_code, replacing) == (409, [])
    assert "Post it once more" in form
    assert html.escape(first.location) in asked.get_data(as_text=True)
    assert bodies(talk.id) == [FIRST, "Good."]
    assert submit(browser, f"/threads/{talk.id}/replies", typed).status_code == 303
    assert bodies(talk.id) == [FIRST, "Good.", FIRST]
    for post in db.session.scalars(select(Post).where(Post.thread_id == talk.id)):
        post.created_at -= timedelta(days=1, minutes=1)
    assert say(browser, talk, key="e").status_code == 303, "a day later it is meant"
    last_post(talk).deleted_at = clock.now()
    assert say(browser, talk, key="f").status_code == 303, "what was taken back stands no more"
    assert len(bodies(talk.id)) == 5


def test_posting_once_more_takes_the_draft_of_the_same_words_along(browser, talk, moderator):
    say(browser, talk)
    make_post(talk, moderator, "Good.")
    slot = {"draft_form": "reply", "draft_subject": talk.id, "idempotency_key": str(uuid.uuid4())}
    submit(browser, "/drafts", slot | {"body": FIRST})
    typed, _replacing, _form = fields(submit(browser, f"/threads/{talk.id}/replies", slot | {"body": FIRST}))
    assert "1 draft" in browser.get("/").get_data(as_text=True)
    assert submit(browser, f"/threads/{talk.id}/replies", typed).status_code == 303
    assert bodies(talk.id) == [FIRST, "Good.", FIRST]
    assert "No drafts." in browser.get("/drafts").get_data(as_text=True)


def test_f2_the_same_story_after_back_is_the_same_sending_or_asked_about(browser, gent, moderator):
    first = tell(browser, gent)
    again = tell(browser, gent, key=str(uuid.uuid4()))
    assert again.location == first.location
    shown = browser.get(again.location).get_data(as_text=True)
    assert "already posted, so nothing" in shown
    assert shown.count("Your story is posted") == 1, "said of the first sending alone"
    assert tell(browser, gent, key="b", tags="avond").status_code == 409
    thread = db.session.scalars(select(Thread)).one()
    make_post(thread, moderator)
    asked = tell(browser, gent, key="c")
    typed, replacing, _form = fields(asked)
    assert (asked.status_code, replacing) == (409, [])
    assert db.session.scalar(select(func.count(Thread.id))) == 1
    assert submit(browser, f"/spaces/{gent.slug}/threads", typed).status_code == 303
    assert db.session.scalar(select(func.count(Thread.id))) == 2


def last_post(thread):
    query = select(Post).where(Post.thread_id == thread.id).order_by(Post.number.desc()).limit(1)
    return db.session.scalars(query).one()
