"""The same page in both languages: a member who chose one, for as long as a test needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update

from forum.infra.db import db
from forum.models.accounts import Member
from tests.browser.conftest import Town

LANGUAGES = ("nl", "en")


@contextmanager
def speaking(town: Town, who: str, language: str) -> Iterator[None]:
    """Let somebody read the forum in this language, and in Dutch afterwards."""
    _choose(town, who, language)
    try:
        yield
    finally:
        _choose(town, who, "nl")


def _choose(town: Town, who: str, language: str) -> None:
    with town.app.app_context():
        db.session.execute(update(Member).where(Member.handle == who).values(locale=language))
        db.session.commit()
        db.session.remove()
