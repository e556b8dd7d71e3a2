"""Whatever moderators and authors do to posts, in any order and undone or not, search finds them by what they say."""

import random
from contextlib import suppress

import pytest
from sqlalchemy import select

from forum.domain.moderation import deleting, hiding, leaving_out, retitling, undo
from forum.domain.regrouping import merging, splitting
from forum.domain.threads import posts
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.threads import Post, Thread
from forum.models.undo import UndoableAct
from forum.policy.actors import actor_of
from forum.policy.errors import DomainError
from tests.domain.indexing.truth import assert_true_index
from tests.factories import actor, make_member, make_post, make_thread

pytestmark = pytest.mark.both_databases
STEPS, WORDS = (
    80,
    ["dak", "fiets", "straat", "buur", "school", "plein", "water", "warmte", "register", "wijk"],
)


@pytest.mark.parametrize("seed", range(3))
def test_the_index_is_as_a_rebuild_would_make_it_after_each_act(gent, leen, moderator, seed):
    dice, who, done = random.Random(seed), actor(moderator), []
    people = [leen, make_member("Karim", space=gent), moderator]

    def some(number):
        return " ".join(dice.choices(WORDS, k=number)).capitalize()

    def any_of(model, *where):
        return dice.choice(db.session.scalars(select(model).where(*where).order_by(model.id)).all())

    def any_thread():
        return any_of(Thread, Thread.withdrawn_at.is_(None), Thread.merged_at.is_(None))

    def merge():
        thread, into = any_thread().id, any_thread().id
        merging.merge(
            who, thread, into, seen=merging.planned(who, thread, into).digest, reason="It tells of somebody."
        )

    def split():
        post = any_of(Post, Post.number > 1)
        asked = splitting.Asked((post.number,), some(3), Audience.SPACE)
        seen = splitting.planned(who, post.thread_id, asked).digest
        splitting.split(who, post.thread_id, asked, seen=seen, reason="It tells of somebody.")

    def edit():
        post = any_of(Post)
        title = some(3) if post.number == 1 else None
        author = actor_of(post.author_id)
        posts.edit(author, post.id, body=some(5), title=title, seen_revision=post.revision)

    def take_back():
        post = any_of(Post)
        posts.take_back(actor_of(post.author_id), post.id)

    def undo_one():
        act = any_of(UndoableAct, UndoableAct.undone_at.is_(None))
        undo.undo(actor_of(act.actor_id), act.id)

    verbs = (
        merge,
        merge,
        split,
        edit,
        take_back,
        undo_one,
        undo_one,
        undo_one,
        lambda: deleting.delete(who, any_of(Post).id, reason="It is too much."),
        lambda: leaving_out.leave_out(who, any_of(Post).id, words=dice.choice(WORDS), reason="A name."),
        lambda: hiding.hide(who, any_of(Post).id, reason="A name."),
        lambda: retitling.retitle(who, any_thread().id, title=some(3), reason="It says more."),
    )
    for _each in range(5):
        thread = make_thread(gent, dice.choice(people), title=some(3), body=some(6), audience=Audience.SPACE)
        make_post(thread, dice.choice(people), some(6))
    for _step in range(STEPS):
        verb = dice.choice(verbs)
        with suppress(DomainError, IndexError), db.session.begin_nested():
            verb()
            done.append(verb)
            assert_true_index()
    assert {merge, split, undo_one} <= set(done)
    assert len(done) > STEPS / 4
