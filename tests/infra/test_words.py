"""The plain words of a post are the ground that excerpts stand on: they must not move."""

import unicodedata

import pytest

from forum.infra import text

pytestmark = pytest.mark.any_database

POST = """# Title *one*

A first line
goes on.\\
After a break: `code  x` & <b>.

- one
- two
  - deep

1. loose

2. list

| a | b |
|---|---|
| c | d |

```
kept   as is
  two
```

> quoted [link](https://x.example)
"""
WORDS = (
    "Title one\n\nA first line\ngoes on.\nAfter a break: code x & <b>.\n\none\ntwo\ndeep\n\nloose\n\nlist\n\n"
    "a b\nc d\n\nkept   as is\n  two\n\nquoted link"
)


def test_the_words_of_a_post_are_these_for_ever():
    assert text.plain(text.render(POST)) == WORDS


def test_the_same_html_gives_the_same_words():
    html = text.render(POST)
    assert text.plain(html) == text.plain(html)
    assert text.plain("") == ""


def test_words_are_composed_letters():
    assert text.plain(text.render("cafe\u0301")) == "caf\u00e9"


def test_entities_are_letters():
    assert text.plain(text.render("a &amp; b &lt;i&gt; &euro; &amp;copy")) == "a & b <i> € &copy"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("first line goes on. After a", "first line\ngoes on.\nAfter a"),
        ("  first\n\n line\tgoes ", "first line\ngoes"),
        ("two deep loose", "two\ndeep\n\nloose"),
        ("Title\u00a0one", "Title one"),
        ("& <b>.", "& <b>."),
    ],
)
def test_quoted_words_are_found_whatever_the_white_space(asked, found):
    words = text.plain(text.render(POST))
    assert [words[slice(*place)] for place in text.locate(asked, words)] == [found]


@pytest.mark.parametrize(
    "asked", ["first lines", "goes on After", "First line", "", "  ", "\n", "ab\u200b c d"]
)
def test_other_words_are_not_found(asked):
    assert list(text.locate(asked, text.plain(text.render(POST)))) == []


def test_e1_words_that_stand_more_than_once_are_found_at_every_place():
    words = "aan aan aan 👍 aan\naan"
    assert list(text.locate("aan  aan", words)) == [(0, 7), (4, 11), (14, 21)]
    assert list(text.locate("👍", words)) == [(12, 13)]


def test_decomposed_letters_are_found_too():
    words = text.plain(text.render("Het café gaat open"))
    asked = unicodedata.normalize("NFD", "café gaat")
    assert list(text.locate(asked, words)) == [(4, 13)]


def test_asking_for_a_long_quote_is_quick_and_signs_are_only_signs():
    words = "(a+)+$ " * 2000
    assert next(text.locate("(a+)+$ (a+)+$", words)) == (0, 13)
    assert list(text.locate("(a+)+$ " * 1500 + "b", words)) == []


def test_two_texts_have_the_same_words_whatever_the_white_space_but_never_none():
    assert text.same_words("caf\u0065\u0301  gaat\nopen", " café gaat open\n")
    for words, other in (
        ("gaat", "café gaat"),
        ("café gaat", "gaat"),
        ("Gaat", "gaat"),
        ("", ""),
        (" \n", " "),
    ):
        assert not text.same_words(words, other)


def test_a_summary_ends_at_a_word_or_better_at_a_sentence():
    assert text.summary("Short.\n\nIndeed.") == "Short.\nIndeed."
    assert text.summary("one\n" * 9) == "one\none\none\none\none\none…"
    assert text.summary("Een.\n" * 9).endswith("Een. …")
    assert text.summary("\n" * 19_999 + "x") == "x"
    cut = text.summary("word " * 100, 40)
    assert cut == "word word word word word word word word…"[: len(cut)]
    assert len(cut) <= 40
    assert cut.endswith("word…")
    assert (
        text.summary("A sentence that is long enough. Then more comes here", 45)
        == "A sentence that is long enough. …"
    )
    assert len(text.summary("x" * 500, 40)) == 40
    for length in range(20, 60):
        assert (
            len(text.summary("Een zin, nog een zin. En dan nog wat woorden erbij om te vullen.", length))
            <= length
        )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Één plein voor iedereen!", "een-plein-voor-iedereen"),
        ("Straße & Ærø", "strasse-aero"),
        ("  --  ", "x"),
        ("日本", "x"),
        ("a" * 80, "a" * 60),
        ("../../etc/passwd", "etc-passwd"),
        ("Auto's in 't dorp", "auto-s-in-t-dorp"),
        ("Auto’s in ’t dorp", "auto-s-in-t-dorp"),
        ("Autoʼs in ‘t dorp", "auto-s-in-t-dorp"),
    ],
)
def test_a_title_becomes_part_of_an_address(title, expected):
    assert text.slug(title) == expected


def test_a_long_address_ends_at_a_word():
    made = text.slug("vergroening van het stationsplein met bewoners en handelaars samen")
    assert len(made) <= 60
    assert made == "vergroening-van-het-stationsplein-met-bewoners-en-handelaars"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\x00b\x1bc", "a b c"),
        ("  a \t b\u2028c  ", "a b c"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u2066a\u2069\u200b\ufeff", "a"),
        ("\ud800a", "a"),
        ("\u200d\u200d", ""),
        ("\u3164\u2800", ""),
        ("👩\u200d🌾 boerin", "👩\u200d🌾 boerin"),
        ("نص عربي", "نص عربي"),
        ("e\u0301", "é"),
        ("e\u202a\u0301", "é"),
    ],
)
def test_a_title_is_one_line_that_shows_what_it_says(written, kept):
    assert text.one_line(written) == kept
    assert text.one_line(kept) == kept


def test_what_was_typed_is_kept_but_for_what_no_database_takes():
    assert text.typed("a\r\nb\rc\nd") == "a\nb\nc\nd"
    assert text.typed("a\x00b\ud83dc") == "a b\ufffdc"
    assert (
        text.typed("een\x0btwee\u2028drie\x85vier\u2029vijf\x0czes") == "een\ntwee\ndrie\nvier\n\nvijf\n\nzes"
    )
    assert text.typed("\x92\x1f\x7f\ufdd0") == "    "
    assert text.typed("  é 👩\u200d🌾 \u202e\t") == "  é 👩\u200d🌾 \u202e\t"
    assert text.render("a\r\n" * 9_000)


@pytest.mark.parametrize("marks", ["\u0345\u0301\u0316\u0327", "\u064f\u0651\u064e"])
def test_a_letter_has_as_many_marks_as_any_language_needs_and_no_more(marks):
    assert text.one_line("e\u0301" * 40 + "\u0639" * 40) == "\u00e9" * 40 + "\u0639" * 40
    heaped = text.one_line("a" + "".join(mark * 20_000 for mark in marks) + "b" + marks)
    assert heaped[0] in {"a", "\u00e1", "\u00e0"}
    assert heaped.count("b") == 1
    assert 20 < len(heaped) < 40
    assert text.plain(text.render("a" + marks[0] * 9_000 + "b")).endswith("b")
