"""The index made anew while people write, from nothing, from the middle, and after it was lost."""

import pytest
from sqlalchemy import delete, event, select, text, update

from forum.domain.indexing import making, rebuilding, word_table
from forum.domain.indexing.keys import Keys
from forum.domain.indexing.kinds import KINDS, POSTS
from forum.domain.threads import posts
from forum.infra.db import db
from forum.infra.search_keys import word_list
from forum.jobs import calendar
from forum.models.search import PostText, SearchProgress, WordKey
from forum.models.threads import Post
from tests import lesson_scenario
from tests.domain.indexing.test_writing import assert_true_index, hits, stored
from tests.factories import actor, make_member, make_post, make_space, make_thread


@pytest.fixture(autouse=True)
def few_words(app, monkeypatch):
    """A network from before there was an index, and a list of words that is read at once."""
    rebuilding.begin_anew()
    monkeypatch.setattr(word_list, "irregular", lambda: {"gebracht": "breng", "bracht": "breng"})


def rebuild() -> list[making.Step]:
    return list(making.steps(db.session.commit))


def test_a_network_from_before_is_found_after_it_and_words_by_the_list(app):
    ground = lesson_scenario.build()
    ground.draft()
    post = make_post(ground.thread, ground.author, "Wij hebben het gebracht.")
    for kind in KINDS:
        db.session.execute(delete(kind.index))
    assert rebuilding.is_being_made()
    assert rebuild()[0].kind == word_table.NAME
    assert not rebuilding.is_being_made()
    assert_true_index()
    assert post.id in hits(PostText, "breng")
    assert rebuild() == [], "there is nothing left to do"
    newer = make_post(ground.thread, ground.author, "Zij bracht het.")
    assert newer.id in hits(PostText, "breng"), "who writes looks words up as well"


def test_a_post_that_was_merged_before_its_title_was_indexed_is_found_by_it(app):
    thread = make_thread(make_space(), author := make_member(space=make_space("Aalst")))
    post = make_post(thread, author, "De fietsen staan buiten.")
    rebuild()
    db.session.execute(update(Post).where(Post.id == post.id).values(heading="Leegstandsregister"))
    db.session.execute(update(SearchProgress).values(recipe=3))  # of the last release without such titles
    assert not hits(PostText, "register")
    rebuild()
    assert hits(PostText, "register") == {post.id}
    assert_true_index()


def test_a_rebuild_that_was_stopped_goes_on_where_it_was(app, monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    thread = make_thread(make_space(), author := make_member(space=make_space("Aalst")))
    made = [make_post(thread, author, f"Huizen {number}.").id for number in range(7)]
    db.session.execute(delete(PostText))
    for step in making.steps(db.session.commit):
        if step.kind == POSTS.name:
            break
    done = set(stored(POSTS))
    assert 0 < len(done) < len(made)
    rest = rebuild()
    assert sum(step.rows for step in rest) == db.session.query(Post).count() - len(done)
    assert_true_index()


def test_a_post_that_is_edited_meanwhile_keeps_the_keys_of_its_new_words(app):
    space = make_space()
    author = make_member(space=space)
    thread = make_thread(space, author, body="De huizen.")
    (post,) = db.session.scalars(select(Post).where(Post.thread_id == thread.id))
    batch = rebuilding.next_batch(POSTS, post.id - 1, Keys())
    posts.edit(actor(author), post.id, body="De fietsen.", title="Anders", seen_revision=1)
    rebuilding.store(batch)
    assert post.id in hits(PostText, "fietsen")
    assert post.id not in hits(PostText, "huizen")


def test_rows_without_a_text_go(app):
    thread = make_thread(make_space(), make_member(space=make_space("Aalst")))
    (post,) = db.session.scalars(select(Post).where(Post.thread_id == thread.id))
    batch = rebuilding.next_batch(POSTS, post.id - 1, Keys())
    rebuilding.store(batch._replace(texts={}, rows=[], after=0))
    assert post.id in stored(POSTS), "a row with a text stays"


def test_another_list_or_recipe_makes_everything_anew(app, monkeypatch):
    thread = make_thread(make_space(), author := make_member(space=make_space("Aalst")))
    post = make_post(thread, author, "Wij hebben het gebracht.")
    rebuild()
    monkeypatch.setattr(word_list, "irregular", lambda: {"gebracht": "haal"})
    db.session.execute(update(SearchProgress).values(recipe=0))
    assert rebuilding.is_being_made()
    rebuild()
    assert post.id in hits(PostText, "haal")
    assert {row.form: row.key for row in db.session.scalars(select(WordKey))} == {"gebracht": "haal"}


def test_the_command_brings_a_lost_index_back(app):
    thread = make_thread(make_space(), author := make_member(space=make_space("Aalst")))
    post = make_post(thread, author, "De huizen.")
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("DROP TABLE post_text_fts"))
    db.session.execute(text("DROP TABLE post_text"))
    answer = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert answer.exit_code == 0, answer.output
    assert "all can be found" in answer.output
    assert post.id in hits(PostText, "huizen")
    assert_true_index()
    assert "nothing to do" in app.test_cli_runner().invoke(args=["search", "rebuild", "--resume"]).output


def test_the_worker_makes_older_texts_findable(app):
    thread = make_thread(make_space(), author := make_member(space=make_space("Aalst")))
    post = make_post(thread, author, "De huizen.")
    db.session.execute(delete(PostText))
    calendar.index_texts()
    assert not rebuilding.is_being_made()
    assert post.id in hits(PostText, "huizen")


def test_words_are_looked_up_in_one_query_whoever_wrote_them(app):
    thread = make_thread(make_space(), author := make_member(space=make_space("Aalst")))
    make_post(thread, author, "Geheimzinnig klimaatadaptatieplan.")
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", listener := lambda *told: asked.append(told[2]))
    try:
        for words in (["geheimzinnig"], ["nooitgeschreven"], ["klimaatadaptatieplan", "wijkbudget"]):
            Keys().learn(words)
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    assert len(asked) == 3
    assert len(set(asked)) == 1
