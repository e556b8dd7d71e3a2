"""A typing error is forgiven only where nothing has the word, is said, and never shows what the reader may not see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.domain.moderation import hiding
from forum.domain.search import spelling
from forum.models.spaces import Audience, Role
from tests.domain.search.test_results import answer, opening_of, titles
from tests.factories import actor, join, make_member, make_space, make_thread


@pytest.fixture
def reader():
    return make_member("Rik", space=make_space("Brugge", city="brugge", slug="brugge"))


@pytest.mark.parametrize("typed", ["leegstant", "legstand", "leegstnad", "leegsttand", "lezgstand"])
def test_one_error_in_a_word_is_forgiven_and_said(gent, leen, reader, typed):
    make_thread(gent, leen, title="Leegstand in de stad")
    found = answer(reader, typed)
    assert titles(found) == ["Leegstand in de stad"]
    assert found.instead.plain == "leegstand"
    assert answer(reader, typed, literally="1").counts.total == 0
    assert answer(reader, f'"{typed}"').counts.total == 0
    both = answer(reader, f"{typed} stad")
    assert (titles(both), both.instead.plain) == (["Leegstand in de stad"], "leegstand stad")


def test_a_word_that_there_is_comes_before_one_that_more_texts_have(gent, leen, reader):
    make_thread(gent, leen, title="Een markt in de stad")
    for place in ("De brug", "Het plein", "De kaai"):
        make_thread(gent, leen, title=f"{place} van Marko")
    assert answer(reader, "marka").instead.plain == "markt"
    assert titles(answer(reader, "marka")) == ["Een markt in de stad"]


def test_it_is_forgiven_in_each_language(gent, leen, reader):
    english = make_thread(
        gent, leen, title="Vacancy", body="There is a shelter for the homeless in this street."
    )
    french = make_thread(
        gent, leen, title="Logement", body="Nous avons des logements pour les familles dans la rue."
    )
    for typed, thread, meant in (("sheltre", english, "shelter"), ("famillles", french, "familles")):
        found = answer(reader, typed)
        assert [each.id for each in found.threads] == [thread.id], typed
        assert found.instead.plain in {meant, meant.removesuffix("s")}


def test_what_is_found_as_it_is_typed_is_never_corrected(gent, leen, reader):
    make_thread(gent, leen, title="Renners")
    make_thread(gent, leen, title="Kenners")
    found = answer(reader, "kenners")
    assert (titles(found), found.instead) == (["Kenners"], None)
    for other in ("molen", "zwembad", "brood", "xqzzy"):
        assert (answer(reader, other).counts.total, answer(reader, other).instead) == (0, None)


def test_a_word_that_there_is_in_dutch_is_no_error(gent, leen, reader):
    make_thread(gent, leen, title="Een nieuwe zetel")
    assert answer(reader, "zgetel").instead.plain == "zetel"
    assert (answer(reader, "ketel").counts.total, answer(reader, "ketel").instead) == (0, None)


def test_a_word_of_what_the_reader_may_not_see_is_never_offered(gent, leen, reader):
    make_thread(gent, leen, title="Geheimschrift", body="Zwijgplicht", audience=Audience.SPACE)
    hidden = make_thread(gent, leen, title="Verborgenheid", body="Sluimering")
    guest = make_member("Gust")
    join(guest, make_space("Genk", slug="genk", city="genk"), Role.GUEST)
    pending = make_member("Piet", space=gent, approved_at=None)
    assert answer(leen, "geheimschrivt").instead.plain == "geheimschrift"
    assert answer(reader, "verborgenhaid").instead.plain == "verborgenheid"
    other = make_member("Mia", space=gent, role=Role.MODERATOR)
    hiding.hide(actor(other), opening_of(hidden), reason="Not here.")
    for who in (reader, guest, pending, None):
        for typed in ("geheimschrivt", "zwijgplichd", "verborgenhaid", "sluimerink"):
            found = answer(who, typed)
            assert (found.counts.total, found.instead) == (0, None), typed
    assert answer(leen, "verborgenhaid").instead is None


@given(st.text("abcdefgh", min_size=5, max_size=9), st.integers(0, 8), st.sampled_from("xyz"))
def test_every_single_error_is_among_those_that_are_looked_for(word, at, letter):
    at = min(at, len(word) - 1)
    wrong = {word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]}
    if at:
        wrong.add(word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :])
    for typed in wrong - {word}:
        assert word in spelling.edits(typed)
