"""Before a command: a database that another release migrated is met with a sentence, and not with a trace."""

from functools import update_wrapper
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from forum.domain import health, schema
from forum.infra.connections import reading
from forum.infra.db import db

# Those that migrate (`migrations/env.py` asks the same), or look at a database whatever it is.
ANY_SCHEMA = frozenset({"db", "start", "doctor", "backup", "restore", "drill"})


def init_app(app: Flask) -> None:
    """Put the question before every command that needs the tables as this release knows them."""
    for name, command in app.cli.commands.items():
        if name not in ANY_SCHEMA:
            _ask_first(command)


def _ask_first(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _ask_first(inner)
    # Most commands are shared by all applications of a process.
    elif command.callback is not None and not getattr(command.callback, "asks_first", False):
        command.callback = _asking(command.callback)


def _asking(run: Any) -> Any:
    def asked(*arguments: Any, **options: Any) -> Any:
        _require_fit()
        return run(*arguments, **options)

    asked.asks_first = True  # type: ignore[attr-defined]
    return update_wrapper(asked, run)


def _require_fit() -> None:
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    with app.app_context(), reading():  # a context of its own: what a test wrote and did not commit stays
        if missing := health.missing_database():
            raise click.ClickException(missing[0].upper() + missing[1:])
        try:
            fit = schema.fit()
        except SQLAlchemyError:
            return  # the command itself says what is the matter
        finally:
            db.session.remove()
    if not fit.good:
        raise click.ClickException(fit.sentence)
