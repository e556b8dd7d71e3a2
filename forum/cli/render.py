"""`flask rerender`: HTML that an older renderer made is made anew.

The words of a revision and their plain text stay as they are: excerpts of lessons point into that text, and words
that somebody quoted may not move under her.
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
    """Render the posts anew that an older renderer made."""
    renewed = 0
    while rows := _outdated():
        for post, body in rows:
            # Hidden and withdrawn posts have no words on their page, and get none back.
            if post.deleted_at is None and post.hidden_at is None:
                post.html = text.render(body)
            post.render_version = text.RENDER_VERSION
        renewed += len(rows)
        db.session.flush()
        db.session.expunge_all()
    db.session.commit()
    click.echo(f"{renewed} posts were rendered anew." if renewed else "Every post is up to date.")


def _outdated() -> list[tuple[Post, str]]:
    query = (
        select(Post, PostRevision.body)
        .join(PostRevision, (PostRevision.post_id == Post.id) & (PostRevision.number == Post.revision))
        .where(Post.render_version < text.RENDER_VERSION)
        .order_by(Post.id)
        .limit(BATCH)
    )
    return [(row.Post, row.body) for row in db.session.execute(query)]
