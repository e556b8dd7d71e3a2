"""Around every command: a database that cannot be used, and a disk that cannot be written, are one sentence each."""

import errno
from functools import update_wrapper
from typing import Any, NoReturn

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_migrate.cli import db as migrations
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from forum.infra import failures
from forum.infra.private_files import Unwritable

# What the disk says, and not a mistake of ours.
OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM})


def init_app(app: Flask) -> None:
    """Let every command, those that migrate among them, end with a sentence."""
    for command in (*app.cli.commands.values(), migrations):
        _wrap(command)


def _wrap(command: click.Command) -> None:
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _wrap(inner)
    # Most commands are shared by all applications of a process.
    elif command.callback is not None and not getattr(command.callback, "ends_with_sentence", False):
        command.callback = _wrapped(command.callback)


def _wrapped(run: Any) -> Any:
    def ended(*arguments: Any, **options: Any) -> Any:
        try:
            return run(*arguments, **options)
        except (SQLAlchemyError, Unwritable, OSError) as error:
            _end(error)

    ended.ends_with_sentence = True  # type: ignore[attr-defined]
    return update_wrapper(ended, run)


def _end(error: Exception) -> NoReturn:
    if isinstance(error, Unwritable):
        raise click.ClickException(str(error)) from error
    reason = failures.reason(error)
    if isinstance(error, OSError):
        if error.errno not in OF_THE_DISK:
            raise error
        raise click.ClickException(f"{error.filename or 'The disk'} cannot be used: {reason}.") from error
    if reason == type(getattr(error, "orig", None) or error).__name__ and failures.of(error) is None:
        raise error  # a mistake of ours: the trace says where
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    place = failures.place(make_url(app.config["SQLALCHEMY_DATABASE_URI"]))
    raise click.ClickException(f"The database cannot be used ({place}): {reason}.") from error
