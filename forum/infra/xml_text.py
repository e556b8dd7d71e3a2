"""Text in XML: a few characters that pages may contain cannot stand in it, however they are written."""

import re

# XML 1.0, production 2; lone surrogates are among what is left out.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def possible(text: str) -> str:
    """Return the text without what XML cannot contain."""
    return _IMPOSSIBLE.sub("", text)
