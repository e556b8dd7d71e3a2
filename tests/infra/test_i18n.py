"""Every reader is addressed in her language and in her time."""

import contextvars
import io
import timeit
from datetime import UTC, date, datetime, timedelta

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import render_template_string

from forum.infra import clock, i18n
from forum.infra.i18n import _, lazy, ngettext
from tests.infra.conftest import make_house

pytestmark = pytest.mark.any_database

LATE = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
LABEL = lazy("Good morning")


@pytest.fixture
def speaking(tmp_path):
    """A house with a Dutch catalogue of its own; its readers choose by a header of the test."""
    catalogue = Catalog(locale="nl")
    catalogue.add("Good morning", "Goedemorgen")
    catalogue.add("%(name)s <b>replied</b>", "%(name)s <b>antwoordde</b>")
    catalogue.add(("%(num)d reply", "%(num)d replies"), ("%(num)d antwoord", "%(num)d antwoorden"))
    catalogue.add("100 %", "honderd %")
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    made = io.BytesIO()
    write_mo(made, catalogue)
    (folder / "messages.mo").write_bytes(made.getvalue())
    return make_house(TRANSLATIONS=str(tmp_path))


def test_sentences_are_said_in_the_language_of_the_reader(speaking):
    with speaking.test_request_context():
        assert _("Good morning") == "Goedemorgen"
        assert ngettext("%(num)d reply", "%(num)d replies", 1) == "1 antwoord"
        assert ngettext("%(num)d reply", "%(num)d replies", 2) == "2 antwoorden"
        assert _("%(name)s <b>replied</b>", name="Ann") == "Ann <b>antwoordde</b>"
        assert _("100 %") == "honderd %"
        assert _("Unknown") == "Unknown"
        assert str(LABEL) == "Goedemorgen"
        with i18n.force_locale("en"):
            assert _("Good morning") == str(LABEL) == "Good morning"
            assert ngettext("%(num)d reply", "%(num)d replies", 1) == "1 reply"
            assert i18n.html_lang() == "en"
        assert str(LABEL) == "Goedemorgen"
        assert i18n.html_lang() == "nl-BE"


def test_pages_escape_the_parts_of_a_sentence_and_mails_in_text_do_not(speaking):
    page = """{{ _("%(name)s <b>replied</b>", name=who) }} {{ ngettext("%(num)d reply", "%(num)d replies", 2) }}"""
    with speaking.test_request_context():
        said = render_template_string(page, who="<i>O'Neil</i>")
        assert said == "&lt;i&gt;O&#39;Neil&lt;/i&gt; <b>antwoordde</b> 2 antwoorden"
        plain = speaking.jinja_env.overlay(autoescape=False).from_string(page).render(who="O'Neil")
        assert plain == "O'Neil <b>antwoordde</b> 2 antwoorden"


def test_the_choice_is_made_once_a_request():
    asked = []
    house = make_house()
    house.extensions["i18n"]["locale"] = lambda: asked.append(1) or "en"
    house.add_url_rule("/", "page", lambda: " ".join([*(i18n.locale() for turn in range(5)), _("Facts")]))
    browser = house.test_client()
    assert browser.get("/").text == "en en en en en Facts"
    assert len(asked) == 1
    browser.get("/")
    assert len(asked) == 2
    with house.test_request_context():
        assert i18n.locale() == "en"
    assert len(asked) == 3, "nothing of the request before is left"


def test_an_unknown_choice_is_dutch():
    house = make_house()
    house.extensions["i18n"]["locale"] = lambda: "xx"
    with house.test_request_context():
        assert i18n.locale() == "nl"
        with i18n.force_locale("../../etc"):
            assert i18n.locale() == "nl"


def test_outside_the_forum_words_are_still_words():
    def alone() -> tuple[str, str, str]:
        return _("Good %(what)s", what="morning"), i18n.locale(), i18n.day(date(2026, 12, 8))

    assert contextvars.Context().run(alone) == ("Good morning", "nl", "8 december 2026")


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("en;q=0.3, nl;q=0.7", "nl"),
        ("fr-BE, en;q=0.5", "en"),
        ("EN_us", "en"),
        ("fr", None),
        ("*", None),
        ("", None),
        ("nl;q=0, fr", None),
        ("x" * 5000, None),
        (";;;,,,q=", None),
    ],
)
def test_the_browser_is_asked_what_it_would_like(header, found):
    assert i18n.negotiate(header) == found


def test_days_and_moments_are_told_in_the_readers_zone(house):
    with house.test_request_context():
        assert i18n.day(LATE) == "1 juli 2026"
        assert i18n.moment(LATE) == "1 juli 2026, 00:30"
        assert i18n.day(date(2025, 12, 8)) == "8 december 2025"
        with i18n.force_locale("en", "America/New_York"):
            assert i18n.day(LATE) == "30 June 2026"
            assert i18n.moment(LATE) == "30 June 2026, 18:30"
            assert i18n.zone() == "America/New_York"
        with i18n.force_locale("en", "Mars/Crater"):
            assert i18n.moment(LATE) == "30 June 2026, 22:30"
        with i18n.force_locale("en"):
            assert i18n.moment(LATE) == "1 July 2026, 00:30"
        assert i18n.zone() == "Europe/Brussels"


@pytest.mark.parametrize(
    ("hour", "told"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 oktober 2026, 02:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 oktober 2026, 02:30"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 maart 2026, 01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 maart 2026, 03:00"),
    ],
)
def test_the_night_of_the_clock_change_is_told_right(house, hour, told):
    with house.test_request_context():
        assert i18n.moment(hour) == told


def test_numbers_and_lists_follow_the_language(house):
    with house.test_request_context():
        assert i18n.number(1234567) == "1.234.567"
        assert i18n.number(0.5) == "0,5"
        assert i18n.join_words(["Aalst", "Genk", "Gent"]) == "Aalst, Genk en Gent"
        assert i18n.join_words(iter(["Aalst"])) == "Aalst"
        assert i18n.join_words([]) == ""
        with i18n.force_locale("en"):
            assert i18n.number(1234567) == "1,234,567"
            assert i18n.join_words(["Aalst", "Genk", "Gent"]) == "Aalst, Genk and Gent"


def test_a_sentence_costs_next_to_nothing(house):
    """A page says a hundred: generous, because the machine is shared."""
    with house.test_request_context():
        best = min(timeit.repeat(lambda: _("Good morning"), number=2000, repeat=5)) / 2000
        assert best < 20e-6
        best = min(timeit.repeat(lambda: i18n.moment(LATE), number=2000, repeat=5)) / 2000
        assert best < 30e-6


def test_a_recent_day_is_told_in_words_and_counted_where_the_reader_is(speaking):
    with speaking.test_request_context(), i18n.force_locale("en", "Europe/Brussels"), clock.at(LATE):
        said = [i18n.recent_day(LATE - timedelta(hours=hours)) for hours in (0, 1, 24, 25)]
        assert said == ["today", "yesterday", "yesterday", "29 June"]
        assert i18n.recent_day(datetime(2025, 12, 8, 9, 12, tzinfo=UTC)) == "8 December 2025"
        assert i18n.recent_day(LATE + timedelta(days=1)) == "2 July", (
            "a clock that was wrong is not yesterday"
        )
        days = (LATE, LATE - timedelta(hours=1), date(2026, 1, 1), date(2025, 12, 31), date(2027, 1, 1))
        assert [i18n.short_day(day) for day in days] == [
            "1 July", "30 June", "1 January", "31 December 2025", "1 January 2027",
        ]  # fmt: skip
        assert i18n.short_moment(LATE) == "1 July, 00:30"
        assert i18n.short_moment(datetime(2025, 12, 8, 9, 12, tzinfo=UTC)) == "8 December 2025, 10:12"
        assert i18n.hour(LATE) == "00:30"
        assert i18n.local_day(LATE) == date(2026, 7, 1)
