"""What attacks share: a server on loopback to which e-mail goes, and somebody of another city."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from forum.models.accounts import Member
from tests.factories import make_member, make_space
from tests.servers import smtp_server


@pytest.fixture
def smtp(app: Flask, session: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What the application sends goes there."""
    with smtp_server() as server:
        monkeypatch.setitem(app.config, "SMTP_URL", server.url)
        yield server


@pytest.fixture
def mia() -> Member:
    """She belongs to another city, and reads what is for the network."""
    return make_member("Mia", space=make_space("Genk", city="genk"))
