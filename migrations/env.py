"""Alembic's entry: migrates the database of the current application."""

import logging
from typing import Any

import click
from alembic import context
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection, inspect, text

from forum.domain import schema
from forum.infra.db import Moment

logging.getLogger("alembic").setLevel(logging.WARNING)
database = current_app.extensions["migrate"].db


def _render(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own column type as the plain one that it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def _note_fit(*, ctx: MigrationContext, heads: set[str], **_others: Any) -> None:
    """Write which code can serve the database after this step, for older code that does not know the migration.

    A migration says it in `serves_from`: the oldest one whose code can go on beside it. Without a word it is itself.
    """
    connection = ctx.connection
    if connection is None or ctx.script is None or not inspect(connection).has_table("schema_fit"):
        return
    connection.execute(text("DELETE FROM schema_fit"))
    for revision in heads:
        serves_from = getattr(ctx.script.get_revision(revision).module, "serves_from", revision)
        connection.execute(
            text("INSERT INTO schema_fit (revision, serves_from) VALUES (:revision, :serves_from)"),
            {"revision": revision, "serves_from": serves_from},
        )


def _is_newer(connection: Connection) -> bool:
    """Whether a newer release migrated the database, which serves this one too; with a sentence if it does not."""
    fit = schema.fit(connection)
    if not fit.is_newer:
        return False
    asked = click.get_current_context(silent=True)
    if not fit.good or (asked is not None and asked.info_name == "downgrade"):
        raise click.ClickException(fit.sentence if not fit.good else f"{fit.sentence}: go back with that one")
    click.echo(f"The database is {fit.sentence}: there is nothing to do here.")
    return True


def _run() -> None:
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        if _is_newer(connection):
            return
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=_render,
            on_version_apply=_note_fit,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


_run()
