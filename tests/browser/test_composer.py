"""A story on a phone in at most six steps, with and without scripts, in both languages; and what is pointed out."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.conftest import PHONE
from tests.browser.spoken import LANGUAGES, speaking

pytestmark = pytest.mark.browser
COMPOSER = "/spaces/antwerpen/threads/new"
SEND = ".sendbar .btn--primary"
WORDS = {
    "nl": {"where": "In Antwerpen, te lezen door", "care": "Even kijken naar mensen", "show": "Toon de plek"},
    "en": {
        "where": "In Antwerpen, to be read by",
        "care": "Think of the people you write about",
        "show": "Show the place",
    },
}
MOST = 6


@dataclass
class Steps:
    """What somebody does on a page, counted: a tap, and a field that is finished."""

    page: Page
    count: int = 0

    def tap(self, what: str) -> None:
        """Tap on the middle of what is seen there, scrolled to by thumb."""
        self.count += 1
        self.page.locator(what).first.click()

    def write(self, field: str, words: str) -> None:
        """Fill in a field that is empty, key by key."""
        self.count += 1
        place = self.page.locator(field)
        assert place.input_value() == ""
        place.press_sequentially(words)


def is_in_view(what: Locator) -> bool:
    """Whether all of it is within the screen of the phone, as it is scrolled now."""
    box = what.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"]


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_home_to_posted_in_six_steps(town, open_page, language, scripts):
    with speaking(town, "yasmina", language):
        page = open_page("yasmina", phone=True, java_script_enabled=scripts)
        page.goto("/")
        steps = Steps(page)
        steps.tap(".tabbar__write")
        page.wait_for_url("**/threads/new")
        assert page.locator("input[name=axis]:checked").count() == 0
        steps.write("textarea[name=body]", "We belden eerst en stonden daarna aan de deur.")
        steps.write("input[name=title]", f"Eerst bellen {language} {scripts}")
        steps.tap(".segments--needs label:has-text('e')")
        steps.tap(".themes .choice:has(input[value='solidaire-stadspolis'])")
        assert is_in_view(page.locator(SEND))
        steps.tap(SEND)
        page.wait_for_url(lambda url: "/threads/" in url and "new" not in url)
    assert page.inner_text("h1") == f"Eerst bellen {language} {scripts}"
    assert steps.count <= MOST


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_that_sends_is_in_view_when_it_opens_and_with_the_readers_unfolded(
    town, open_page, language, scripts
):
    with speaking(town, "yasmina", language):
        page = open_page("yasmina", phone=True, java_script_enabled=scripts)
        page.goto(COMPOSER)
        if scripts:
            page.locator("markdown-toolbar").wait_for()
        assert page.locator(".reach summary").inner_text().startswith(WORDS[language]["where"])
        assert is_in_view(page.locator(SEND))
        page.click(".reach > summary")
        assert page.locator(".reach[open]").count() == 1
        assert is_in_view(page.locator(SEND))
        page.locator(SEND).click(trial=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_follows_who_is_chosen_to_read_it(town, open_page, language):
    with speaking(town, "yasmina", language):
        page = open_page("yasmina", phone=True)
        page.goto(COMPOSER, wait_until="networkidle")
        sentence = page.locator("[data-reach-who]")
        page.click(".reach > summary")
        network = page.locator("input[name=audience][value=network]")
        said, readers = sentence.inner_text(), network.get_attribute("data-readers")
        assert said != readers
        network.check()
        assert sentence.inner_text() == readers
        page.locator("input[name=audience][value=space]").check()
        assert sentence.inner_text() == said


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_is_pointed_out_before_it_is_posted_and_its_place_is_shown(town, open_page, language, scripts):
    words = "Eerst ging het goed. Mevrouw Peeters bleef alleen."
    with speaking(town, "yasmina", language):
        page = open_page("yasmina", phone=True, java_script_enabled=scripts)
        page.goto(COMPOSER)
        page.fill("textarea[name=body]", words)
        page.fill("input[name=title]", f"Even kijken {language} {scripts}")
        page.check("input[name=axis][value='solidaire-stadspolis']")
        page.click(SEND)
        page.locator(".care").wait_for()
        assert page.inner_text("#care") == WORDS[language]["care"]
        assert page.inner_text(".care mark") == "Mevrouw Peeters"
        assert page.input_value("textarea[name=body]") == words
        if scripts:
            page.wait_for_load_state("networkidle")
        page.get_by_role("link", name=WORDS[language]["show"]).first.click()
        if scripts:
            chosen = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
            assert page.locator("textarea[name=body]").evaluate(chosen) == "Mevrouw Peeters"
        else:
            assert page.url.endswith("#body")
        page.locator(".care__acts button").click()
        page.wait_for_url(lambda url: "/threads/" in url and "new" not in url)
    assert page.inner_text("h1") == f"Even kijken {language} {scripts}"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_title_that_is_offered_stands_in_its_field_however_soon_the_story_was_sent(
    town, open_page, scripts
):
    page = open_page("yasmina", phone=True, java_script_enabled=scripts)
    page.goto(COMPOSER)
    page.check("input[name=axis][value='solidaire-stadspolis']")
    page.fill("textarea[name=body]", f"Snel verstuurd {scripts}. Daarna pas nagedacht.")
    page.click(SEND)  # before the draft was saved: the device has a copy of what went
    page.locator(".error-summary").wait_for()
    if scripts:
        page.wait_for_selector('.composer [data-saved][data-state="kept"]:not([hidden])')
    assert page.input_value("input[name=title]") == f"Snel verstuurd {scripts}."
    assert page.input_value("textarea[name=body]") == f"Snel verstuurd {scripts}. Daarna pas nagedacht."
    page.click(SEND)
    page.wait_for_url(lambda url: "/threads/" in url and "new" not in url)
    assert page.inner_text("h1") == f"Snel verstuurd {scripts}."
