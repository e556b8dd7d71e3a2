"""Markdown to safe HTML: the one module that trusts HTML; `words.py` turns that HTML into plain text.

Raw HTML is off in the parser (`markdown/`); bleach (its last release, behind this one function) then keeps a short list
of tags, and nh3 checks the result once more, independently. Pictures become links: a post may not make a reader's
browser call elsewhere. Rendered once, when written, and stored with RENDER_VERSION.
"""

import re
import threading
from functools import lru_cache

import bleach
import nh3
from markupsafe import Markup

from forum.infra.markdown.parser import DEEPEST, EXTENSIONS, LINE_END, PostParser, as_written, specification
from forum.infra.words import is_blank, locate, one_line, plain, same_words, slug, summary, typed

__all__ = [
    "DEEPEST",
    "EXTENSIONS",
    "MAX_LENGTH",
    "RENDER_VERSION",
    "TooLong",
    "is_blank",
    "locate",
    "one_line",
    "plain",
    "render",
    "same_words",
    "slug",
    "summary",
    "to_commonmark_html",
    "to_html",
    "trusted_sentence",
    "typed",
]

RENDER_VERSION = 2
MAX_LENGTH = 20_000  # characters; a long report fits
TAGS = frozenset({
    "p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li",
    "a", "table", "thead", "tbody", "tr", "th", "td",
})  # fmt: skip
ATTRIBUTES = {"a": ["href"], "ol": ["start"], "li": ["value"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})
# Each reads in the direction of its first letter. Code reads from the left.
DIRECTED = re.compile(r"<(p|h[3-6]|li|t[hd]|pre(?!><code))(?=[ >])")
# A link whose address the second cleaner refused: its words stay.
NOWHERE = re.compile(r"<a rel=[^>]*>(.*?)</a>", re.DOTALL)


class TooLong(ValueError):
    """More text than a post may have."""


def render(source: str) -> str:
    """Return the safe HTML of a post in Markdown; TooLong above MAX_LENGTH characters.

    No text of allowed length costs more than some ten times what prose of that length costs: one with too many marks
    is shown as it was written.
    """
    source = typed(source)
    if len(source) > MAX_LENGTH:
        raise TooLong
    html = _tools.parser.html(source)
    html = _check(as_written(source)) if html is None else sanitise(html).strip()
    return DIRECTED.sub(r'<\1 dir="auto"', html).replace(LINE_END, "<br>\n")


def sanitise(html: str) -> str:
    """Return this HTML with only the allowed tags, attributes and protocols, by two independent cleaners."""
    return _check(str(_tools.cleaner.clean(html)))


def _check(html: str) -> str:
    """The second cleaner, which has a parser of its own; all that text without any tag of ours needs."""
    checked = nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(PROTOCOLS),
        link_rel="noopener nofollow ugc",
    )
    return NOWHERE.sub(r"\1", checked)


def to_commonmark_html(source: str, *, extended: bool = False) -> str:
    """Return the parser's output before sanitising, with or without EXTENSIONS: for the comparison with CommonMark."""
    if not extended:
        return str(_tools.specification.render(source))
    html = _tools.parser.html(source)
    return as_written(source) if html is None else html.replace(LINE_END, "<br />\n")


def to_html(stored: str | None) -> Markup:
    """Trust HTML that `render` made and the database stored."""
    return Markup(stored or "")


@lru_cache(maxsize=4096)
def trusted_sentence(sentence: str) -> Markup:
    """Trust a sentence of our own translations as HTML; the parts filled in later are escaped."""
    return Markup(sentence)


class _Tools(threading.local):
    """One set for each thread: parser and cleaner have state while they work."""

    def __init__(self) -> None:
        self.specification = specification()
        self.parser = PostParser()
        self.cleaner = bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)


_tools = _Tools()
