"""The database failed while a row was worked on: is it the database, or is it the row?"""

from sqlalchemy import select

from forum.infra.db import db

MOST = 5  # failures in a row over the same row, after which it is the row


class Stumbles:
    """What one thread met since this worker started: a row whose query never ends in time must not stop the others."""

    def __init__(self) -> None:
        self._row: int | None = None
        self._times = 0

    def is_of_the_row(self, row_id: int) -> bool:
        """Count a failure of the database over this row; return whether it is the row, as the database does answer.

        Call it outside a transaction. Raises what the database raises when it does not answer.
        """
        self._times = self._times + 1 if row_id == self._row else 1
        self._row = row_id
        if self._times < MOST:
            return False
        db.session.execute(select(1))
        db.session.rollback()
        self._row = None
        return True
