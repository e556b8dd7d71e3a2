"""The index as the database has it, and as a rebuild would make it."""

from sqlalchemy import select

from forum.domain.indexing.keys import Keys
from forum.domain.indexing.kinds import KINDS
from forum.infra.db import db


def stored(kind) -> dict[int, dict[str, str]]:
    """The rows of the index as the database has them."""
    columns = kind.index.__table__.columns
    return {row[0]: dict(row._mapping) for row in db.session.execute(select(*columns))}


def made(kind) -> dict[int, dict[str, str]]:
    """The rows that a rebuild would make of the texts as they are."""
    texts = {row[0]: kind.texts(*row[1:]) for row in db.session.execute(kind.query)}
    return {row[kind.key.name]: row for row in kind.rows(texts, Keys())}


def assert_true_index() -> None:
    """Each text is found by the words that it has, and by no others."""
    for kind in KINDS:
        assert stored(kind) == made(kind), kind.name
