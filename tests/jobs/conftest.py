"""What the worker's tests share: an empty memory mailbox, and letters as they went out."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from forum.infra import mailer
from forum.models.accounts import Member
from forum.models.spaces import Space
from tests.factories import make_member, make_space


@pytest.fixture
def sent() -> Iterator[list[EmailMessage]]:
    """What goes to `memory:` during one test, oldest first."""
    mailer.sent().clear()
    yield mailer.sent()
    mailer.sent().clear()


@pytest.fixture
def aalst(session: Any) -> Space:
    """The space in which mails are about something."""
    return make_space("Aalst", city="aalst")


@pytest.fixture
def dirk(aalst: Space) -> Member:
    """Who gets the mails."""
    return make_member("Dirk", space=aalst)


@pytest.fixture
def ruben(aalst: Space) -> Member:
    """Whom they are about."""
    return make_member("Ruben", space=aalst)
