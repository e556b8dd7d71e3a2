"""The index made anew beside people who write: nothing that they wrote is left with older words."""

import threading
import uuid

import pytest
from sqlalchemy import delete, select

from forum.domain.indexing import making, rebuilding
from forum.domain.indexing.kinds import KINDS
from forum.domain.threads import posts, threads
from forum.infra.db import db
from forum.infra.search_keys import word_list
from forum.models.search import PostText
from forum.models.threads import Post
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
