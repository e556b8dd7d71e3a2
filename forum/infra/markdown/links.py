"""Addresses in posts: which may be linked to, where a bare one ends, and a link that is none shown as it was typed."""

import re
from ipaddress import ip_address
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from forum.infra.words import is_blank

# A host and a port as browsers take them; a name and a password before it would only mislead.
HOST = r"(?:\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*\.?|\[[0-9a-f:.]+\])"
ALLOWED = re.compile(
    rf"https?://(?P<host>{HOST})(?::(?P<port>\d{{1,5}}))?(?=[/?#]|$)|mailto:[^\s@]+@|/(?!/)|#.", re.I
)
# Where a bare address ends at the latest: at white space, quotes that enclose, an ellipsis, signs of other scripts,
# invisible signs (U+FDD0 is the parser's line end) and emoji. A backslash that keeps a sign from being a mark goes on.
STOPS = '\\s<>"`«»‹›“”„‟‘’…\\\\\u200b\u2060\ufeff\ufdd0\u3000-\u303f\uff08\uff09\uff0c\uff1a\uff1b\U0001f000-\U0001faff'
REST = rf"(?:\\[_*~()\[\].&=#+-]|[^{STOPS}])*"
HTTP = re.compile(rf"https?://{HOST}(?::\d{{1,5}}(?!\d))?(?:[/?#]{REST})?", re.IGNORECASE)
WWW = re.compile(rf"www\.{HOST}(?:[/?#]{REST})?", re.IGNORECASE)
BEGUN = re.compile(r"(?<![\w.@/-])(www\.\w\S*)$", re.IGNORECASE)
LOOK_BACK = 300  # signs; an address with emphasis in it that is longer is not worth looking further
CUTS = re.compile(r"\[/|\]\(|&(?:quot|gt|lt|apos|nbsp|laquo|raquo|ldquo|rdquo|rsquo|hellip|#0?39);")
TRAILING = ".,;:!?'*_~-–([{"
PAIRS = {")": "(", "]": "[", "}": "{"}
LOCAL_PART = re.compile(r"(?<![\w.@/+-])(?:mailto:)?[\w!#$%&'*+/=?^{|}~-][\w.!#$%&'*+/=?^{|}~-]{0,63}$")
DOMAIN = re.compile(r"(?:\w[\w-]{0,62}\.){1,8}[^\W\d_]{2,63}(?![\w@])")


def may_be_linked(address: str) -> bool:
    """Return whether an address may stand behind a link: http, https, mailto, or a place on this site."""
    found = ALLOWED.match(address)
    if found is None:
        return False
    return found["host"] is None or (_is_host(found["host"]) and int(found["port"] or 0) < 65_536)


def _is_host(host: str) -> bool:
    """Whether a browser takes it: figures behind the last dot make an address of four numbers, and "xn--" is code."""
    try:
        if host.startswith("[") or host.rstrip(".").rpartition(".")[2].isdecimal():
            ip_address(host.strip("[]"))
        return "xn--" not in host.lower() or bool(host.encode("ascii").decode("idna"))
    except ValueError:  # a UnicodeError is one too
        return False


def whole(address: str) -> str:
    """Return the address with its scheme, where people leave it out ("www.gent.be")."""
    return f"https://{address}" if address[:4].lower() == "www." else address


def trimmed(address: str) -> str:
    """Return a bare address without what closes the sentence, the bracket or the mark-up around it."""
    cut = CUTS.search(address)
    address = address[: cut.start()] if cut else address
    depth = dict.fromkeys(PAIRS.values(), 0)
    for at, sign in enumerate(address):
        if sign in depth:
            depth[sign] += 1
        elif sign in PAIRS:
            depth[PAIRS[sign]] -= 1
            if depth[PAIRS[sign]] < 0:
                address = address[:at]
                break
    return address.rstrip(TRAILING)


def bare_address(state: StateInline, silent: bool) -> bool:
    """Inline rule: https://… and www.… as one link, before emphasis can take a sign out of it."""
    sign = state.src[state.pos]
    if state.linkLevel > 0 or sign not in ":_*~":
        return False
    if sign == ":":
        if not state.src.startswith("://", state.pos):
            return False
        begun = next((s for s in ("https", "http") if state.pending[-5:].lower().endswith(s)), "")
        if begun and state.pending[: -len(begun)][-1:].isalnum():
            return False
        pattern = HTTP
    else:
        match = BEGUN.search(state.pending[-LOOK_BACK:])
        begun, pattern = (match[1] if match else ""), WWW
    found = pattern.match(state.src, state.pos - len(begun), state.posMax) if begun else None
    typed = trimmed(found[0]) if found else ""
    if len(typed) <= len(begun) + 3:
        return False
    address = state.md.normalizeLink(_unescaped(typed))
    if not state.md.validateLink(address):
        return False
    if not silent:
        state.pending = state.pending[: -len(begun)]
        _push_link(state, address, _unescaped(typed))
    state.pos += len(typed) - len(begun)
    return True


def link_words(state: StateCore) -> None:
    """Core rule: www.… and e-mail addresses in the text become links."""
    for block in state.tokens:
        if (
            block.type == "inline"
            and block.children
            and ("@" in block.content or "www." in block.content.lower())
        ):
            block.children = _with_links(state, block.children)


def link_or_typed(state: StateInline, silent: bool) -> bool:
    """Inline rule: a link; without an address or without words it is shown as it was typed."""
    start, first = state.pos, len(state.tokens)
    if not link(state, silent):
        return False
    if not silent:
        opening = next(
            (at for at in range(first, len(state.tokens)) if state.tokens[at].type == "link_open"), first
        )
        inside = state.tokens[opening + 1 : -1]
        if not state.tokens[opening].attrGet("href") or all(map(_shows_nothing, inside)):
            end = state.src.rfind("](", start, state.pos)
            end = end if end >= 0 else state.src.find("]", start)
            _as_text(state.tokens[opening], "[")
            _as_text(state.tokens[-1], state.src[end : state.pos])
    return True


def picture_or_typed(state: StateInline, silent: bool) -> bool:
    """Inline rule: a picture; without an address it is shown as it was typed."""
    start = state.pos
    if not image(state, silent):
        return False
    if not silent and not state.tokens[-1].attrGet("src"):
        _as_text(state.tokens[-1], state.src[start : state.pos])
    return True


def link_pictures(state: StateCore) -> None:
    """Core rule: a picture becomes a link with its description as words; titles are shown behind their link."""
    for block in state.tokens:
        if block.children and any(child.type in {"image", "link_open"} for child in block.children):
            block.children = _without_pictures(block.children)


def _without_pictures(children: list[Token]) -> list[Token]:
    tokens: list[Token] = []
    titles: list[str] = []
    for child in children:
        if child.type == "link_open":
            titles.append(str(child.attrs.pop("title", "")))
        if child.type != "image":
            tokens.append(child)
            if child.type == "link_close":
                tokens += _title(titles.pop())
            continue
        address = str(child.attrGet("src") or "")
        label = _description(child) or [Token("text", "", 0, content=address)]
        if titles:
            tokens += label
        else:
            opening = Token("link_open", "a", 1, attrs={"href": address})
            tokens += [opening, *label, Token("link_close", "a", -1)]
        tokens += _title(str(child.attrGet("title") or ""))
    return tokens


def _description(picture: Token) -> list[Token]:
    """The words that describe a picture, with their emphasis and without links; none where nothing is to be seen."""
    tokens: list[Token] = []
    for child in picture.children or ():
        if child.type == "image":
            tokens += _description(child)
        elif child.type not in {"link_open", "link_close"}:
            tokens.append(child)
    return [] if all(map(_shows_nothing, tokens)) else tokens


def _shows_nothing(token: Token) -> bool:
    return is_blank(token.content) and not token.children


def _title(title: str) -> list[Token]:
    return [Token("text", "", 0, content=f" ({title.strip()})")] if title.strip() else []


def _as_text(token: Token, content: str) -> None:
    token.type, token.tag, token.nesting, token.content, token.children = "text", "", 0, content, None
    token.attrs = {}


def _unescaped(typed: str) -> str:
    return re.sub(r"\\(?=[_*~()\[\].&=#+-])", "", typed).replace("&amp;", "&")


def _push_link(state: StateInline, address: str, words: str) -> None:
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = words
    state.push("link_close", "a", -1)


def _with_links(state: StateCore, children: list[Token]) -> list[Token]:
    tokens: list[Token] = []
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        places = _places(child.content) if child.type == "text" and not depth else []
        at = 0
        for start, end, address in places:
            target = state.md.normalizeLink(address)
            if start < at or not state.md.validateLink(target):
                continue
            tokens += _text(child.content[at:start])
            tokens += [
                Token("link_open", "a", 1, attrs={"href": target}),
                *_text(child.content[start:end]),
                Token("link_close", "a", -1),
            ]
            at = end
        tokens += _text(child.content[at:]) if at else [child]
    return tokens


def _text(content: str) -> list[Token]:
    return [Token("text", "", 0, content=content)] if content else []


def _places(content: str) -> list[tuple[int, int, str]]:
    """Start, end and address of what can be linked to in a piece of text."""
    places: list[tuple[int, int, Any]] = []
    for found in WWW.finditer(content):
        typed = trimmed(found[0])
        before = content[found.start() - 1 : found.start()] if found.start() else ""
        if "." in typed[4:] and not (before.isalnum() or before in {".", "/", "@", "-", "_"}):
            places.append((found.start(), found.start() + len(typed), typed))
    at = content.find("@")
    while at >= 0:
        local = LOCAL_PART.search(content[max(0, at - 72) : at])
        domain = DOMAIN.match(content, at + 1)
        # A bare one is somebody's, whom the writer need not have asked: it stays the words that were typed.
        if local and domain and local[0].startswith("mailto:"):
            start = at - len(local[0])
            places.append((start, domain.end(), content[start : domain.end()]))
        at = content.find("@", at + 1)
    return sorted(places)
