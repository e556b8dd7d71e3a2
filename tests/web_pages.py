"""Pages as tests compare them."""

import re

_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


def without_token(page: str) -> str:
    """Return a page without the token of its forms, which is another one each second."""
    return _TOKEN.sub("", page)
