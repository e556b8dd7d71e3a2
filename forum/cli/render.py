"""`flask rerender`: makes HTML again that an older renderer made; the forum may run meanwhile.

The text of a revision and its plain text stay as they are: excerpts of lessons are offsets in that text.
"""

import click
from flask import Flask
from flask.cli import with_appcontext

from forum.domain.cahiers import cahiers
from forum.domain.spaces import notes
from forum.domain.threads import rendering
from forum.infra.connections import reading
from forum.infra.db import db

BATCH = 200  # posts; rendered before the write lock is taken, and committed together


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(rerender)


@click.command("rerender")
@with_appcontext
def rerender() -> None:
    """Render again the posts, notes of spaces and cahiers that an older renderer made."""
    rendered = render_outdated()
    click.echo(f"{rendered} posts were rendered anew." if rendered else "Every post is up to date.")


def render_outdated() -> int:
    """Render all outdated posts in batches, each committed by itself; return how many there were."""
    rendered = after = 0
    while posts := _next(after):
        rendered += rendering.replace(posts)
        db.session.commit()
        after = posts[-1].post_id
    notes.render_again()
    cahiers.render_again()
    db.session.commit()
    return rendered


def _next(after: int) -> list[rendering.Rendered]:
    with reading():
        posts = rendering.outdated(after, BATCH)
        db.session.commit()
    return posts
