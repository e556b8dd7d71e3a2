"""What is typed in the search field is read in its parts; whatever it is, the answer is parts or a plain sentence."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forum.domain.search import language
from forum.domain.search.language import LONGEST, MOST, Term, Typed, read
from forum.infra.i18n import force_locale
from forum.policy.errors import Invalid

pytestmark = pytest.mark.any_database


def wanted(typed: str) -> list[str]:
    return [str(term) for term in read(typed).wanted]


def test_words_phrases_and_what_must_not_be_there():
    question = read('leegstand "twee bezoeken" -winkel -"lege panden" leegstand')
    assert question.wanted == (Term("leegstand", False), Term("twee bezoeken", True))
    assert question.excluded == (Term("winkel", False), Term("lege panden", True))
    assert question.words == 'leegstand "twee bezoeken" -winkel -"lege panden"'
    assert question.plain == "leegstand twee bezoeken"
    assert read(question.words) == question
    assert wanted("sint-niklaas") == ["sint-niklaas"]
    assert wanted("“twee bezoeken” „drie”") == ['"twee bezoeken"', '"drie"']


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("in:lesson", "kind", "lesson"),
        ("IN:les", "kind", "les"),
        ("ruimte:gent", "space", "gent"),
        ('space:"stad gent"', "space", "stad gent"),
        ("door:stijn", "by", "stijn"),
        ("by:“Stijn De Smet”", "by", "Stijn De Smet"),
        ("vóór:2026-01", "before", "2026-01"),
        ("before:2026", "before", "2026"),
        ("thema:densiteit", "axis", "densiteit"),
        ("axis:nonsense", "axis", "nonsense"),
        ("nood:verhalen", "need", "verhalen"),
        ("stad:kortrijk", "city", "kortrijk"),
        ("afloop:gelukt", "outcome", "gelukt"),
    ],
)
def test_filters_have_names_in_both_languages(typed, kind, value):
    question = read(f"leegstand {typed} -winkel")
    assert question.filters == (Typed(kind, value),)
    assert question.words == "leegstand -winkel"


def test_a_word_with_a_colon_is_a_word_and_so_is_an_address():
    question = read("om 10:30 https://voorbeeld.example/pad nota:bene")
    assert question.filters == ()
    assert [term.text for term in question.wanted] == [
        "om", "10:30", "https://voorbeeld.example/pad", "nota:bene",
    ]  # fmt: skip


def test_what_is_not_well_formed_is_said_and_looked_for_all_the_same():
    question = read('leegstand "twee bezoeken')
    assert wanted('leegstand "twee bezoeken') == ["leegstand", "twee", "bezoeken"]
    assert question.notes == ("There is one quotation mark too many. We searched without it.",)
    assert read("stad: leegstand").notes == ("There is nothing behind “stad:”, so we left it out.",)
    assert wanted("stad: leegstand") == ["leegstand"]
    many = read(" ".join(f"woord{number}" for number in range(20)))
    assert (len(many.wanted), many.notes) == (MOST, ("We searched for the first 12 words.",))
    assert read('- -- !! "" "?" :') == language.Question()


def test_what_cannot_be_looked_for_is_refused_in_a_sentence():
    with pytest.raises(Invalid) as refused:
        read("leegstand -stad:gent")
    assert refused.value.message == "A minus works before words only, not before “stad:”."
    with pytest.raises(Invalid) as refused:
        read("a" * (LONGEST + 1))
    assert refused.value.message == "Your question has 201 characters. At most 200 are allowed."


def test_it_is_said_in_the_language_of_the_reader(app):
    with app.app_context(), force_locale("nl"):
        assert read('"leegstand').notes == ("Er staat een aanhalingsteken te veel. We zochten zonder.",)


PIECES = st.sampled_from(
    ['"', "-", ":", "in:", "stad:", "by:", "before:", "“", "„", " ", "leegstand", "a", "'s", "*", "(", "OR", "NOT",
     "é", "\u0301", "\u202e", "\ud800", "\x1f", "😀", "0", "%", "\\", "&", "|", "!", "<b>", "NEAR(", "^", "{}"]
)  # fmt: skip


@given(st.one_of(st.text(max_size=250), st.lists(PIECES, max_size=60).map("".join)))
@example("A\u202a\u0300")  # a sign that nobody sees, between a letter and its accent
@example('Ain:""')  # nothing behind what is no filter
@example('A"\u0300')
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(typed):
    try:
        question = read(typed)
    except Invalid as refused:
        said = refused
    else:
        said = None
    if said is not None:
        assert (said.field, bool(said.message)) == (language.FIELD, True)
        return
    assert len(question.wanted) + len(question.excluded) <= MOST
    for term in (*question.wanted, *question.excluded):
        assert any(sign.isalnum() for sign in term.text)
        assert '"' not in term.text
    assert {one.kind for one in question.filters} <= set(language.NAMES.values())
    again = read(question.words)
    assert (again.wanted, again.excluded, again.filters) == (question.wanted, question.excluded, ())
