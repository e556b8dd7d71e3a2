"""CommonMark's own examples through the parser of posts, before sanitising."""

import re
import sys

import pytest

from forum.infra import text
from tests.rules.source import ROOT

pytestmark = pytest.mark.any_database

SPECIFICATION = ROOT / "node_modules" / "commonmark-spec" / "spec.txt"
EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$|^#{1,6} *([^\n]*)$", re.DOTALL | re.MULTILINE)
ALL, AT_LEAST = 652, 560  # examples in version 0.31.2, and how many of them hold no raw HTML at the least
# What an opening or closing tag, comment, instruction or declaration looks like outside code. Autolinks are not HTML.
RAW = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(\s[^<>]*|/)?>|<!--|<\?|<![A-Za-z\[]")


def examples() -> list[tuple[int, str, str, str]]:
    """Number, section, Markdown and HTML of each example."""
    if not SPECIFICATION.exists():
        pytest.fail("node_modules/commonmark-spec is missing: `make test` installs it (npm ci)")
    words = SPECIFICATION.read_text("utf-8").split("<!-- END TESTS -->")[0]
    found, section = [], ""
    for match in EXAMPLE.finditer(words):
        if match[3] is not None:
            section = match[3]
        else:
            written, html = (part.replace("→", "\t") for part in (match[1], match[2]))
            found.append((len(found) + 1, section, written, html))
    return found


def without_raw_html() -> list[tuple[int, str, str, str]]:
    """The examples in whose expected HTML every tag comes from Markdown: those we mean to read alike."""
    return [
        example
        for example in examples()
        if example[1] not in {"HTML blocks", "Raw HTML"} and not (RAW.search(example[2]) and _raw(example))
    ]


def _raw(example: tuple[int, str, str, str]) -> bool:
    """Whether a piece that looks like HTML in the Markdown stands as HTML in the result."""
    return any(piece.group(0) in example[3] for piece in RAW.finditer(example[2]))


def test_posts_are_read_as_commonmark_says(capsys):
    assert len(examples()) == ALL
    cases = without_raw_html()
    assert len(cases) >= AT_LEAST, f"only {len(cases)} examples"
    different = [number for number, _, written, html in cases if text.to_commonmark_html(written) != html]
    share = 100 * (1 - len(different) / len(cases))
    told = f"{len(cases)} of {ALL} examples hold no raw HTML; exact: {share:.2f} %; different: {different}"
    _tell(capsys, [told])
    assert share >= 99


def test_what_our_extensions_change_is_what_we_say(capsys):
    """With the extensions on, an example differs only where one of the listed ones is at work."""
    unexplained, changed = [], {name: [] for name in text.EXTENSIONS}
    for number, _, written, html in without_raw_html():
        ours = text.to_commonmark_html(written, extended=True)
        if ours == html:
            continue
        reasons = _reasons(written, html)
        for name in reasons:
            changed[name].append(number)
        if not reasons:
            unexplained.append(number)
    _tell(
        capsys,
        [f"{name} ({text.EXTENSIONS[name]}): {len(them)} {them[:9]}" for name, them in changed.items()],
    )
    assert unexplained == []


def _tell(capsys, lines: list[str]) -> None:
    """Numbers for who reads the run, whether it passes or not."""
    with capsys.disabled():
        sys.stdout.write("".join(f"\n  {line}" for line in lines) + "\n")


def _reasons(written: str, html: str) -> list[str]:
    signs = {
        "headings": re.search(r"<h[1-6]>", html),
        "pictures": "<img" in html,
        "strikethrough": "~~" in written,
        "table": re.search(r"^\s*\|?\s*:?-+", written, re.MULTILINE) and "|" in written,
        "addresses": re.search(r"https?://|www\.|mailto:|\S@\S", written),
        "lines": re.search(r"\n(?!</?(p|[uo]l|li|blockquote|h\d|hr|pre|t))", html.strip()),
        "indented": re.search(r"^[ >]*( {4}| {0,3}\t)|[-*+>.)\d]( {4,}|\s*\t)", written, re.MULTILINE),
        "quoting": re.search(r"^ {0,3}>|^ {0,3}([-*+]|\d+[.)])\s", written, re.MULTILINE),
        "fences": re.search(r'class="language-', html),
        "refused": re.search(r'(href|src)="(?!https?://.|mailto:|/[^/]|#.)', html) or "[](" in written,
        "titles": ' title="' in html,
        "definitions": re.search(r"\]:", written),
        "numbers": re.search(r"^\s*\d+[.)]", written, re.MULTILINE),
        "quotes": "&quot;" in html,
        "depth": written.count(">") >= text.DEEPEST,
        "size": False,
    }
    return [name for name, sign in signs.items() if sign]


def test_the_choice_of_examples_leaves_out_raw_html_and_nothing_else():
    left_out = {example[0] for example in examples()} - {example[0] for example in without_raw_html()}
    sections = {example[0]: example[1] for example in examples()}
    assert {number for number in sections if sections[number] in {"HTML blocks", "Raw HTML"}} <= left_out
    others = [number for number in left_out if sections[number] not in {"HTML blocks", "Raw HTML"}]
    assert len(others) <= 35
