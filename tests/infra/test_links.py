"""Addresses in posts: whole, without what stands around them, and never a link that leads nowhere."""

import re

import pytest

from forum.infra import text

pytestmark = pytest.mark.any_database
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def linked(source: str) -> list[str]:
    """The words of each link, as shown."""
    return [words for _address, words in LINK.findall(text.render(source))]


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        (
            "„zie https://stad.example/x” en «https://stad.example/y» en https://stad.example/z…",
            ["https://stad.example/x", "https://stad.example/y", "https://stad.example/z"],
        ),
        ("‘https://stad.example/x’, 'https://stad.example/y'.", ["https://stad.example/x", "https://stad.example/y"]),
        ("“https://stad.example/x”. ‹www.stad.example›", ["https://stad.example/x", "www.stad.example"]),
        ("(https://stad.example/x) [https://stad.example/y] {https://stad.example/z}",
         ["https://stad.example/x", "https://stad.example/y", "https://stad.example/z"]),
        ("https://stad.example/x... https://stad.example/y?! https://stad.example/z;",
         ["https://stad.example/x", "https://stad.example/y", "https://stad.example/z"]),
        ("「https://stad.example/x」，https://stad.example/y。", ["https://stad.example/x", "https://stad.example/y"]),
        ("https://stad.example/x’s en ‘https://stad.example/y’", ["https://stad.example/x", "https://stad.example/y"]),
        ("https://stad.example—tekst, www.stad.example’s", ["https://stad.example", "www.stad.example"]),
        ("https://stad.example[1] https://stad.example|x", ["https://stad.example"] * 2),
        ("https://stad.example:zie https://stad.example^1", ["https://stad.example"] * 2),
        ("mailto:ann@stad.example, (mailto:els@stad.example)",
         ["mailto:ann@stad.example", "mailto:els@stad.example"]),
        ("https://stad.example/x\u200b", ["https://stad.example/x"]),
    ],
)  # fmt: skip
def test_w5_an_address_ends_before_what_closes_it(source, addresses):
    assert linked(source) == addresses
    assert text.plain(text.render(source)) == source


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("[img]https://stad.example/x.jpg[/img][/url]", "https://stad.example/x.jpg"),
        ("[url=https://stad.example/x]hier[/url]", "https://stad.example/x"),
        ("[b]www.stad.example/x[/b]", "www.stad.example/x"),
        ("&quot;https://stad.example/x&quot;", "https://stad.example/x"),
        ("[https://stad.example/x](https://stad.example/y", "https://stad.example/x"),
    ],
)
def test_w6_the_markup_of_other_forums_is_no_part_of_an_address(source, address):
    assert linked(source)[0] == address


@pytest.mark.parametrize(
    "address",
    [
        "https://nl.wikipedia.example/wiki/Gent_(stad)",
        "https://stad.example/_a_/*b*/~~c~~/d",
        "www.stad.example/_a_/b_c",
        "http://stad.example:8000/x?a[]=1&b={c}|d#e,f",
        "https://[2001:db8::1]/x",
        "HTTPS://STAD.example/é/日本",
        "https://stad.example/l'été/x@y",
        "mailto:a_b.c-d+e@sub.stad.example",
    ],
)
def test_an_address_is_linked_whole(address):
    assert linked(f"zie {address} daar") == [address.replace("&", "&amp;")]
    assert text.plain(text.render(f"zie {address}, daar")) == f"zie {address}, daar"


@pytest.mark.parametrize(
    "source",
    ["ann@stad.example", "(els@stad.example)", "a_b.c-d+e@sub.stad.example.", "xmailto:ann@stad.example"],
)
def test_an_address_of_somebody_that_was_only_typed_is_no_link(source):
    assert linked(f"bel {source} of schrijf") == []
    assert text.plain(text.render(f"bel {source} of schrijf")) == f"bel {source} of schrijf"


@pytest.mark.parametrize("quotes", ["„”", "“”", "«»", "‘’", '""', "''", "()", "[]", "  "])
def test_marks_within_an_address_stay_whatever_stands_around_it(quotes):
    for address in ("www.stad.example/~jan/*/x_y_z", "https://stad.example/~jan/*/_a_/b"):
        assert linked(f"zie {quotes[0]}{address}{quotes[1]} daar *en* hier") == [address]


def test_escaped_signs_of_an_address_are_part_of_it():
    assert LINK.findall(text.render(r"https://stad.example/a\_b?c=1&amp;d=2")) == [
        ("https://stad.example/a_b?c=1&amp;d=2", "https://stad.example/a_b?c=1&amp;d=2")
    ]


@pytest.mark.parametrize(
    "source",
    [
        "een <Naam::iets> en <ftp://oud.example/x> en [oud](upload://abc.png)",
        "[leeg]()",
        "[ ](https://stad.example)",
        "[](https://stad.example)",
        "![leeg]()",
        "![plaatje](upload://abc.png)",
        "[Jan](voorzitter)",
        "[x](//elders.example)",
        "[x](mailto:)",
        "[x](https://)",
        "<javascript:alert(1)>",
        "[x](a:b) en [x](stad.example)",
        "https:// en http://. en www. en ://x",
        "http://stad.example:99999/x en https://1.2.3.4.5/x en https://xn--a.example/x",
        "![x](http://stad.example:99999)",
    ],
)
def test_w7_what_is_no_link_shows_as_it_was_typed(source):
    html = text.render(source)
    assert text.plain(html) == " ".join(source.split())
    assert 'href=""' not in html
    assert "<a>" not in html
    assert all(words.strip() for words in linked(source))


def test_titles_and_unused_definitions_are_shown():
    shown = text.plain(text.render('[hier](https://stad.example "het plan") ![kaart](/k.png "schaal 1")'))
    assert shown == "hier (het plan) kaart (schaal 1)"
    assert text.plain(text.render("[Jan]: morgen\n\n[noot]: /x")) == "[Jan]: morgen\n\n[noot]: /x"
    assert linked("zie [hier][plan]\n\n[plan]: https://stad.example") == ["hier"]
    twice = "[a][p]\n\n[p]: /een\n[p]: /twee"
    assert text.plain(text.render(twice)) == twice
    assert linked("[z](www.stad.example)") == ["z"]
    assert 'href="https://www.stad.example"' in text.render("[z](www.stad.example)")


@pytest.mark.parametrize("label", ["[\u200b]", "[`\u2800`]", "[ \u00ad ]"])
def test_no_link_is_without_words_that_can_be_seen(label):
    assert linked(f"{label}(https://stad.example)") == []
    assert linked("![\u200b](https://stad.example/x.png)") == ["https://stad.example/x.png"]


def test_a_picture_is_described_as_its_writer_did():
    html = text.render("[![**foto** &amp; [plein](/x)](https://stad.example/a.png)](https://stad.example/b)")
    assert LINK.findall(html) == [("https://stad.example/b", "<strong>foto</strong> &amp; plein")]
