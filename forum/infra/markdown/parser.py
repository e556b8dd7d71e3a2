"""The parser of posts: CommonMark with tables, and what people expect of a text field.

A line end is a line end, an indented line is no code, and nothing that somebody wrote is left out: not the words behind
a fence, not the title of a link, not a note that looks like a definition, not a cell too many.
"""

import html as entities
import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, fence
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from forum.infra.markdown import links, source
from forum.infra.markdown.tables import whole_table

DEEPEST = 20  # quotes in lists in quotes …
MOST_HTML = 200_000  # characters
# The one word that may stand behind a fence and is not shown.
LANGUAGES = frozenset({
    "bash", "c", "c#", "console", "cpp", "cs", "csharp", "css", "csv", "diff", "go", "html", "http", "ini",
    "java", "javascript", "js", "json", "json5", "jsonc", "jsx", "kotlin", "latex", "log", "lua", "markdown",
    "md", "perl", "php", "plain", "plaintext", "powershell", "ps1", "py", "python", "r", "ruby", "rust", "scss",
    "sh", "shell", "sparql", "sql", "svg", "swift", "tex", "text", "toml", "ts", "tsv", "tsx", "ttl", "turtle",
    "txt", "typescript", "vb", "xml", "xsd", "yaml", "yml", "zsh",
})  # fmt: skip
# Where posts differ from CommonMark; the comparison with its specification lists them.
EXTENSIONS = {
    "table": "tables with pipes; every cell is shown",
    "strikethrough": "~~struck out~~",
    "addresses": "https://, www. and e-mail addresses become links by themselves",
    "headings": "headings start at the third level, below the page's own",
    "pictures": "a picture becomes a link with its description as words",
    "lines": "a line end is a line end",
    "quoting": "a line at the margin ends a list, one with fewer > than the line before it that quote",
    "indented": "an indented line is not code",
    "fences": "words behind a fence are shown, unless they name a language",
    "refused": "a link or picture without an address that a browser may follow is shown as it was typed",
    "titles": "the title of a link is shown behind it",
    "definitions": "a definition that no link uses is shown as it was typed",
    "numbers": "a number that begins no list is text, and numbers in a list are those that were typed",
    "mentions": "@handle may mention a member",
    "quotes": "quotation marks stand in the text as they are",
    "depth": f"text nested {DEEPEST} deep or more is shown as it was written",
    "size": "text with so many marks that it would cost many times what prose costs is shown as it was written",
}
# Below such a token at the last level the parser stops and drops the text.
DEEP = frozenset({"blockquote_open", "list_item_open"})
# Stands for a line end in the HTML until that is sanitised: a tag for each line would make that dear. It is a
# noncharacter of Unicode, and `words.typed` lets none through.
LINE_END = "\ufdd0"
# Stands before what may mention a member, for the same reason.
MENTION = "\ufdd1"
# A handle as members have them, after an @ that stands by itself: not that of an address, nor a part of a longer name.
HANDLE = re.compile(r"(?<![\w@/.+-])@(?![A-Za-z0-9-]{41})[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?!-*[\w@]|\.\w)")


class PostParser:
    """Makes HTML of posts. It has state while it works: each thread needs its own."""

    def __init__(self) -> None:
        self._parser = _parser()
        self._without_definitions = _parser()
        self._without_definitions.disable("reference")

    def html(self, text: str) -> str | None:
        """Return the HTML of a text, not sanitised, with LINE_END; None when it is to be shown as written."""
        if source.is_heavy(text):
            return None
        text = source.with_known_marks(text)
        definitions = _Definitions()
        env: dict[str, Any] = {"references": definitions}
        tokens = self._parser.parse(text, env)
        if definitions.unused or "duplicate_refs" in env:
            tokens = self._without_definitions.parse(text)
        if any(token.level >= DEEPEST - 1 and token.type in DEEP for token in tokens):
            return None
        html = str(self._parser.renderer.render(tokens, self._parser.options, {}))
        return html if len(html) <= MOST_HTML else None


class _Definitions(dict[str, Any]):
    """Definitions of links; remembers which were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._used: set[str] = set()

    def get(self, label: str, default: Any = None) -> Any:
        self._used.add(label)
        return super().get(label, default)

    @property
    def unused(self) -> bool:
        return not self._used.issuperset(self)


def as_written(text: str) -> str:
    """Return HTML that shows a text as it was written, with its marks."""
    return f"<pre>{entities.escape(text.strip(), quote=False)}</pre>"


def specification() -> MarkdownIt:
    """Return the parser as the specification of CommonMark has it, for the comparison with it."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST})
    parser.add_render_rule("blockquote_open", _open_quote)
    return parser


class _Markdown(MarkdownIt):
    """Knows which addresses are links, and shows a bare one as it was typed: decoded, excerpts are not found in it."""

    def normalizeLink(self, url: str) -> str:
        return super().normalizeLink(links.whole(url))

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:
        return links.may_be_linked(url) and super().validateLink(url)


def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"])
    parser.disable("code")
    parser.block.ruler.at("table", whole_table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.at("fence", _fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.inline.ruler.at("newline", _newline)
    parser.inline.ruler.at("link", links.link_or_typed)
    parser.inline.ruler.at("image", links.picture_or_typed)
    parser.inline.ruler.after("escape", "bare_address", links.bare_address)
    parser.core.ruler.push("headings", _lower_headings)
    parser.core.ruler.push("numbers", _keep_numbers)
    parser.core.ruler.push("pictures", links.link_pictures)
    parser.core.ruler.push("link_words", links.link_words)
    parser.core.ruler.push("mentions", _mark_handles)
    parser.add_render_rule("blockquote_open", _open_quote)
    for kind in ("text", "code_inline", "fence"):
        parser.add_render_rule(kind, _with_quotes(kind))
    return parser


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: fenced code; words behind the fence that name no language are its first line."""
    if not fence(state, start, end, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        words = token.info.strip()
        if words and words.lower() not in LANGUAGES:
            token.info, token.content = "", f"{words}\n{token.content}"
    return True


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"


def _keep_numbers(state: StateCore) -> None:
    """A list counts as it was typed; only "1. 1. 1." is Markdown's way to leave the counting to the page."""
    lists: list[list[Token]] = []
    for token in state.tokens:
        if token.type == "ordered_list_open":
            lists.append([])
        elif token.type == "list_item_open" and token.info:
            lists[-1].append(token)
        elif token.type == "ordered_list_close":
            _number(lists.pop())


def _number(items: list[Token]) -> None:
    numbers = [int(item.info) for item in items]
    if len(set(numbers)) == 1:
        return
    for item, before, number in zip(items[1:], numbers, numbers[1:], strict=False):
        if number != before + 1:
            item.attrSet("value", str(number))


def _mark_handles(state: StateCore) -> None:
    """Mark what may mention a member: handles in the text, and not those in code or in links."""
    for block in state.tokens:
        if block.type != "inline" or "@" not in block.content:
            continue
        depth = 0
        for child in block.children or ():
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            if child.type == "text" and not depth:
                child.content = HANDLE.sub(rf"{MENTION}\g<0>", child.content)


def _newline(state: StateInline, silent: bool) -> bool:
    """Inline rule: a line end, with the spaces around it."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        if state.pos and state.src[state.pos - 1] == " ":
            state.pending = state.pending.rstrip(" ")
        state.append_pending(LINE_END)
    state.pos += 1
    while state.pos < state.posMax and state.src[state.pos] in " \t":
        state.pos += 1
    return True


def _open_quote(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """A quote opens on a line of its own, an empty one too, as the specification has it."""
    return self.renderToken(tokens, at, options, env).rstrip("\n") + "\n"


def _with_quotes(kind: str) -> Any:
    """Outside a tag a quotation mark needs no escaping, and sanitising an escaped one is dear."""

    def render(
        self: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
    ) -> str:
        html = str(getattr(RendererHTML, kind)(self, tokens, at, options, env))
        return html.replace("&quot;", '"') if kind != "fence" else _outside_tags(html)

    return render


def _outside_tags(html: str) -> str:
    opening, code, rest = html.partition("<code")
    attributes, close, content = rest.partition(">")
    return opening + code + attributes + close + content.replace("&quot;", '"')
