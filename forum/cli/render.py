"""`flask rerender`: makes HTML again that an older renderer made.

The text of a revision and its plain text stay as they are: excerpts of lessons are offsets in that text.
"""

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import select

from forum.infra import text
from forum.infra.db import db
from forum.models.threads import Post, PostRevision

BATCH = 500


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(rerender)


@click.command("rerender")
@with_appcontext
def rerender() -> None:
    """Render again the posts that an older renderer made."""
    rendered = 0
    while rows := _outdated():
        for post, body in rows:
            # Hidden and withdrawn posts have no HTML, and get none back.
            if post.deleted_at is None and post.hidden_at is None:
                post.html = text.render(body)
            post.render_version = text.RENDER_VERSION
        rendered += len(rows)
        db.session.flush()
        db.session.expunge_all()
    db.session.commit()
    click.echo(f"{rendered} posts were rendered anew." if rendered else "Every post is up to date.")


def _outdated() -> list[tuple[Post, str]]:
    query = (
        select(Post, PostRevision.body)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.render_version < text.RENDER_VERSION)
        .order_by(Post.id)
        .limit(BATCH)
    )
    return [(row.Post, row.body) for row in db.session.execute(query)]
