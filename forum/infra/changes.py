"""What a session changed since its transaction began, and that nothing is changed while a context only reads.

A write while only reading would be committed halfway on PostgreSQL, which has no transaction then, and fail halfway
on SQLite, which has no lock. It is a mistake in our code: tests fail of it, and a forum that people use writes it into
its log and goes on.
"""

import logging
from typing import Any

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from forum.infra import connections

log = logging.getLogger(__name__)
CHANGED = "changed"


class OutOfTurn(Exception):
    """Something was written where nothing may be."""


def made_in(session: Any) -> bool:
    """Return whether something was added, changed or deleted that is not committed yet."""
    return bool(session.info.get(CHANGED) or session.new or session.dirty or session.deleted)


def expect_none(session: Any, what: str) -> None:
    """OutOfTurn in tests, and a line in the log elsewhere, where something is not committed yet before `what`."""
    if made_in(session):
        _complain(f"something was written before {what}")


def _complain(sentence: str) -> None:
    if current_app and current_app.testing:
        raise OutOfTurn(sentence)
    log.error("out of turn: %s", sentence, stack_info=True)


def _expect_writing() -> None:
    if connections.is_reading():
        _complain("something was written while only reading")


@event.listens_for(Session, "after_flush")
def _note_flush(session: Session, *rest: Any) -> None:
    session.info[CHANGED] = True
    _expect_writing()


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info[CHANGED] = True
    if state.is_insert or state.is_update or state.is_delete:
        _expect_writing()


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(CHANGED, None)
