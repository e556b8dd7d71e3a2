"""No text of allowed length is dear: at most ten times what prose of the greatest length costs, in the same process."""

import random
import sys
from itertools import islice

import pytest

from forum.infra import text
from tests.infra.costs import BAR, milliseconds, prose_cost, ratio, show
from tests.sweeps import few_of

pytestmark = pytest.mark.any_database
MARKS = """a<>*a* <>**a** <>_a_ <>~~a~~ <>[a](/b) <>[a] <>[<>]<>!<>![a](/b)<>`a` <>`<>< <>> <>&<>\\*<>@<>
a@a.be <>http://a.be <>www.a.be <>:<>://<># a<>- a<>1. a<>*<>_<>~<>a*<>(<>)<>"<>'<>&amp;<>
<a> <><a@b.be> <>![<>](<>a_b <>- - - a<>• x<>— x<>ww.<>====<>  - a<>[^1]<>&#32;<>\\<>a  <>\t<>
😀<>\u200d<>é<>x<>woord <> <>|<>|a|b|<>|-|-|<>||<>```<>***<>[a]: /b"""
PIECES = [piece.strip("\n") for piece in MARKS.split("<>")]
ENDS = ["", "\n", "\n\n"]
WORST = {
    "S3": "|" * 9 + "\n" + "|-" * 8 + "|\n" + "|\n" * 9986,
    "columns": "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|b\n" * 1000,
    "addresses": "://" * 6666,
    "nested": "\n".join("  " * depth + "- a" for depth in range(140)),
    "runs": "".join("`" * length + "a" for length in range(1, 198)),
    "definitions": "".join(f"[a{number}]: b\n" for number in range(1600)),
    "brackets": "[" * 10_000 + "]" * 10_000,
    "quotes": "> " * 10_000,
    "emphasis": "*a_ " * 5000,
    "tables": "|a|\n|-|\n" * 2400,
    "marks": "a" + "".join(mark * 5_000 for mark in "\u0345\u0301\u0316\u0327"),
    "marks on letters": ("\u0639" + "\u064f\u0651\u064e" * 20) * 330,
    "pictures": "![" * 5000 + "](/a)" * 2000,
}


def drawn(chance: random.Random) -> str:
    """A text of a few pieces again and again, between words or without, sometimes two such texts behind each other."""
    units = [
        "".join(chance.choice(PIECES) + chance.choice(ENDS) for _ in range(chance.choice([1, 1, 2, 3, 5])))
        for _ in range(chance.choice([1, 1, 2]))
    ]
    units = [unit + "woord " * chance.choice([0, 0, 0, 1, 3, 8]) for unit in units]
    part = text.MAX_LENGTH // len(units)
    return "".join((unit * text.MAX_LENGTH)[:part] for unit in units)


@pytest.mark.parametrize("name", few_of(WORST, "S3", "addresses", "tables", "marks"))
def test_s3_the_worst_texts_that_were_found_cost_no_more_than_ten_times_prose(name):
    assert ratio(WORST[name]) < BAR


def test_drawn_texts_cost_no_more_than_ten_times_prose(chance):
    for _ in range(12):
        source = drawn(chance)
        assert ratio(source) < BAR, repr(source[:80])


REPEATED = {
    "of words": ("a " * 10_000, "a " * 700),
    "of letters": ("a" * 20_000, "a" * 1_400),
    "to its end": ("a" * 20_000, "a" * 1_400 + "b"),
    "around its middle": ("a" * 20_000, "a" * 700 + "b" + "a" * 700),
    "of words, to the end": ("a " * 10_000, "a " * 700 + "b"),
    "of pairs": ("ab " * 6_666, "ab " * 400 + "ba"),
}


@pytest.mark.parametrize("name", few_of(REPEATED, "of words", "of words, to the end"))
def test_repeated_words_are_found_in_less_time_than_prose_is_rendered(name):
    plain, words = REPEATED[name]
    prose = prose_cost()
    assert milliseconds(lambda: list(islice(text.locate(words, plain), 21))) < prose * 2
    assert milliseconds(lambda: text.same_words(plain, plain)) < prose * 2


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_two_thousand_drawn_texts_cost_no_more_than_ten_times_prose(chance, capsys):
    prose = prose_cost()
    dearest = ("", 0.0)
    for _ in range(2_000):
        source = drawn(chance)
        cost = milliseconds(lambda source=source: show(source), runs=1) / prose
        if cost > BAR:
            cost = ratio(source)
        assert cost < BAR, repr(source[:80])
        dearest = max(dearest, (source[:60], cost), key=lambda pair: pair[1])
    with capsys.disabled():
        sys.stdout.write(
            f"\n  dearest of 2000: {dearest[1]:.1f} times prose ({prose:.1f} ms): {dearest[0]!r}\n"
        )


LONG_POSTS = {
    "report": "\n\n".join(["Een paragraaf met wat zinnen over het plein, de straat en het loket. " * 2] * 70)
    + "\n\n"
    + "\n".join("- **Punt**: iets over de straat en de buurt" for _ in range(60)),
    "names": "\n".join(f"{number}. Jan Janssens, dienst straten" for number in range(1, 201)),
    "addresses": "\n".join(f"- https://stad.example/verslag/{number}" for number in range(150)),
    "mail": "\n".join(f"Jan Janssens <jan{number}@stad.example>" for number in range(200)),
    "table": "|a|b|c|d|e|\n|-|-|-|-|-|\n" + "|een|twee|drie|vier|vijf|\n" * 80,
    "chat": "\n".join(f"[12:{number % 60:02}] Jan: ja dat is goed" for number in range(700)),
    "list": "\n".join(f"- punt {number} over de straat en de wijk" for number in range(400)),
    "letter": "\n\n".join(["Een alinea van een brief die niet lang is."] * 400),
}


@pytest.mark.parametrize("name", LONG_POSTS)
def test_long_posts_that_people_write_keep_their_marks(name):
    assert "<pre" not in text.render(LONG_POSTS[name][: text.MAX_LENGTH])
