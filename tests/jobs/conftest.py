"""What the worker's tests share: an empty memory mailbox, and letters as they went out."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from forum.infra import mailer


@pytest.fixture
def sent() -> Iterator[list[EmailMessage]]:
    """What goes to `memory:` during one test, oldest first."""
    mailer.sent().clear()
    yield mailer.sent()
    mailer.sent().clear()
