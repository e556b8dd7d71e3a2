"""A title for a story whose author gave it none."""

import re

from forum.infra import text
from forum.infra.words import first_sentence
from forum.models.threads import Thread

# A line that is bold from end to end is a heading or a question that helped somebody along.
HEADING = re.compile(r"^\s*\*\*[^*\n]{1,200}\*\*\s*$", re.MULTILINE)


def offered(body: str) -> str:
    """Return the first sentence of a story as its title, at most as long as one may be; "" where it has no words."""
    if len(body) > text.MAX_LENGTH:
        return ""
    return first_sentence(text.plain(text.render(HEADING.sub("", body))), Thread.TITLE_MAX)
