"""A passage is quoted at the very moment at which its words are edited out, hidden or taken back."""

import threading

import pytest

from forum.domain.moderation import hiding, taking_back
from forum.domain.threads import page, posts, threads
from forum.domain.threads.quotes import Quote
from forum.infra.db import db
from forum.models.spaces import Role
from forum.policy.actors import actor_of
from tests.factories import make_member, make_space, make_thread

pytestmark = pytest.mark.live
TURNS = 4
CHANGES = {
    "edited out": lambda leen, mo, post: posts.edit(leen, post, body="We ring.", seen_revision=1),
    "hidden": lambda leen, mo, post: hiding.hide(mo, post, reason="It names somebody"),
    "taken back": lambda leen, mo, post: taking_back.take_back(leen, post),
}


@pytest.fixture
def people(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        made = [make_member(name, space=gent) for name in ("Leen", "Karim")]
        made.append(make_member("Mo", space=gent, role=Role.MODERATOR))
        thread = make_thread(gent, made[0])
        db.session.commit()
        return [one.id for one in made], thread.id


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whichever_comes_first_no_quote_keeps_the_words(live_app, people, change):
    (leen, karim, mo), thread_id = people

    def run(verb, start):
        with live_app.app_context():
            start.wait()
            verb()
            db.session.commit()
            db.session.remove()

    for turn in range(TURNS):
        with live_app.app_context():
            said = threads.reply(
                actor_of(leen), thread_id, body=f"Then we wait {turn} days.", idempotency_key=f"s{turn}"
            )
            db.session.commit()
            said_id, mark = said.id, f"[quote {said.number}: 0-16]"
        both, start = [], threading.Barrier(2)
        for verb in (
            lambda said_id=said_id: change(actor_of(leen), actor_of(mo), said_id),
            lambda mark=mark, turn=turn: threads.reply(
                actor_of(karim), thread_id, body=f"{mark}\n\nSo do we, {turn}.", idempotency_key=f"q{turn}"
            ),
        ):
            both.append(threading.Thread(target=run, args=(verb, start)))
            both[-1].start()
        for one in both:
            one.join()
    with live_app.app_context():
        shown = page.page(actor_of(karim), thread_id).posts
        quotes = [
            part
            for post in shown
            if isinstance(post.html, tuple)
            for part in post.html
            if isinstance(part, Quote)
        ]
        assert [quote.words for quote in quotes] == [""] * TURNS
