"""Alembic's entry: migrates the database of the current application."""

import logging
from typing import Any

import click
from alembic import context
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection, inspect, select, text

from forum.domain import schema
from forum.domain.mailing import hold
from forum.infra import search_index
from forum.infra.db import Moment

logging.getLogger("alembic").setLevel(logging.WARNING)
HELD_SINCE = "0014"  # the migration that makes `restored_copy`
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


def _refuse_to_forget(planned: MigrationContext, connection: Connection) -> None:
    """Refuse steps back past the table that says that mail is held: older code would send all of it again."""
    if "destination_rev" not in planned.opts:  # it goes nowhere
        return
    steps = planned.opts["fn"](planned.get_current_heads(), planned)
    forgets = any(step.is_downgrade and HELD_SINCE in step.from_revisions for step in steps)
    if forgets and connection.scalar(select(hold.HELD)):
        raise click.ClickException(
            "This database is a restored copy that holds its mail, and a release from before "
            f"{HELD_SINCE} would send all of it again. First `flask mail release`, then `flask worker --until-idle`."
        )


def _run() -> None:
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        if _is_newer(connection):
            return
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=_render,
            include_object=search_index.is_in_models,
            on_version_apply=_note_fit,
            **options,
        )
        _refuse_to_forget(context.get_context(), connection)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


_run()
