"""`flask bench seed`: as much as was asked, the same for the same seed, true to the rules of the tables."""

import pytest
from sqlalchemy import func, select, update

from forum.infra import tokens
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Excerpt
from forum.models.lessons import Lesson, LessonState
from forum.models.spaces import Space
from forum.models.threads import Post, PostRevision, Thread
from forum.policy.visibility import visible
from tests.factories import make_member

ASKED = ["--members", "40", "--threads", "40", "--posts", "400", "--lessons", "10"]


def seed(app, *words):
    return app.test_cli_runner().invoke(args=["bench", "seed", *words])


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def seeded(app):
    answer = seed(app, *ASKED)
    assert answer.exit_code == 0, answer.output
    return app


def test_there_is_as_much_as_was_asked(seeded):
    assert [count(model) for model in (Member, Space, Thread, Post, Lesson)] == [40, 13, 40, 400, 10]


def test_counts_and_excerpts_are_true(seeded):
    for thread in db.session.scalars(select(Thread)):
        numbers = db.session.scalars(
            select(Post.number).where(Post.thread_id == thread.id).order_by(Post.number)
        ).all()
        assert numbers == list(range(1, thread.post_count + 1))
        assert thread.last_number == thread.post_count
    rows = db.session.execute(
        select(Excerpt, PostRevision.plain).join(PostRevision, PostRevision.id == Excerpt.revision_id)
    ).all()
    assert len(rows) == 20
    for excerpt, plain in rows:
        assert plain[excerpt.start_at : excerpt.end_at] == excerpt.words
        assert excerpt.sha256 == tokens.digest(excerpt.words)


def test_visitors_find_lessons_and_the_next_member_gets_a_number_of_her_own(seeded):
    assert db.session.scalars(visible(Thread, None)).all()
    assert make_member("After").id > 40


def test_the_same_seed_makes_the_same_network(seeded):
    first = db.session.execute(
        select(Post.thread_id, Post.author_id, Post.html, Post.idempotency_key).order_by(Post.id)
    ).all()
    db.session.execute(update(Lesson).values(state=LessonState.DRAFT, current_id=None))
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())
    db.session.expunge_all()
    assert seed(seeded, *ASKED).exit_code == 0
    again = db.session.execute(
        select(Post.thread_id, Post.author_id, Post.html, Post.idempotency_key).order_by(Post.id)
    ).all()
    assert again == first


def test_a_database_with_people_is_left_alone(app):
    make_member()
    answer = seed(app, *ASKED)
    assert answer.exit_code == 1
    assert "has members" in answer.output
    assert count(Member) == 1


def test_a_network_that_cannot_be_is_refused(app):
    answer = seed(app, "--members", "3", "--threads", "40", "--posts", "400", "--lessons", "0")
    assert answer.exit_code == 1
    assert "Too small" in answer.output
