"""Markdown becomes HTML that is safe, readable and quick to make."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.infra import text
from tests.infra.reading import allowed_only

pytestmark = pytest.mark.any_database


def test_the_marks_of_a_post_become_html():
    html = text.render("A *b* **c** ~~d~~ `e`\n\n> q\n\n1. x\n2. y\n\n|a|b|\n|-|-|\n|c|d|")
    for piece in (
        "<em>b</em>",
        "<strong>c</strong>",
        "<s>d</s>",
        "<code>e</code>",
        "<blockquote>",
        "<ol>",
        '<th dir="auto">a</th>',
        '<td dir="auto">d</td>',
    ):
        assert piece in html


def test_headings_start_below_those_of_the_page():
    html = text.render("# a\n## b\n##### c").replace(' dir="auto"', "")
    assert html == "<h3>a</h3>\n<h4>b</h4>\n<h6>c</h6>"
    assert "<h1" not in text.render("a\n===")


def test_a_picture_becomes_a_link_so_that_no_reader_calls_elsewhere():
    html = text.render('![a map](https://x.example/a.png "of the square")')
    assert 'href="https://x.example/a.png"' in html
    assert ">a map</a>" in html
    assert "<img" not in html
    assert ">https://x.example/a.png</a>" in text.render("![](https://x.example/a.png)")
    nested = text.render("[before ![a map](https://x.example/b.png) after](https://x.example)")
    assert nested.count("<a ") == 1
    assert "before a map after" in nested


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://gent.be/a?b=1", "https://gent.be/a?b=1"),
        ("see www.gent.be.", "https://www.gent.be"),
        ("<https://gent.be>", "https://gent.be"),
        ("<ann@gent.be>", "mailto:ann@gent.be"),
        ("[x](/threads/7)", "/threads/7"),
    ],
)
def test_addresses_become_links_that_give_nothing_away(written, address):
    html = text.render(written)
    assert f'<a href="{address}" rel="noopener nofollow ugc">' in html


@pytest.mark.parametrize("written", ["klaar.De volgende", "naam.be", "bv.nl"])
def test_a_forgotten_space_makes_no_link(written):
    assert "<a" not in text.render(written)


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "[x](vbscript:alert(1))",
        "![x](javascript:alert(1))",
        '[x](https://a.example "onmouseover=alert(1)")',
        '[x](https://a.example" onmouseover="alert(1))',
        "<svg/onload=alert(1)>",
        "<a href='java\tscript:alert(1)'>x</a>",
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_that_runs_comes_through(written):
    assert allowed_only(text.render(written)) == []


def test_rendered_html_passes_the_cleaners_again_unchanged():
    html = text.render("# a\n\n- b & <c> \"d\" 'e'\n\n[f](https://x.example?a=1&b=2)")
    passed = text._tools.cleaner.clean(html)
    assert text.plain(passed) == text.plain(html)
    assert "&amp;amp;" not in html


def test_too_many_words_are_refused_and_the_most_allowed_are_not():
    assert text.render("a" * text.MAX_LENGTH)
    with pytest.raises(text.TooLong):
        text.render("a" * (text.MAX_LENGTH + 1))


def test_words_nested_too_deep_are_kept_as_written():
    html = text.render("> " * 40 + "<deep> words")
    assert "&lt;deep&gt; words" in html
    assert "<blockquote>" not in html
    assert "deep" in text.render("> " * (text.DEEPEST - 2) + "deep")
    deepest = "\n".join("  " * level + f"- item{level}" for level in range(30))
    assert all(f"item{level}" in text.render(deepest) for level in range(30))


def test_several_threads_may_render_at_once():
    sources = [f"# t{n}\n\n" + f"*word{n}* https://a.be/{n} " * 40 for n in range(8)]
    expected = [text.render(source) for source in sources]
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(15):
            if text.render(sources[number]) != expected[number]:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


MARKS = st.sampled_from("ab <>&\"'`*_~[]()!#->|\n\t1.:/@\\\u200d\ud800é")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=MARKS, max_size=120))
def test_whatever_is_written_comes_out_safe(source):
    check_safe(source)


@pytest.mark.proof
@pytest.mark.timeout(600)
@settings(max_examples=2000, deadline=None)
@given(st.text(alphabet=MARKS, max_size=400))
def test_whatever_is_written_comes_out_safe_however_long_one_tries(source):
    check_safe(source)


def check_safe(source: str) -> None:
    html = text.render(source)
    assert allowed_only(html) == []
    html.encode()
    text.plain(html).encode()


def test_stored_html_is_trusted_and_sentences_escape_their_parts():
    assert str(text.to_html("<p>a</p>")) == "<p>a</p>"
    assert text.to_html(None).__html__() == ""
    assert text.trusted_sentence("<b>%(who)s</b>") % {"who": "<i>"} == "<b>&lt;i&gt;</b>"
