"""What a digest says: its frame and its items, each drawn once for all whose letters have it alike.

Nobody gets what was drawn for another reader unless it is the same to the letter. An item is kept by all its values,
which hold everything that the rule and the mail policy let this reader see, why it is there and where its link leads. A
frame is drawn with holes for all that people wrote, and for what is in one letter only, and kept by the rest.
"""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app
from jinja2 import Environment

from forum.domain.digests.items import LessonNews, ThreadNews
from forum.domain.digests.letter import DigestLetter, LeftOut
from forum.domain.digests.needs import Need
from forum.infra import i18n
from forum.infra.bidi import isolated
from forum.infra.mailer import styled
from forum.infra.words import spaced
from forum.jobs.frames import Frame, hole, in_attribute, in_text
from forum.jobs.letter_content import Content
from forum.jobs.letter_links import link, thread_link

MOST = 2048  # some 6 kB each
MOST_LINES = 8192  # some 300 bytes each
FRAMES = 256
CUT = "<!--cut-->"  # as it stands in the template
OF_THREADS = {"thread_item", "title_item"}
# What a letter has or has not; each is one hole.
SECTIONS = (
    "for_you",
    "needs",
    "lessons",
    "stories",
    "threads",
    "titles",
    "left_out",
    "older_words",
    "frequency_words",
)
# What every letter has.
ALWAYS = ("subject", "name", "preview", "unsubscribe_url", "first_link", "left_words")


class Drawn(NamedTuple):
    """Something in both parts of a letter."""

    html: str
    text: str


class Item(NamedTuple):
    """A drawn item: in HTML one that follows another looks otherwise."""

    html: str
    next_html: str
    text: str


class _Place(NamedTuple):
    """What everything is drawn with besides its own values: of two forums, languages, zones or days none share it."""

    templates: Environment
    base_url: str
    forum_name: str
    locale: str
    zone: str
    today: date  # without which no day of another year says its year

    def drawn(self, name: str, **context: Any) -> str:
        """Return a template of letters with these values."""
        template = self.templates.get_template(f"email/{name}")
        return template.render(link=link, forum_name=self.forum_name, **context)


class _Waiting(NamedTuple):
    """What is shown of what waits for a reader: not since when."""

    address: str
    words: str


class _Shape(NamedTuple):
    """What of a letter decides how its frame is drawn."""

    sections: tuple[str, ...]
    more_lessons: int


def _waiting(need: Need) -> _Waiting:
    return _Waiting(link(need.endpoint, **need.values) + need.anchor, need.words)


def digest_content(letter: DigestLetter) -> Content:
    """Return what a letter says, in the language of the moment."""
    return Content(letter.subject, digest=letter)


def drawn(letter: DigestLetter, *, unsubscribe_url: str) -> Drawn:
    """Return both parts of a letter, in the language of the moment; the HTML with its styles inlined."""
    config = current_app.config
    place = _Place(
        current_app.jinja_env,
        config["BASE_URL"],
        config["FORUM_NAME"],
        i18n.locale(),
        i18n.zone(),
        i18n.present_day(),
    )
    html, text = _sections(place, letter)
    words = {
        "subject": letter.subject,
        "name": isolated(letter.name),
        "preview": letter.preview,
    }
    if letter.chosen_at is not None:
        words["frequency_words"] = letter.frequency_words
    if letter.left_out:
        words["left_words"] = letter.left_words
    if letter.older_threads:
        words["older_words"] = letter.older_words
    links = {"unsubscribe_url": unsubscribe_url}
    if letter.for_you:
        links["first_link"] = thread_link(letter.for_you[0])
    shape = _Shape(tuple(name for name in SECTIONS if name in html or name in words), letter.more_lessons)
    in_html, in_plain = _frames(place, shape)
    html |= {name: in_text(said) for name, said in words.items()}
    html |= {name: in_attribute(address) for name, address in links.items()}
    return Drawn(in_html.filled(html), in_plain.filled(text | words | links))


def _sections(place: _Place, letter: DigestLetter) -> tuple[dict[str, str], dict[str, str]]:
    """The sections that it has, in HTML and in text."""
    html, text = {}, {}
    for name, macro, items in (
        ("for_you", "thread_item", letter.for_you),
        ("lessons", "lesson_item", letter.lessons),
        ("stories", "thread_item", letter.stories),
        ("threads", "thread_item", letter.threads),
        ("titles", "title_item", letter.titles),
    ):
        if items:
            found = [_item(place, macro, item) for item in items]
            html[name] = "\n".join([found[0].html, *(one.next_html for one in found[1:])])
            text[name] = "\n\n".join(one.text for one in found)
    for name, macro, lines, between in (
        ("needs", "need_line", [_waiting(need) for need in letter.needs], "\n\n"),
        ("left_out", "left_line", letter.left_out, "\n"),
    ):
        if lines:
            drawn_lines = [_line(place, macro, line) for line in lines]
            html[name] = "\n".join(one.html for one in drawn_lines)
            text[name] = between.join(one.text for one in drawn_lines)
    return html, text


@lru_cache(maxsize=FRAMES)
def _frames(place: _Place, shape: _Shape) -> tuple[Frame, Frame]:
    """The frame of a letter in HTML and in text."""
    letter: dict[str, Any] = {name: hole(name) for name in (*ALWAYS, *shape.sections)}
    letter |= {name: "" for name in SECTIONS if name not in shape.sections}
    letter["more_lessons"] = shape.more_lessons
    values = {"letter": letter, "subject": letter["subject"], "stop": None}
    html, text = (place.drawn(f"digest.{part}", **values) for part in ("html", "txt"))
    return Frame(styled(html)), Frame(spaced(text))


@lru_cache(maxsize=MOST)
def _item(place: _Place, macro: str, item: ThreadNews | LessonNews) -> Item:
    return _in_both_parts(place, macro, item)


@lru_cache(maxsize=MOST_LINES)
def _line(place: _Place, macro: str, line: _Waiting | LeftOut) -> Drawn:
    html, text = _line_frames(place, macro)
    address = link("spaces.show", slug=line.space_slug) if isinstance(line, LeftOut) else line.address
    words = line.words
    return Drawn(
        html.filled({"address": in_attribute(address), "words": in_text(words)}),
        text.filled({"address": address, "words": words}),
    )


@lru_cache(maxsize=FRAMES)
def _line_frames(place: _Place, macro: str) -> tuple[Frame, Frame]:
    """The frame of a line with a link in HTML and in text."""
    item = _in_both_parts(place, macro, {name: hole(name) for name in ("address", "words")})
    return Frame(item.html), Frame(item.text)


def _in_both_parts(place: _Place, macro: str, item: Any) -> Item:
    """An item as it stands in a letter: its styles depend on what is around and before it."""
    # People's words are escaped: none of them is a comment.
    values = {"macro": macro, "item": item, "address": thread_link if macro in OF_THREADS else link}
    page = styled(place.drawn("_digest_item.html", **values, subject="", stop=None))
    _before, first, following, _behind = page.split(CUT)
    return Item(
        first.strip(), following.strip(), spaced(place.drawn("_digest_item.txt", **values)).rstrip("\n")
    )
