"""`flask bench seed`: as much as was asked, true to the rules of the tables, around now and not after it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, inspect, select, update
from sqlalchemy.orm import aliased

from forum.demo.synthetic.size import LONG_THREAD, PAGE_THREAD, READER
from forum.infra import clock, text, tokens
from forum.infra.db import Moment, db
from forum.models.accounts import Member
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Excerpt
from forum.models.lessons import Lesson, LessonState
from forum.models.spaces import Audience, Membership, Space, SpaceKind
from forum.models.subscriptions import DigestChoice
from forum.models.threads import Post, PostRevision, ReadMark, Thread
from tests.conftest import sharing
from tests.factories import make_member, sign_in

ASKED = ["--members", "80", "--threads", "120", "--posts", "2400", "--lessons", "25"]


def seed(app, *words):
    return app.test_cli_runner().invoke(args=["bench", "seed", *words])


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def known_to_the_database():
    """Every index and key, as the database tells it."""
    seen = inspect(db.session.connection())
    return [
        json.dumps([table, *found], default=str)
        for table in sorted(seen.get_table_names())
        for found in (
            seen.get_indexes(table),
            seen.get_unique_constraints(table),
            seen.get_foreign_keys(table),
        )
    ]


def broken_keys():
    """Foreign keys with a row that points to nothing."""
    broken = []
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            there = aliased(key.column.table)
            points = select(there.c[key.column.name]).where(there.c[key.column.name] == key.parent)
            lost = select(func.count()).select_from(table).where(key.parent.is_not(None), ~points.exists())
            if db.session.scalar(lost):
                broken.append(f"{table.name}.{key.parent.name}")
    return broken


def moments_after(now):
    """Columns that hold a moment after `now`."""
    return [
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Moment)
        and (last := db.session.scalar(select(func.max(column)))) is not None
        and last > now
    ]


def untrue_threads():
    """Threads whose counts, cities or last moment are not those of their posts."""
    wrong = []
    posts = db.session.execute(select(Post).order_by(Post.thread_id, Post.number)).scalars().all()
    for thread in db.session.scalars(select(Thread)):
        hers = [post for post in posts if post.thread_id == thread.id]
        standing = [post for post in hers if post.hidden_at is None and post.deleted_at is None]
        answers = [post.created_at for post in standing if post.author_id != thread.author_id]
        said = (
            [post.number for post in hers],
            thread.last_number,
            thread.post_count,
            thread.last_post_at,
            thread.answered_at,
            thread.created_at,
        )
        true = (
            list(range(1, len(hers) + 1)),
            len(hers),
            len(standing),
            max(post.created_at for post in hers),
            min(answers, default=None),
            hers[0].created_at,
        )
        if said != true or any(post.html for post in hers if post not in standing):
            wrong.append(thread.id)
    return wrong


@pytest.fixture(scope="module")
def seeded_app(tmp_path_factory, migrated):
    """An application whose database was seeded once; what a test changes of it is thrown away."""
    made = sharing(migrated, tmp_path_factory.mktemp("seeded"))
    answer = seed(made, *ASKED)
    assert answer.exit_code == 0, answer.output
    return made


@pytest.fixture
def app(request, app):
    """The empty database, or the seeded one for a test that asks for that."""
    return request.getfixturevalue("seeded_app") if "seeded" in request.fixturenames else app


@pytest.fixture
def seeded(app, session):
    return app


def test_there_is_as_much_as_was_asked(seeded):
    assert [count(model) for model in (Member, Thread, Post, Lesson)] == [80, 120, 2400, 25]
    assert count(Post, Post.thread_id == PAGE_THREAD) == 20
    assert count(Post, Post.thread_id == LONG_THREAD) == 240


def test_every_row_is_true_to_the_others(seeded):
    assert broken_keys() == []
    assert untrue_threads() == []
    assert moments_after(clock.now()) == []


def test_rows_that_are_not_would_be_seen(seeded):
    later = clock.now() + timedelta(days=1)
    db.session.execute(update(Post).where(Post.id == 1).values(created_at=later))
    db.session.execute(update(Thread).where(Thread.id == PAGE_THREAD).values(last_number=99))
    assert moments_after(clock.now()) == ["post.created_at"]
    assert PAGE_THREAD in untrue_threads()


def test_the_network_lives_around_now(seeded):
    now = clock.now()
    ages = [(now - at).days for at in db.session.scalars(select(Post.created_at))]
    within = [sum(age < days for age in ages) for days in (1, 7, 30, 365)]
    assert within[0] > 0
    assert within == sorted(set(within)), "more in a week than in a day, more in a month than in a week"
    assert max(ages) > 3 * 365
    assert 0.3 < within[3] / len(ages) < 0.6, "a network that grows: about half of it in the last year"


def test_spaces_differ_and_so_do_their_readers(seeded):
    threads = db.session.execute(select(Thread.space_id, func.count()).group_by(Thread.space_id)).all()
    sizes = sorted(number for _space, number in threads)
    assert sizes[-1] >= 5 * sizes[0]
    assert {kind for (kind,) in db.session.execute(select(Space.kind))} == set(SpaceKind)
    assert {width for (width,) in db.session.execute(select(Thread.audience))} == set(Audience)
    assert count(Space, Space.unlisted_at.is_not(None)) > 0
    marks = db.session.execute(select(ReadMark.member_id, func.count()).group_by(ReadMark.member_id)).all()
    assert max(number for _member, number in marks) > 1.5 * min(number for _member, number in marks)


def test_the_reader_belongs_to_as_many_spaces_in_every_network(seeded):
    assert count(Membership, Membership.member_id == READER) == 4
    assert count(Post, Post.author_id == READER) == 0
    assert count(DigestChoice, DigestChoice.member_id == READER) == 1


def test_lessons_rest_on_words_that_stand_there(seeded):
    query = select(Excerpt, PostRevision.plain).join(PostRevision, PostRevision.id == Excerpt.revision_id)
    rows = db.session.execute(query).all()
    assert len(rows) > 25
    for excerpt, plain in rows:
        assert plain[excerpt.start_at : excerpt.end_at] == excerpt.words
        assert excerpt.sha256 == tokens.digest(excerpt.words)
    assert count(Lesson, Lesson.state == LessonState.PUBLISHED) >= 15
    assert count(AdoptionReport) > 5


def test_words_are_what_the_renderer_makes_of_them(seeded):
    query = select(Post.html, PostRevision.body, PostRevision.plain).join(
        PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision)
    )
    rows = db.session.execute(query.where(Post.html != "").order_by(Post.id).limit(50)).all()
    for html, body, plain in rows:
        assert text.render(body) == html
        assert text.plain(html) == plain
    assert len({body for _html, body, _plain in rows}) == 50


def test_pages_open_on_it(seeded):
    thread = db.session.get_one(Thread, PAGE_THREAD)
    space = db.session.get_one(Space, thread.space_id)
    paths = ["/", f"/spaces/{space.slug}", f"/threads/{thread.id}-{thread.slug}", "/lessons"]
    visitor, reader = seeded.test_client(), seeded.test_client()
    sign_in(reader, db.session.get_one(Member, READER))
    for path in paths:
        assert visitor.get(path).status_code == 200
        assert reader.get(path).status_code == 200
    assert reader.get(f"/spaces/{space.slug}/members").status_code == 200
    assert visitor.get(f"/spaces/{space.slug}/members").status_code != 200


def test_indexes_and_keys_are_back_ids_go_on_and_it_says_what_they_took(app):
    before = known_to_the_database()
    answer = seed(app, *ASKED)
    assert answer.exit_code == 0
    assert known_to_the_database() == before
    assert make_member("After").id > 80
    for words in ("posts a second", "indexes and keys:", "search:", "statistics:", "MB"):
        assert words in answer.output, "it says what rows and indexes took"


def test_its_present_can_be_another(app):
    answer = seed(app, *ASKED, "--at", "2026-02-03T04:05:06+00:00")
    assert answer.exit_code == 0, answer.output
    assert moments_after(datetime(2026, 2, 3, 4, 5, 7, tzinfo=UTC)) == []


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
