"""Whatever gives posts other readers is done as it was shown, or not at all: each form says what its sender saw."""

import pytest
from sqlalchemy import func, select

from forum.infra.db import db
from forum.models.moderation import ModerationAction
from forum.models.threads import Post, Thread
from tests.factories import join, make_post, make_space, make_thread, sign_in, submit
from tests.web.test_regrouping import seen_in

# Address and form of every act, but for what was seen; `None` where a form without it asks for the dry run.
ACTS = {
    "regrouping.move": (
        "/threads/{thread}/move",
        {"space": "genk", "audience": "space", "reason": "There."},
        409,
    ),
    "regrouping.audience": ("/threads/{thread}/audience", {"audience": "space", "reason": "There."}, 409),
    "classification.move": ("/threads/{own}/space", {"space": "genk", "audience": "space"}, 409),
    "splitting.split": (
        "/threads/{thread}/split",
        {"numbers": "2", "title": "Apart", "audience": "space", "reason": "There."},
        200,
    ),
    "splitting.merge": ("/threads/{thread}/merge", {"into": "{other}"}, 200),
}
ABOUT_THREADS = ("regrouping.", "splitting.")


@pytest.fixture
def world(gent, leen, moderator):
    genk = make_space("Genk", city="genk")
    genk.slug = "genk"
    join(moderator, genk)
    thread, other = make_thread(gent, leen), make_thread(gent, leen)
    make_post(thread, leen)
    own = make_thread(gent, moderator)
    db.session.commit()
    return {"thread": thread.id, "other": other.id, "own": own.id}


def written():
    """What an act would have changed."""
    db.session.expire_all()
    threads = select(Thread.id, Thread.space_id, Thread.audience, Thread.merged_at).order_by(Thread.id)
    posts = select(Post.id, Post.thread_id, Post.number).order_by(Post.id)
    lines = db.session.scalar(select(func.count()).select_from(ModerationAction))
    return [*map(tuple, db.session.execute(threads)), *map(tuple, db.session.execute(posts)), lines]


def test_every_act_has_its_row(app):
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert {name for name in posts if name.startswith(ABOUT_THREADS)} | {"classification.move"} == set(ACTS)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ACTS)
def test_without_what_was_seen_or_with_something_else_nothing_is_done(client, moderator, world, name):
    address, form, without = ACTS[name]
    address = address.format(**world)
    form = {key: value.format(**world) for key, value in form.items()}
    sign_in(client, moderator)
    before = written()
    for seen in ({}, {"seen": ""}):
        answer = submit(client, address, {**form, **seen})
        assert (answer.status_code, written()) == (without, before)
        shown = answer.get_data(as_text=True)
    fresh = seen_in(shown)
    wrong = submit(client, address, {**form, "seen": "0" * len(fresh)})
    assert (wrong.status_code, written()) == (409, before)
    assert seen_in(wrong.get_data(as_text=True)) == fresh, "it is shown as it is now"
    assert submit(client, address, {**form, "seen": fresh}).status_code == 303
    assert written() != before
