"""Alembic's entry: migrates the database of the current application."""

import logging
from typing import Any

from alembic import context
from flask import current_app

from forum.infra.db import Moment

logging.getLogger("alembic").setLevel(logging.WARNING)
database = current_app.extensions["migrate"].db


def _render(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own column type as the plain one that it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def _run() -> None:
    options = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=database.metadata, render_item=_render, **options
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


_run()
