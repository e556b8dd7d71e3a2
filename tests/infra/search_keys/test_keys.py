"""Keys of words: one for the forms of a word, the parts of compounds, and the language of a text."""

import hashlib
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from forum.infra.search_keys import compounds, word_list
from forum.infra.search_keys.irregular import FORMS
from forum.infra.search_keys.keying import RECIPE, foreign, key
from forum.infra.search_keys.languages import language_of
from forum.infra.search_keys.words import LONGEST, words
from tests.rules.source import ROOT

pytestmark = pytest.mark.any_database
# What the recipe gives for the words below; another hash asks for another RECIPE, so that networks make keys anew.
MADE = (4, "49e6a097858ada67")
SAME = """
    plan plannen, huis huizen, brief brieven, fiets fietsen, half halve, stad steden, lid leden,
    kind kinderen, school scholen, boom bomen, straat straten, gemeente gemeenten, vergadering vergaderingen,
    bewoner bewoners, maatregel maatregelen, project projecten, groot grote, museum musea,
    centrum centra, verslag verslagen, blad bladeren, kaart kaartje, baan baantje, boom boompje,
    aanpassing aanpassinkje,
    ei eieren, idee ideeën, foto foto's, auto auto’s, service services, cadeau cadeaus, geregistreerd geregistreerde
"""
OTHERS = """
    straat staat, leren leraar, wonen winnen, huis muis, buurt beurt, plein plan, water wet, tuin teun, man maan,
    bommen bomen, leg leeg, taal tal, mensen men, vereniging ver, ouders oud, gegevens geven, kans kan, plaats plaat
"""
COMPOUNDS = """
    klimaatadaptatie klimaat adaptatie, wijkbudget wijk budget, stadsbestuur stad bestuur,
    energiearmoede energie armoede,
    fietspad fiets pad, regenwater regen water, buurthuis buurt huis, kinderopvang kind opvang,
    zonnepanelen zon panelen,
    gemeenteraad gemeente raad, straathoekwerk straat hoek werk, woningmarkt woning markt, taalles taal les
"""
SIMPLE = """
    gemeente vergadering beleid bewoner overleg ervaring oplossing begeleiding tevredenheid leerling eigenaar
    vereniging digitale meestal twintigtal afstemmen kolommen handelaars makelaar trekker terugbellen begroting
    inschatting sluiting
"""


def of(word: str) -> str:
    (found,) = words(word)
    return key(found.form, {})


def listed(text: str) -> list[list[str]]:
    return [each.split() for each in text.split(",")]


@pytest.mark.parametrize("pair", listed(SAME), ids=" ".join)
def test_forms_of_one_word_have_one_key(pair):
    assert of(pair[0]) == of(pair[1])


@pytest.mark.parametrize("pair", listed(OTHERS), ids=" ".join)
def test_other_words_have_another_key(pair):
    assert of(pair[0]) != of(pair[1])


@pytest.mark.parametrize("case", listed(COMPOUNDS), ids=lambda case: case[0])
def test_a_compound_has_the_keys_of_its_parts(case):
    whole, *parts = case
    assert [key(part, {}) for part in compounds.parts(whole)] == [of(part) for part in parts]


@pytest.mark.parametrize("word", SIMPLE.split())
def test_a_simple_word_stays_whole(word):
    assert compounds.parts(word) == ()


def test_the_table_knows_better_than_the_rule_and_our_own_list_better_than_the_table():
    assert key("gebracht", {"gebracht": "breng"}) == key("brengen", {})
    assert key("leden", {"leden": "lijd"}) == key("lid", {})


def test_words_are_letters_and_digits_and_know_where_they_stand():
    text = "De foto's van Sint-Niklaas, co\u00adcreatie en e\u0301te\u0301: ĳs! 2½ (a_b) c’s"
    found = words(text)
    assert [word.form for word in found] == [
        "de", "foto", "van", "sint", "niklaas", "cocreatie", "en", "ete", "ijs", "21", "2", "a", "b", "c",
    ]  # fmt: skip
    assert [text[word.start : word.end] for word in found] == [
        "De", "foto's", "van", "Sint", "Niklaas", "co\u00adcreatie", "en", "e\u0301te\u0301", "ĳs", "2½", "2½", "a",
        "b", "c’s",
    ]  # fmt: skip
    assert [len(word.form) for word in words("x" * 500)] == [LONGEST]
    assert words("‹›?!… 🎉") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wij hebben dit met de bewoners van de wijk gedaan.", "nl"),
        ("What we did with the people of the neighbourhood.", "en"),
        ("Nous avons fait cela avec les habitants du quartier.", "fr"),
        ("Leegstand", "nl"),
        ("What works in schools", "en"),
        ("", "nl"),
    ],
)
def test_small_words_tell_the_language(text, language):
    assert language_of(word.form for word in words(text)) == language


def test_words_of_another_language_get_their_own_stem():
    assert foreign("neighbourhoods", "en") == foreign("neighbourhood", "en")
    assert foreign("habitants", "fr") == foreign("habitant", "fr")


def test_every_thread_has_a_stemmer_of_its_own():
    forms = re.findall(r"[a-z]+", SAME)
    with ThreadPoolExecutor(4) as pool:
        assert (
            list(pool.map(lambda form: key(form, {}), forms * 50)) == [key(form, {}) for form in forms] * 50
        )


def test_another_key_or_other_parts_raise_the_recipe():
    forms = sorted({*re.findall(r"[a-z]+", SAME + OTHERS + COMPOUNDS + SIMPLE)})
    made = " ".join(f"{form}:{key(form, {})}:{compounds.parts(form)}:{foreign(form, 'fr')}" for form in forms)
    listing = hashlib.sha256(compounds.FILE.read_bytes()).hexdigest()
    assert (RECIPE, hashlib.sha256((made + listing).encode()).hexdigest()[:16]) == MADE


def test_what_makes_keys_keeps_the_list_of_words_out_of_the_process(tmp_path):
    code = "import sys, app; print([name for name in sys.modules if name.startswith('simplemma')])"
    own = os.environ | {"INSTANCE": str(tmp_path)}  # importing it makes the secret of a folder
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=own, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_list_of_words_leads_forms_to_one_key():
    table = word_list.irregular()
    pairs = (
        "advies adviezen, werken werkt, lopen liep, brengen gebracht, bouwen gebouwde, verdraaien verdraaide"
    )
    pairs += ", spuit spuiten, maker makers, oplichter oplichters, goed beter, gaan ging, kopen gekocht"
    found = [(first, second) for first, second in listed(pairs) if key(first, table) != key(second, table)]
    assert found == []
    assert not set(table) & set(FORMS)
