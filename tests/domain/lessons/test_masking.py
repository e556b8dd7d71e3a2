"""Masking: what the rules propose for words that leave their space, and what they point out."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from forum.domain.lessons import masking
from forum.domain.lessons.masking_patterns import ADJECTIVES, INHABITANTS, SPELLINGS
from forum.domain.people import capacities
from forum.models.accounts import Body, Level
from forum.models.cities import BY_CODE
from tests import lesson_scenario
from tests.factories import make_member, make_space

SAID = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def capacity(**over: Any) -> Any:
    values = {
        "function": "ploegbaas schoonmaak",
        "level": Level.FIELD,
        "body": Body.CITY,
        "city": "aalst",
        "ends_on": None,
    }
    return SimpleNamespace(**(values | over))


def proposed(words: str, **over: Any) -> str:
    return masking.propose(words, None, SAID, **over).words


@pytest.mark.parametrize(("words", "masked"), [
    ("Bij ons in Aalst werkt het niet.", "Bij ons in [een centrumstad] werkt het niet."),
    ("De stad Aalst en het OCMW Gent werken er samen aan.", "[een centrumstad] en het [het OCMW van een centrumstad]"),
    ("De Aalsterse aanpak is die van de Gentenaars.", "De [plaatselijke] aanpak is die van de [inwoners]."),
    ("Het is zo bij de VGC en in 9300 Aalst.", "bij de [een centrumstad] en in [een centrumstad]."),
    ("Wij begonnen op 8 april 2026 met de ploeg.", "Wij begonnen [in het voorjaar van 2026] met de ploeg."),
    ("Het was 8/4/2026, of 2025-12-24.", "Het was [voorjaar 2026], of [najaar 2025]."),
    ("Op woensdag 12 november was het er niet.", "[in het najaar van 2025] was het er niet."),
    ("Bel 0478 12 34 56 of +32 9 123 45 67.", "Bel […] of […]."),
    ("Mail jan.peeters@aalst.be of kijk op https://www.aalst.be/plan.", "Mail […] of kijk op […]"),
    ("Zijn nummer is 85.07.30-033.28 en zijn plaat 1-ABC-123.", "Zijn nummer is […] en zijn plaat […]."),
    ("Hij woont in de Kerkstraat 12 bus 3, niet in de Molenstraat.", "in de […], niet in de [een straat]."),
    ("Dat zei Dirk niet, dat zei Marleen.", "Dat zei [een collega] niet, dat zei [een collega]."),
    ("Vraag het aan @dirk-2.", "Vraag het aan [een collega]."),
    ("It began on 8 April 2026 in Ghent, it is not over.", "It began [in the spring of 2026] in [a centre city],"),
    ("We rang the Antwerpse team in May 2025, not before.", "the [local] team in [spring 2025], not before."),
])  # fmt: skip
def test_the_rules_propose_a_wide_class_a_quarter_or_nothing(app, words, masked):
    assert masked in proposed(words, names=["Dirk Janssens", "Marleen"])


def test_words_that_lead_nowhere_are_left_alone(app):
    proposal = masking.propose("Anders schrijven mijn mensen het niet op, zei ik in mei.", None, SAID)
    assert (proposal.words, proposal.changes) == (
        "Anders schrijven mijn mensen het niet op, zei ik in mei.",
        [],
    )


def test_every_city_has_its_spellings_and_no_class_is_too_small_to_hide_in(app):
    assert set(SPELLINGS) == set(BY_CODE)
    assert len(ADJECTIVES) == len(INHABITANTS) == len(BY_CODE) >= masking.CLASS_MIN
    for names in (*SPELLINGS.values(), ADJECTIVES, INHABITANTS):
        for name in names:
            assert name not in proposed(f"Het is niet van {name} dat wij het hebben.")
    assert "grote stad" not in proposed("In Antwerpen en in Gent is het niet zo.")


def test_each_change_says_what_it_was_what_it_becomes_and_why(app):
    changes = masking.propose("In Aalst is het zo, en in Aalst niet op 8 april.", None, SAID).changes
    assert [change.as_row() for change in changes] == [
        {"was": "Aalst", "becomes": "[een centrumstad]", "why": "De stad leidt naar wie het vertelde."},
        {
            "was": "op 8 april",
            "becomes": "[in het voorjaar van 2026]",
            "why": "Een precieze dag is op te zoeken.",
        },
    ]


def test_the_author_stands_by_name_by_function_or_masked(app):
    space, other = make_space("Aalst", city="aalst"), make_space("Gent", city="gent")
    proposal = masking.propose("Het is niet zo.", capacity(), SAID, name="Dirk")
    assert (proposal.as_name, proposal.as_function, proposal.as_masked, proposal.said_when) == (
        "Dirk, ploegbaas schoonmaak, veldwerk, stad Aalst",
        "een ploegbaas schoonmaak, veldwerk, stad Aalst",
        "iemand in veldwerk, een centrumstad",
        "voorjaar 2026",
    )
    # The kind of job only where enough people of more than one city have one.
    for number, place in enumerate((space, space, other)):
        member = make_member(f"Ploegbaas {number}", space=place)
        capacities.add(
            member.id, function=f"Ploegbaas wegen {number}", level=Level.FIELD, body=Body.CITY, city=place.city,
            starts_on=date(2020, 1, 1),
        )  # fmt: skip
    assert (
        masking.propose("Het is niet zo.", capacity(), SAID).as_masked
        == "een ploegbaas, veldwerk, een centrumstad"
    )
    for city in ("vgc", "antwerpen"):
        lead = capacity(function="directeur", level=Level.LEAD, city=city)
        assert (
            masking.propose("Het is niet zo.", lead, SAID).as_masked
            == "iemand van de leiding, een centrumstad"
        )


def test_small_numbers_the_only_one_and_rare_functions_are_pointed_out(app):
    space = make_space("Aalst", city="aalst")
    member = make_member("Dirk", space=space)
    capacities.add(
        member.id,
        function="Ploegbaas",
        level=Level.FIELD,
        body=Body.CITY,
        city="aalst",
        starts_on=date(2020, 1, 1),
    )
    words = "Van de twaalf stopten er drie mensen, en ik was de enige ploegbaas die het zag."
    hints = [(hint.kind, hint.what) for hint in masking.warnings(words, capacity(function="ploegbaas"))]
    assert hints == [
        ("small_number", "drie mensen"), ("only", "de enige ploegbaas"), ("function", "ploegbaas"),
        ("own_function", "ploegbaas"),
    ]  # fmt: skip
    assert masking.warnings("Van de twaalf stopte de helft voor een dichte deur.") == []
    beside = masking.answer_warnings(capacity(function="ploegbaas"))
    assert set(beside) == {"name", "function", "masked"}
    assert "Aalst" in beside["masked"]


def test_the_names_to_leave_out_are_those_of_who_posted(app):
    scenario = lesson_scenario.build()
    assert masking.names_in_thread(scenario.thread.id) == ["Amina", "Cas"]


@pytest.mark.parametrize(("month", "quarter"), [(1, "winter"), (4, "spring"), (9, "summer"), (12, "autumn")])
def test_a_quarter_is_said_by_its_season(app, month, quarter):
    with masking.i18n.force_locale("en"):
        assert masking.quarter(date(2026, month, 3)) == f"{quarter} 2026"
