"""Markdown to safe HTML: the one module that trusts HTML; `words.py` turns that HTML into plain text.

Raw HTML is off in the parser; bleach (its last release, behind this one function) then keeps a short list of tags, and
nh3 checks the result once more, independently. Pictures become links: a post may not make a reader's browser call
elsewhere. Rendered once, when written, and stored with RENDER_VERSION.
"""

import html as entities
import threading
from collections.abc import Sequence
from functools import lru_cache

import bleach
import nh3
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from forum.infra.words import locate, one_line, plain, slug, summary, typed

__all__ = [
    "EXTENSIONS",
    "MAX_LENGTH",
    "RENDER_VERSION",
    "TooLong",
    "locate",
    "one_line",
    "plain",
    "render",
    "slug",
    "summary",
    "to_commonmark_html",
    "to_html",
    "trusted_sentence",
    "typed",
]

RENDER_VERSION = 1
MAX_LENGTH = 20_000  # characters; a long report fits
DEEPEST = 20  # quotes in lists in quotes …
MOST_HTML = 10 * MAX_LENGTH  # a table with a thousand columns would add a million empty cells
TAGS = frozenset(
    {
        "p",
        "br",
        "hr",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "s",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
    }
    | {"table", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES = {"a": ["href", "title"], "ol": ["start"]}
PROTOCOLS = frozenset({"http", "https", "mailto"})
# Where posts differ from CommonMark; the comparison with its specification lists them.
EXTENSIONS = {
    "table": "tables with pipes",
    "strikethrough": "~~struck out~~",
    "linkify": "https://, www. and e-mail addresses become links by themselves",
    "headings": "headings start at the third level, below the page's own",
    "pictures": "a picture becomes a link with its description as words",
    "depth": f"text nested {DEEPEST} deep or more is shown as it was written",
    "size": f"text that would become more than {MOST_HTML} characters of HTML is shown as it was written",
}


class TooLong(ValueError):
    """More text than a post may have."""


def render(source: str) -> str:
    """Return the safe HTML of a post in Markdown; TooLong above MAX_LENGTH characters."""
    source = typed(source)
    if len(source) > MAX_LENGTH:
        raise TooLong
    return sanitise(_tools.posts(source)).strip()


def sanitise(html: str) -> str:
    """Return this HTML with only the allowed tags, attributes and protocols, by two independent cleaners."""
    return nh3.clean(
        _tools.cleaner.clean(html),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(PROTOCOLS),
        link_rel="noopener nofollow ugc",
    )


def to_commonmark_html(source: str, *, extended: bool = False) -> str:
    """Return the parser's output before sanitising, with or without EXTENSIONS: for the comparison with CommonMark."""
    return _tools.posts(source) if extended else str(_tools.specification.render(source))


def to_html(stored: str | None) -> Markup:
    """Trust HTML that `render` made and the database stored."""
    return Markup(stored or "")


@lru_cache(maxsize=4096)
def trusted_sentence(sentence: str) -> Markup:
    """Trust a sentence of our own translations as HTML; the parts filled in later are escaped."""
    return Markup(sentence)


class _Tools(threading.local):
    """One set for each thread: the cleaner and the link finder have state while they work."""

    def __init__(self) -> None:
        self.specification = _Markdown("commonmark", {"html": False, "maxNesting": DEEPEST})
        self.specification.add_render_rule("blockquote_open", _open_quote)
        self.markdown = _parser()
        self.cleaner = bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)

    def posts(self, source: str) -> str:
        """Return the extended parser's HTML; text that it would drop or blow up is shown as it was written."""
        tokens = self.markdown.parse(source)
        if any(token.level >= DEEPEST - 1 and token.type in DEEP for token in tokens):
            return _as_written(source)
        html = str(self.markdown.renderer.render(tokens, self.markdown.options, {}))
        return html if len(html) <= MOST_HTML else _as_written(source)


def _as_written(source: str) -> str:
    return "<p>" + entities.escape(source.strip()).replace("\n", "<br>\n") + "</p>"


# Below such a token at the last level the parser stops and drops the text.
DEEP = frozenset({"blockquote_open", "list_item_open"})


class _Markdown(MarkdownIt):
    """Shows a bare address as it was typed; the library would decode it, and then excerpts are not found."""

    def normalizeLinkText(self, link: str) -> str:
        return link


def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False, "linkify": True, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.add_render_rule("blockquote_open", _open_quote)
    parser.linkify = _Links()
    parser.core.ruler.push("headings", _lower_headings)
    parser.core.ruler.push("pictures", _link_pictures)
    return parser


def _open_quote(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """A quote opens on a line of its own, an empty one too, as the specification has it."""
    return self.renderToken(tokens, at, options, env).rstrip("\n") + "\n"


class _Links(LinkifyIt):
    """Finds addresses, but not in two words with a forgotten space ("klaar.De" is no site in Germany)."""

    def match(self, text: str) -> list[Match] | None:
        matches = super().match(text) or []
        links = [link for link in matches if link.schema or link.text.lower().startswith("www.")]
        for link in links:
            if not link.schema:
                link.url = "https://" + link.url.removeprefix("http://")
        return links or None


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _link_pictures(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and any(child.type == "image" for child in token.children):
            token.children = _without_pictures(token.children)


def _without_pictures(children: list[Token]) -> list[Token]:
    tokens, depth = [], 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "image":
            tokens.append(child)
            continue
        address = str(child.attrGet("src") or "")
        label = Token("text", "", 0, content=child.content.strip() or address)
        if depth:
            tokens.append(label)
        else:
            link = Token("link_open", "a", 1, attrs={"href": address})
            if child.attrGet("title"):
                link.attrSet("title", str(child.attrGet("title")))
            tokens += [link, label, Token("link_close", "a", -1)]
    return tokens


_tools = _Tools()
