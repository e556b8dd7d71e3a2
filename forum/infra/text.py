"""Markdown to safe HTML, and the plain words of both. The one place that trusts HTML.

Raw HTML is off in the parser; bleach (its last release, behind this one function) then keeps a short list of tags, and
nh3 checks the result once more, independently.
"""

import re
import unicodedata
from html.parser import HTMLParser

import bleach
import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

RENDER_VERSION = 1
MAX_LENGTH = 20_000  # characters; a long report fits, a machine's output does not
TAGS = frozenset(
    "p br hr h3 h4 h5 h6 strong em del s code pre blockquote ul ol li a table thead tbody tr th td".split()
)
ATTRIBUTES = {"a": ["href", "title"], "ol": ["start"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})
BLOCKS = frozenset("p h3 h4 h5 h6 pre blockquote ul ol table hr".split())
LINES = frozenset({"li", "tr", "br"})


class TooLong(ValueError):
    """More words than a post may have."""


def _parser(*, extended: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": extended, "maxNesting": 20})
    return parser.enable(["table", "strikethrough", "linkify"]) if extended else parser


_post_parser = _parser(extended=True)
_spec_parser = _parser(extended=False)
_cleaner = bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)


def render(source: str) -> str:
    """Safe HTML of a post in Markdown; TooLong above MAX_LENGTH characters."""
    if len(source) > MAX_LENGTH:
        raise TooLong
    html = _post_parser.render(source)
    html = re.sub(r"<(/?)h([1-6])>", lambda m: f"<{m[1]}h{min(6, int(m[2]) + 2)}>", html)
    html = re.sub(r'<img src="([^"]*)" alt="([^"]*)"[^>]*/?>', r'<a href="\1">\2</a>', html)
    return nh3.clean(
        _cleaner.clean(html),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(PROTOCOLS),
        link_rel="noopener nofollow ugc",
    ).strip()


def to_commonmark_html(source: str) -> str:
    """The parser's own output without our extensions and unsanitised, to compare with the specification only."""
    return str(_spec_parser.render(source))


def to_html(stored: str | None) -> Markup:
    """Trust HTML that `render` made and the database kept."""
    return Markup(stored or "")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag in LINES:
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def plain(html: str) -> str:
    """The readable text of rendered HTML, paragraphs parted by an empty line. Offsets of excerpts point into it."""
    words = _Words()
    words.feed(html)
    words.close()
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def summary(plain_text: str, length: int = 240) -> str:
    """The first words, cut at a word, at most `length` characters with the ellipsis."""
    line = one_line(plain_text)
    if len(line) <= length:
        return line
    return line[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def locate(words: str, plain_text: str) -> tuple[int, int] | None:
    """Where these words literally stand, whatever the white space between them; None when they do not."""
    pieces = unicodedata.normalize("NFC", words).split()
    if sum(map(len, pieces)) < 3:
        return None
    found = re.search(r"\s+".join(map(re.escape, pieces)), plain_text)
    return found.span() if found else None


def slug(title: str) -> str:
    """Plain letters, figures and dashes, at most 60, for an address; "x" when nothing is left."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60].rstrip("-") or "x"


def one_line(text: str) -> str:
    """One line without control characters or hidden direction marks, spaces folded: titles, names, subjects."""
    kept = "".join(
        " " if letter in "\r\n\t\u2028\u2029" else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in "\r\n\t\u200d" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(kept.split())
