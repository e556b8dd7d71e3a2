"""Reads rendered HTML with another parser than the one that made it."""

import re
from html.parser import HTMLParser

from forum.infra import text

DIRECTED = {"p", "h3", "h4", "h5", "h6", "li", "th", "td", "pre"}
ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}, "li": {"dir", "value"}} | {
    tag: {"dir"} for tag in DIRECTED - {"li"}
}
SAFE_ADDRESS = re.compile(r"(https?:|mailto:|[^:]*$|[^:/?#]*[/?#])", re.IGNORECASE)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in text.TAGS:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                self.wrong.append(f"<{tag} {name}>")
            if name == "dir" and value != "auto":
                self.wrong.append(f"dir={value!r}")
            if name == "href" and not SAFE_ADDRESS.match(
                re.sub(r"[\s\x00-\x20\u200b-\u200f\ufeff]", "", value or "")
            ):
                self.wrong.append(f"href={value!r}")
        if tag == "a" and not dict(attrs).get("href"):
            self.wrong.append("a link without an address")
        if tag == "a" and dict(attrs).get("rel") != "noopener nofollow ugc":
            self.wrong.append("a link without rel")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}>")


def allowed_only(html: str) -> list[str]:
    """What stands in this HTML that may not: tags, attributes, comments, addresses that run."""
    reader = _Reader()
    reader.feed(text.HANDLE.sub(r"@\1", html))  # a span is what stands around a handle, and nothing else
    reader.close()
    return reader.wrong
