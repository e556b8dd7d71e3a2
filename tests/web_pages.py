"""Pages as tests compare them."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import submit

_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def without_token(page: str) -> str:
    """Return a page without the token of its forms, which is another one each second."""
    return _TOKEN.sub("", page)


def confirm(client: FlaskClient, path: str, values: dict[str, Any]) -> TestResponse:
    """Look at what the act at an address would do, and do it as it was shown."""
    page = client.get(path, query_string=values).get_data(as_text=True)
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    return submit(client, path, {**values, "seen": found.group(1) if found else ""})
