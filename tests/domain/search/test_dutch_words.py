"""Which Dutch words find which others, which do not, and what is offered for a word that nothing has."""

import pytest

from tests.domain.search.test_results import answer, plain, titles
from tests.factories import make_member, make_space, make_thread

# What is asked: what a title has to say to be found by it.
FINDS = """
vereniging: verenigingen, sportvereniging, verenigingsleven
taal: talen, taalles, moedertaal
leegstaand: leegstand, leegstaande
leegstand: leegstaand, leegstaande
belasting: leegstandsbelasting
leegstand: leegstandsregister
huiswerk: huiswerkbegeleiding
werkbegeleiding: huiswerkbegeleiding
mens: mensen, mensenrechten
overheid: overheden, overheidstaak
ouders: ouder, ouderavond
ouderen: oudere, ouderenzorg
les: lessen, taalles
lezen: leest, gelezen, leesclub
weg: wegen, fietsweg
taak: taken, arbeidstaken
staal: betonstaal
renoveren: renovatie, renovaties, gerenoveerd
participatie: participeren
stad: steden, stadsbestuur
terugbellen: teruggebeld
afspreken: afgesproken
uitvoeren: uitgevoerd
"""
FINDS_NOT = """
vereniging: renoveren, verder, veertien, halveren
taal: digitale, digitaal, meestal, twintigtal
leggen: leegstand, leeg
mensen: afstemmen, kolommen
makelaar: handelaars, handelaar
trekker: keer, keren
terugbellen: telefoonlengte, lengte
begroting: inschatting, sluiting
overheid: over, overleg
plaats: plaat
kans: kan
dans: dan
man: maan
bom: boom
les: gelezen, lees
ouders: oud
ouderen: oud
gegevens: geven, geeft
natuur: natuurlijk
verkeer: verkeerd
rekening: reeks
betonstaal: taal
overheidstaak: stak
"""


def listed(table: str) -> list[tuple[str, str]]:
    lines = (line.split(": ") for line in table.strip().splitlines())
    return [(asked, written) for asked, all_written in lines for written in all_written.split(", ")]


@pytest.fixture
def app(app_with_forms):
    return app_with_forms


@pytest.fixture
def reader(session):
    return make_member("Rik", space=make_space("Brugge", city="brugge", slug="brugge"))


def test_what_each_word_finds_and_what_it_does_not(gent, leen, reader):
    written = {word for _asked, word in listed(FINDS) + listed(FINDS_NOT)}
    for word in sorted(written):
        make_thread(gent, leen, title=f"Nummer {word}", body="Er is iets nieuws te melden.")
    found = {asked: _words_found(reader, asked) for asked, _word in listed(FINDS) + listed(FINDS_NOT)}
    missing = [(asked, word) for asked, word in listed(FINDS) if word not in found[asked]]
    false = [(asked, word) for asked, word in listed(FINDS_NOT) if word in found[asked]]
    assert (missing, false) == ([], [])


def _words_found(who, asked):
    said = answer(who, asked, literally="1", kind="thread")
    return {title.removeprefix("Nummer ") for title in titles(said)}


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("terugbellen", "Wie belt er terug?"),
        ("teruggebeld", "Wie belt er terug?"),
        ("afspreken", "Spreek eerst goed af"),
        ("meedoen", "Wie doet er mee?"),
    ],
)
def test_a_separable_verb_finds_its_two_words(gent, leen, reader, asked, title):
    make_thread(gent, leen, title=title)
    make_thread(gent, leen, title="Een brief van de stad terug")
    make_thread(gent, leen, title="De bel van het huis")
    assert titles(answer(reader, asked)) == [title]
    assert answer(reader, f'"{asked}"').counts.total == 0


@pytest.mark.parametrize("word", ["afval", "afdeling", "opvoeren", "inbellen"])
def test_a_noun_or_a_beginning_that_all_sentences_have_is_not_parted(gent, leen, reader, word):
    make_thread(gent, leen, title="Het valt af en wij delen, voeren en bellen op en in")
    assert answer(reader, word).counts.total == 0


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("terrassen", "ter"),
        ("terrassen", "terraszen"),
        ("ophalen", "opvallen"),
        ("opgehaald", "ongehaald"),
        ("betonnen", "begonnen"),
        ("terugbellen", "terugbollen"),
        ("straatfeest", "staatfeest"),
    ],
)
def test_a_word_that_there_is_is_never_corrected(gent, leen, reader, word, other):
    make_thread(gent, leen, title=f"Over {other}")
    found = answer(reader, word)
    assert (found.counts.total, found.instead) in ((0, None), (1, None))


@pytest.mark.parametrize(
    ("typed", "written", "shown"),
    [
        ("verboorgenheid", "Verborgenheid", "verborgenheid"),
        ("Zwijndrech", "Zwijndrecht", "zwijndrecht"),
        ("Yasmna", "Yasmina", "yasmina"),
        ("koolstofdioxde", "koolstofdioxide", "koolstofdioxide"),
        ("renovatei", "Renovatie", "renovatie"),
    ],
)
def test_errors_in_names_and_rare_words_are_still_forgiven(gent, leen, reader, typed, written, shown):
    make_thread(gent, leen, title=f"Over {written}")
    found = answer(reader, typed)
    assert (titles(found), found.instead.plain) == ([f"Over {written}"], shown)


def test_nothing_is_offered_that_nobody_would_write(gent, leen, reader):
    make_thread(gent, leen, title="Plezier ter plaatse")
    assert answer(reader, "tterrsen").instead is None


def test_what_comes_nearest_has_a_part_that_says_something(gent, leen, reader):
    for title in ("Het klimaat verandert", "De sluiting van de brug", "Terug naar huis"):
        make_thread(gent, leen, title=title)
    near = answer(reader, "klimaatadaptatie").nearest
    assert [plain(thread.title) for thread in near.threads] == ["Het klimaat verandert"]
    for asked in ("begroting", "inschatting", "terugbellen"):
        assert answer(reader, asked).nearest.threads == [], asked
