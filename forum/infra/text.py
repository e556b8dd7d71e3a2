"""Markdown to safe HTML: the one module that trusts HTML; `words.py` turns that HTML into plain text.

Raw HTML is off in the parser (`markdown/`); bleach (its last release, behind this one function) then keeps a short list
of tags, and nh3 checks the result once more, independently. Pictures become links: a post may not make a reader's
browser call elsewhere. Rendered once, when written, and stored with RENDER_VERSION.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

import bleach
import nh3
from markupsafe import Markup, escape

from forum.infra.left_out import MARKS
from forum.infra.markdown.parser import (
    DEEPEST,
    EXTENSIONS,
    LINE_END,
    MENTION,
    PostParser,
    as_written,
    specification,
)
from forum.infra.markdown.parser import HANDLE as PLAIN_HANDLE
from forum.infra.words import is_blank, letters, locate, one_line, plain, same_words, slug, summary, typed

__all__ = [
    "DEEPEST",
    "EXTENSIONS",
    "MAX_LENGTH",
    "RENDER_VERSION",
    "Mark",
    "TooLong",
    "handles",
    "is_blank",
    "letters",
    "locate",
    "marks",
    "one_line",
    "parts",
    "plain",
    "render",
    "same_words",
    "slug",
    "summary",
    "to_commonmark_html",
    "to_html",
    "trusted_sentence",
    "typed",
    "typed_marks",
    "with_names",
]

RENDER_VERSION = 4
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
MARKED = re.compile(rf"{MENTION}(@[A-Za-z0-9-]+)")
# What may mention a member, in HTML that is stored: no post has another span.
HANDLE = re.compile(r"<span>@([A-Za-z0-9-]+)</span>")
# A passage of another post, as it stands in what was typed, in the languages of the interface.
TYPED_MARK = r"\[(?:quote|citaat) (\d{1,6})(?:\.(\d{1,4}))?: (\d{1,5})[-–](\d{1,5})\]"
ONE_MARK = re.compile(TYPED_MARK)
BETWEEN = re.compile(r"\n[ \t]*\n")  # paragraphs
MARK_LINE = re.compile(rf" {{0,3}}{TYPED_MARK}[ \t]*")
# Marks alone on the first lines of a paragraph; nowhere else is one more than words.
LEADING_MARKS = re.compile(
    rf'<p dir="auto">((?:{re.sub(r"[(](?![?])", "(?:", TYPED_MARK)}(?:<br>\n|(?=</p>)))+)(</p>)?'
)
# The same in HTML that is stored: no post has another <q>.
MARK = re.compile(r"<q>(\d+)\.(\d+):(\d+)-(\d+)</q>")
# What stands where a moderator left words out of a post.
LEFT_OUT = re.compile("|".join(map(re.escape, MARKS.values())))


class TooLong(ValueError):
    """More text than a post may have."""


class Mark(NamedTuple):
    """A passage of a post of the same thread: of which one, by number, and of which text of it; from and up to which
    of its letters, blanks not counted.
    """

    number: int
    revision: int
    start: int
    end: int

    def typed(self, word: str) -> str:
        """Return it as it stands in a text field, with the `word` for a quotation ("quote" or "citaat")."""
        revision = f".{self.revision}" if self.revision > 1 else ""
        return f"[{word} {self.number}{revision}: {self.start}-{self.end}]"


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
    html = MARKED.sub(r"<span>\1</span>", html)
    html = DIRECTED.sub(r'<\1 dir="auto"', html).replace(LINE_END, "<br>\n")
    return LEADING_MARKS.sub(_marked, html)


def _marked(match: re.Match[str]) -> str:
    found = map(_mark, ONE_MARK.findall(match[1]))
    kept = "".join(f"<q>{one.number}.{one.revision}:{one.start}-{one.end}</q>" for one in found)
    return kept if match[2] else f'{kept}<p dir="auto">'


def typed_marks(source: str) -> list[Mark]:
    """Return the passages that a text quotes, as somebody types it: lines at the beginning of a paragraph."""
    found: list[Mark] = []
    for paragraph in BETWEEN.split(source):
        lines = (MARK_LINE.fullmatch(line) for line in paragraph.splitlines())
        found += [_mark(match.groups()) for match in takewhile(bool, lines) if match]
    return found


def _mark(found: Sequence[str]) -> Mark:
    number, revision, start, end = found
    return Mark(int(number), int(revision or 1), int(start), int(end))


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
    return as_written(source) if html is None else html.replace(LINE_END, "<br />\n").replace(MENTION, "")


def handles(html: str) -> list[str]:
    """Return the different handles that stand in HTML of `render`, as typed and in their order; of people or not."""
    found: dict[str, str] = {}
    for handle in HANDLE.findall(html):
        found.setdefault(handle.lower(), handle)
    return list(found.values())


def marks(html: str) -> list[Mark]:
    """Return the passages of other posts that HTML of `render` quotes, in their order."""
    return [Mark(*map(int, found)) for found in MARK.findall(html)]


def parts(stored: str, names: Mapping[str, str] | None = None) -> Iterator[Markup | None]:
    """Trust HTML as `to_html` does, in pieces: None stands for each passage that it quotes."""
    pieces = MARK.sub("\0", stored).split("\0")
    for place, piece in enumerate(pieces):
        if place:
            yield None
        if piece.strip():
            yield to_html(piece, names)


def to_html(stored: str | None, names: Mapping[str, str] | None = None) -> Markup:
    """Trust HTML that `render` made and the database stored; draw the handles in it that have a name in `names`.

    These are handles in lower case. All others are words as they were typed.
    """

    def drawn(match: re.Match[str]) -> str:
        name = (names or {}).get(match[1].lower())
        if name is None:
            return f"@{match[1]}"
        # Its length as it was typed, for a script that counts letters.
        return f'<b class="mention" dir="auto" data-typed="{len(match[1]) + 1}">@{escape(name)}</b>'

    return Markup(LEFT_OUT.sub(r'<span class="left-out">\g<0></span>', HANDLE.sub(drawn, stored or "")))


def with_names(plain_text: str, names: Mapping[str, str]) -> str:
    """Return readable text, such as that of `plain`, with the handles in it that have a name in `names` drawn so.

    These are handles in lower case. What was code or a link cannot be told from other words any more.
    """

    def drawn(match: re.Match[str]) -> str:
        name = names.get(match[0][1:].lower())
        return match[0] if name is None else f"@{name}"

    return PLAIN_HANDLE.sub(drawn, plain_text)


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
