"""The index made anew beside people who write: nothing that they wrote is left with older words."""

import threading
import uuid
from contextlib import ExitStack, nullcontext
from time import monotonic

import pytest
from sqlalchemy import delete, func, select

from forum.domain.indexing import making, rebuilding
from forum.domain.indexing.kinds import KINDS
from forum.domain.search import results
from forum.domain.threads import posts, threads
from forum.infra.connections import reading
from forum.infra.db import db
from forum.infra.search_keys import word_list
from forum.models.search import PostText, WordKey
from forum.models.threads import Post
from tests.conftest import POSTGRES
from tests.domain.indexing.test_writing import assert_true_index, hits
from tests.factories import actor, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.live
POSTS, ROUNDS = 60, 40


def test_who_writes_during_a_rebuild_is_found_by_the_new_words(live_app, monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 4)
    monkeypatch.setattr(word_list, "irregular", lambda: {"gebracht": "breng", "huizen": "woning"})
    with live_app.app_context():
        author = make_member(space=(space := make_space()))
        thread = make_thread(space, author)
        ids = [
            make_post(thread, author, f"Wij hebben {number} huizen gebracht.").id for number in range(POSTS)
        ]
        writer, thread_id = actor(author), thread.id
        for kind in KINDS:
            db.session.execute(delete(kind.index))
        rebuilding.begin_anew()
        db.session.commit()
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with live_app.app_context():
                for number in range(ROUNDS):
                    post_id = ids[number * 7 % POSTS]
                    revision = db.session.get_one(Post, post_id).revision
                    body = f"Nu zijn het fietspaden, keer {number}, gebracht."
                    posts.edit(writer, post_id, body=body, seen_revision=revision)
                    db.session.commit()
                    reply = f"Bij ons ook, keer {number}."
                    threads.reply(writer, thread_id, body=reply, idempotency_key=str(uuid.uuid4()))
                    db.session.commit()
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    beside = threading.Thread(target=write)
    beside.start()
    with live_app.app_context():
        steps = list(making.steps(db.session.commit))
        beside.join()
        assert failed == []
        assert len(steps) > POSTS / 4
        assert_true_index()
        changed = {ids[number * 7 % POSTS] for number in range(ROUNDS)}
        assert changed <= hits(PostText, "fietspaden")
        older = db.session.scalars(select(PostText.post_id).where(PostText.terms.contains("woning")))
        assert set(older) == set(ids) - changed
        assert set(ids) <= hits(PostText, "breng")


@pytest.fixture
def network(live_app, monkeypatch):
    """A thread in a forum whose index has to be made; returns its author and its id."""
    monkeypatch.setattr(word_list, "irregular", lambda: {"gebracht": "breng"})
    with live_app.app_context():
        author = make_member(space=(space := make_space()))
        thread = make_thread(space, author, title="De brug", body="Zij bleef.")
        rebuilding.begin_anew()
        db.session.commit()
        return actor(author), thread.id


def rebuild(live_app, *options):
    """The command, and how long it took."""
    began = monotonic()
    done = live_app.test_cli_runner().invoke(args=["search", "rebuild", *options])
    return done, monotonic() - began


def test_a_backup_that_reads_all_the_while_delays_neither_the_rebuild_nor_a_search(live_app, network):
    reader, _thread_id = network
    slowest = [0.0]
    stop = threading.Event()

    def search() -> None:
        with live_app.app_context(), reading():
            while not stop.is_set():
                began = monotonic()
                results.answer(reader, "brug", lambda _kind: [])
                db.session.rollback()
                slowest[0] = max(slowest[0], monotonic() - began)

    with live_app.app_context(), ExitStack() as held:
        with (
            nullcontext() if POSTGRES else reading()
        ):  # in a transaction that stays open, as that of a backup
            held.enter_context(backup := db.engine.connect())
            backup.execute(select(WordKey.key)).all()
        beside = threading.Thread(target=search)
        beside.start()
        done, took = rebuild(live_app)
        stop.set()
        beside.join()
        assert (done.exit_code, "all can be found" in done.output) == (0, True), done.output
        assert took < 20
        assert slowest[0] < 2.5
        assert not rebuilding.is_being_made()


if POSTGRES:  # SQLite has one writer at a time

    @pytest.fixture
    def writing(live_app, network):
        """Somebody who has posted and is not done: `set()` lets them finish."""
        writer, thread_id = network
        posted, may_end = threading.Event(), threading.Event()

        def write() -> None:
            with live_app.app_context():
                body = "Wij hebben het gebracht."
                threads.reply(writer, thread_id, body=body, idempotency_key=str(uuid.uuid4()))
                db.session.flush()
                posted.set()
                may_end.wait(60)
                db.session.commit()

        beside = threading.Thread(target=write)
        beside.start()
        posted.wait(20)
        yield may_end
        may_end.set()
        beside.join()

    def test_what_somebody_wrote_with_words_of_before_is_waited_for(live_app, writing):
        with live_app.app_context():
            kinds = []
            for step in making.steps(db.session.commit):
                kinds.append(step.kind)
                if step.kind == making.WAITING and len(kinds) == 4:
                    assert kinds == ["words", *[making.WAITING] * 3], "no text is made before"
                    assert db.session.scalar(select(func.count()).select_from(WordKey)), (
                        "and the table is there"
                    )
                    db.session.commit()
                    writing.set()
            assert kinds.count(making.WAITING) >= 3
            assert_true_index()
            assert len(hits(PostText, "breng")) == 1

    def test_where_they_do_not_end_it_says_so_and_goes_on_from_there(live_app, writing, monkeypatch):
        monkeypatch.setattr(making, "PATIENCE", 0.5)
        done, took = rebuild(live_app)
        assert (done.exit_code, took < 20) == (1, True)
        assert "Nothing is lost" in done.output
        assert "flask search rebuild --resume" in done.output
        with live_app.app_context():
            assert rebuilding.is_being_made()
            assert db.session.scalar(select(func.count()).select_from(WordKey)) == 1
        writing.set()
        monkeypatch.undo()
        done, _took = rebuild(live_app, "--resume")
        assert (done.exit_code, "irregular forms" in done.output) == (0, False), done.output
        with live_app.app_context():
            assert_true_index()
            assert len(hits(PostText, "breng")) == 1
