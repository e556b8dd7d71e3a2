"""Markdown to safe HTML. The one place that trusts HTML; what the words of that HTML are is told by `words.py`.

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
MAX_LENGTH = 20_000  # characters; a long report fits, a machine's output does not
DEEPEST = 20  # quotes in lists in quotes …
MOST_HTML = (
    10 * MAX_LENGTH
)  # a table of a thousand columns fills its missing cells and is no table for anybody
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
# What a post is read with beyond, or unlike, CommonMark; the comparison with its specification lists them.
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
    """More words than a post may have."""


def render(source: str) -> str:
    """Safe HTML of a post in Markdown; TooLong above MAX_LENGTH characters."""
    source = typed(source)
    if len(source) > MAX_LENGTH:
        raise TooLong
    return sanitise(_tools.posts(source)).strip()


def sanitise(html: str) -> str:
    """Only the allowed tags, attributes and protocols of this HTML, by two cleaners that know nothing of each other."""
    return nh3.clean(
        _tools.cleaner.clean(html),
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(PROTOCOLS),
        link_rel="noopener nofollow ugc",
    )


def to_commonmark_html(source: str, *, extended: bool = False) -> str:
    """The parser's output before sanitising, without EXTENSIONS or with: for the comparison with the specification."""
    return _tools.posts(source) if extended else str(_tools.specification.render(source))


def to_html(stored: str | None) -> Markup:
    """Trust HTML that `render` made and the database kept."""
    return Markup(stored or "")


@lru_cache(maxsize=4096)
def trusted_sentence(said: str) -> Markup:
    """A sentence of our own translations, for a page: its marks count, and the parts filled in later are escaped."""
    return Markup(said)


class _Tools(threading.local):
    """One set for each thread: the cleaner and the link finder keep notes while they work."""

    def __init__(self) -> None:
        self.specification = _Markdown("commonmark", {"html": False, "maxNesting": DEEPEST})
        self.specification.add_render_rule("blockquote_open", _open_quote)
        self.markdown = _parser()
        self.cleaner = bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)

    def posts(self, source: str) -> str:
        """The extended parser's HTML; words that it would drop, or blow up beyond all measure, are kept as written."""
        tokens = self.markdown.parse(source)
        if any(token.level >= DEEPEST - 1 and token.type in DEEP for token in tokens):
            return _as_written(source)
        html = str(self.markdown.renderer.render(tokens, self.markdown.options, {}))
        return html if len(html) <= MOST_HTML else _as_written(source)


def _as_written(source: str) -> str:
    return "<p>" + entities.escape(source.strip()).replace("\n", "<br>\n") + "</p>"


# Below such a token at the last level the parser stops and lets the words go.
DEEP = frozenset({"blockquote_open", "list_item_open"})


class _Markdown(MarkdownIt):
    """Shows a bare address as it was typed; the library would decode it, and then quoted words are not found."""

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
    """Finds addresses, but not in every two words with a forgotten space ("klaar.De" is no site in Germany)."""

    def match(self, text: str) -> list[Match] | None:
        found = super().match(text) or []
        meant = [link for link in found if link.schema or link.text.lower().startswith("www.")]
        for link in meant:
            if not link.schema:
                link.url = "https://" + link.url.removeprefix("http://")
        return meant or None


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _link_pictures(state: StateCore) -> None:
    for token in state.tokens:
        if token.children and any(child.type == "image" for child in token.children):
            token.children = _without_pictures(token.children)


def _without_pictures(children: list[Token]) -> list[Token]:
    kept, inside = [], 0
    for child in children:
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "image":
            kept.append(child)
            continue
        address = str(child.attrGet("src") or "")
        said = Token("text", "", 0, content=child.content.strip() or address)
        if inside:
            kept.append(said)
        else:
            link = Token("link_open", "a", 1, attrs={"href": address})
            if child.attrGet("title"):
                link.attrSet("title", str(child.attrGet("title")))
            kept += [link, said, Token("link_close", "a", -1)]
    return kept


_tools = _Tools()
