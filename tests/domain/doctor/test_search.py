"""The doctor sees what search misses and names the command, which mends it while the forum runs."""

import pytest
from sqlalchemy import delete, text, update

from forum.domain.doctor import search
from forum.domain.indexing import rebuilding
from forum.infra.db import db
from forum.infra.search_keys import word_list
from forum.models.search import PostText, TitleText
from tests import lesson_scenario
from tests.conftest import POSTGRES
from tests.domain.indexing.test_writing import assert_true_index, hits

LOSE = "DROP INDEX ix_post_text_lexemes" if POSTGRES else "DROP TABLE post_text_fts"


def plant_a_missing_row(post_id: int) -> None:
    db.session.execute(delete(PostText).where(PostText.post_id == post_id))


def plant_another_key(post_id: int) -> None:
    db.session.execute(update(PostText).where(PostText.post_id == post_id).values(terms="strange"))


def plant_a_lost_index(_post_id: int) -> None:
    db.session.execute(text(LOSE))


def plant_a_row_of_nothing(_post_id: int) -> None:
    db.session.execute(text("INSERT INTO post_text_fts (rowid, terms, parts) VALUES (987654, 'x', '')"))


FAULTS = {
    "search posts": plant_a_missing_row,
    "keys of posts": plant_another_key,
    "search index": plant_a_lost_index,
}
if not POSTGRES:  # which keeps the index in the row itself
    FAULTS["index post_text"] = plant_a_row_of_nothing


@pytest.fixture
def ground(app, monkeypatch):
    monkeypatch.setattr(word_list, "irregular", dict)
    made = lesson_scenario.build()
    made.draft()
    return made


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_found_and_mended(app, ground, check):
    assert list(search.index()) == []
    FAULTS[check](ground.post.id)
    (found,) = search.index()
    assert (found.check, found.count, found.warns) == (check, 1, False)
    assert "flask search rebuild" in found.found
    answer = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert answer.exit_code == 0, answer.output
    assert list(search.index()) == []
    assert ground.post.id in hits(PostText, "talks")
    assert_true_index()


def test_a_network_whose_index_is_still_being_made_is_not_called_wrong(app, ground):
    db.session.execute(delete(TitleText))
    rebuilding.begin_anew()
    (found,) = search.index()
    assert found.warns
    assert "worker" in found.found
