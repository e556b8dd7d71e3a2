"""Words by which somebody may be recognised: which are found, which are left alone, and that no text takes it long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.infra.recognisable import MOST, Kind, find
from forum.infra.text import MAX_LENGTH
from tests.infra import costs

pytestmark = pytest.mark.any_database


def national(first, born_since_2000=False):
    """A national number with its check digits; nobody's, as no order number is this high."""
    number = int(first) + (2_000_000_000 if born_since_2000 else 0)
    return f"{first}{97 - number % 97:02d}"


def dotted(number):
    return f"{number[:2]}.{number[2:4]}.{number[4:6]}-{number[6:9]}.{number[9:]}"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.NATIONAL_NUMBER, national("850730998")),
        (Kind.NATIONAL_NUMBER, dotted(national("850730998"))),
        (Kind.NATIONAL_NUMBER, dotted(national("050730998", born_since_2000=True))),
        (Kind.NATIONAL_NUMBER, dotted(national("854730998"))),  # a foreigner: forty more than the month
        (Kind.PHONE, "0475 12 34 56"),
        (Kind.PHONE, "0475/12.34.56"),
        (Kind.PHONE, "(03) 227 12 34"),
        (Kind.PHONE, "+32 475 12 34 56"),
        (Kind.PHONE, "+31 6 12345678"),
        (Kind.EMAIL, "an.peeters@example.org"),
        (Kind.PLATE, "1-ABC-234"),
        (Kind.PLATE, "1ABC234"),
        (Kind.BIRTH_DATE, "geboren op 12 maart 1987"),
        (Kind.BIRTH_DATE, "°12/03/1987"),
        (Kind.BIRTH_DATE, "born on March 12, 1987"),
        (Kind.ADDRESS, "Kerkstraat 12 bus 3"),
        (Kind.ADDRESS, "Oude Steenweg 14a"),
        (Kind.ADDRESS, "Sint-Jansplein 4"),
        (Kind.ADDRESS, "Rue de la Fontaine 16"),
        (Kind.NAME, "Mevrouw Peeters"),
        (Kind.NAME, "meneer El Amrani"),
        (Kind.NAME, "dhr. J. Janssens"),
        (Kind.NAME, "mevrouw Şahin"),
        (Kind.NAME, "heer Van den Broeck"),
    ],
)
def test_what_may_lead_to_somebody_is_found_where_it_stands(kind, words):
    text = f"Vorige week kwam de {words}, zei hij."
    (found,) = find(text)
    assert (found.kind, found.words) == (kind, words)
    assert text[found.start : found.end] == words


@pytest.mark.parametrize(
    "words",
    [
        dotted(
            f"{national('850730998')[:9]}{(int(national('850730998')[9:]) % 97) + 1:02d}"
        ),  # its check fails
        national("859930998"),  # no such month
        "Het kostte € 12.345,67 en later 1.250.000 euro.",
        "Op 12/03/2024, 2024-03-12 en 12.03.2024 om 14.30 uur, van 0900 tot 1000 uur.",
        "Dossier 2023/0456789, besluit 2024.0123.4567, wet van 8 juli 1976, artikel 60 § 7.",
        "Onderneming 0202.239.951 op rekening BE68 5390 0754 7034.",
        "Bel 112 of 0800 12 345, of schrijf naar info@example.org.",
        "Op het Kielplein 40 bewoners, in de Kerkstraat 120 meter stoep, in de Kerkstraat 2024.",
        "Mevrouw A. kwam met meneer X en mevrouw de schepen. De heer in het groen ook.",
        "Dank u, mevrouw. Morgen komt er niemand. De weg 12 keer gelopen, allerlei 3 zaken.",
        "Van 2019-2023 ging 45% van 1/3 naar 12 gezinnen in 9000 Gent.",
        "",
    ],
)
def test_figures_dates_numbers_of_files_and_initials_are_left_alone(words):
    assert find(words) == []


def test_the_same_words_are_told_once_and_no_more_than_some_in_all():
    assert [found.words for found in find("Mevrouw Peeters kwam, mevrouw  Peeters bleef.")] == [
        "Mevrouw Peeters"
    ]
    names = ("Janssens", "Peeters", "Maes", "Jacobs", "Mertens", "Willems", "Claes", "Wouters")
    crowd = ", ".join(f"{how} {name}" for how in ("mevrouw", "meneer", "dhr.") for name in names)
    assert len(find(crowd)) == MOST


def test_a_mark_stands_for_the_words_and_does_not_hold_them():
    (one,), (again,), (other,) = (find(words) for words in ("mevrouw Maes", "Mevrouw  Maes", "mevrouw Claes"))
    assert one.mark == again.mark != other.mark
    assert "maes" not in one.mark


PIECES = [
    "0", "0 ", "1", "a", "Aa ", "a@", "a.b-", "1.", "0/", "(0", "+", "[0", "03-", "0475 12 34 56 ", "0475-1-2", "\n",
    "12/3/1987 ", "mevrouw van de ", "mevrouw A. ", "straat ", "Aastraat ", "Rue de ", "geboren op ", "1-ABC-", "°",
    "85.07.30-033.28 ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_no_text_of_the_greatest_length_takes_long(pieces):
    """Beside rendering prose of that length, which every post is."""
    text = ("".join(pieces) * MAX_LENGTH)[:MAX_LENGTH]
    assert costs.ratio(text, find, runs=1) < costs.BAR


@given(st.text(max_size=300))
def test_whatever_is_typed_each_finding_is_a_piece_of_it(text):
    for found in find(text):
        assert text[found.start : found.end] == found.words != ""
