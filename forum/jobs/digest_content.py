"""What a digest says: its items, each drawn once for all whose letters have it alike.

Nobody gets what was drawn for another reader unless it is the same to the letter: an item is kept by all its values,
which hold everything that the rule and the mail policy let this reader see, why it is there and where its link leads.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from flask import current_app
from jinja2 import Environment

from forum.domain.digests.items import LessonNews, ThreadNews
from forum.domain.digests.letter import DigestLetter
from forum.infra import i18n
from forum.jobs.letter_content import Content
from forum.jobs.letter_links import link, thread_link

MOST = 2048  # some 4 kB each


class Drawn(NamedTuple):
    """An item in both parts of a letter."""

    html: str
    text: str


class _Place(NamedTuple):
    """What an item is drawn with besides its own values: of two forums, languages, zones or days none share one."""

    templates: Environment
    base_url: str
    locale: str
    zone: str
    today: date  # without which no day of another year says its year


def digest_content(letter: DigestLetter) -> Content:
    """Return what a letter says, in the language of the moment."""
    return Content(letter.subject, {"letter": letter, "drawn": DrawnItems()}, digest=letter)


class DrawnItems:
    """Draws the items of one letter, in the language of the moment in which it is made."""

    def __init__(self) -> None:
        self._place = _Place(
            current_app.jinja_env,
            current_app.config["BASE_URL"],
            i18n.locale(),
            i18n.zone(),
            i18n.present_day(),
        )
        # By the very object, which both parts ask for: its values are looked at once.
        self._asked: dict[int, tuple[ThreadNews | LessonNews, Drawn]] = {}

    def thread(self, item: ThreadNews) -> Drawn:
        """Return a thread with its words."""
        return self._drawn("thread_item", thread_link, item)

    def title(self, item: ThreadNews) -> Drawn:
        """Return a thread of which there is only a title."""
        return self._drawn("title_item", thread_link, item)

    def lesson(self, item: LessonNews) -> Drawn:
        """Return a lesson."""
        return self._drawn("lesson_item", link, item)

    def _drawn(self, macro: str, address: Callable[..., str], item: ThreadNews | LessonNews) -> Drawn:
        if id(item) not in self._asked:
            self._asked[id(item)] = (item, _drawn(self._place, macro, address, item))
        return self._asked[id(item)][1]


@lru_cache(maxsize=MOST)
def _drawn(place: _Place, macro: str, address: Callable[..., str], item: ThreadNews | LessonNews) -> Drawn:
    parts = (place.templates.get_template(f"email/_digest.{part}").module for part in ("html", "txt"))
    html, text = (getattr(part, macro)(item, address) for part in parts)
    return Drawn(html, str(text))
