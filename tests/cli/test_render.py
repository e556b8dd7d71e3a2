"""`flask rerender`: an older renderer's HTML is made anew, and nothing that lessons rest on moves."""

from datetime import UTC, datetime

from sqlalchemy import select

from forum.domain.threads import rendering
from forum.infra import text
from forum.infra.db import db
from forum.models.threads import Post, PostRevision
from tests.factories import make_member, make_post, make_space, make_thread

OLD = "<p>what an older renderer made</p>"


def test_older_html_is_renewed_and_the_plain_words_stay(app):
    space = make_space()
    author = make_member(space=space)
    thread = make_thread(space, author, body="**First** words.")
    stands = make_post(thread, author, "*Other* words.", html=OLD, render_version=0)
    gone = make_post(
        thread, author, "Gone.", html="", render_version=0, deleted_at=datetime(2026, 1, 6, tzinfo=UTC)
    )
    before = {row.id: (row.body, row.plain) for row in db.session.scalars(select(PostRevision))}
    answer = app.test_cli_runner().invoke(args=["rerender"])
    assert answer.exit_code == 0, answer.output
    assert "2 posts" in answer.output
    html = dict(tuple(row) for row in db.session.execute(select(Post.id, Post.html)))
    assert html[stands.id] == text.render("*Other* words.")
    assert html[gone.id] == ""
    db.session.expire_all()
    assert {post.render_version for post in db.session.scalars(select(Post))} == {text.RENDER_VERSION}
    assert {row.id: (row.body, row.plain) for row in db.session.scalars(select(PostRevision))} == before
    assert "up to date" in app.test_cli_runner().invoke(args=["rerender"]).output


def test_a_post_that_changes_meanwhile_keeps_what_its_author_made_of_it(app):
    author = make_member(space=make_space())
    thread = make_thread(make_space("Aalst"), author)
    posts = [make_post(thread, author, f"*{word}*", html=OLD, render_version=0) for word in ("a", "b", "c")]
    found = rendering.outdated(0, 10)
    assert [row.post_id for row in found] == [post.id for post in posts]
    posts[0].revision += 1
    posts[1].hidden_at = datetime(2026, 1, 6, tzinfo=UTC)
    db.session.flush()
    assert rendering.replace(found) == 1
    html = db.session.scalars(
        select(Post.html).where(Post.id.in_(post.id for post in posts)).order_by(Post.id)
    )
    assert html.all() == [OLD, OLD, text.render("*c*")]
