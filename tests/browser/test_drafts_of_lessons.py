"""The forms of the workbench lose no word, whichever way somebody leaves them."""

import pytest

from tests.browser import places
from tests.browser.writing import entries, wait_for_copy

pytestmark = pytest.mark.browser
TEXT = "#lesson-text"
NOTE = f"{TEXT} [data-saved]"
AWAY = (
    'main button[name=then][form="lesson-text"]:visible'  # tabs, previews, what is missing: they save first
)


@pytest.fixture
def draft(town, open_page):
    """A page of sofie, who just began a lesson; and its address."""
    page = open_page("sofie")
    page.goto(places.thread(town.app, city="antwerpen"))
    begin = "() => document.querySelector('main form[action$=\"/lessons\"]').requestSubmit()"
    with page.expect_navigation():
        page.evaluate(begin)
    if "/workbench/" not in page.url:  # lessons that resemble the thread were shown first
        with page.expect_navigation():
            page.evaluate(begin)
    return page, page.url.split("?")[0]


@pytest.mark.parametrize(
    "step", [pytest.param(1, id="all", marks=pytest.mark.proof), pytest.param(4, id="every fourth")]
)
def test_the_text_of_a_lesson_survives_each_tab_preview_and_button(draft, step):
    page, address = draft
    page.goto(f"{address}?part=text")
    ways = page.locator(AWAY).count()
    assert ways >= 5
    for number in range(0, ways + 1, step):
        page.goto(f"{address}?part=text")
        page.fill("textarea[name=unknowns]", f"Nog niet geweten: {number}")
        away = (
            page.locator(AWAY).nth(number)
            if number < ways
            else page.locator(f"{TEXT} .sendbar .btn:not(.btn--plain)")
        )
        with page.expect_navigation():
            away.click()
        page.goto(f"{address}?part=text")
        assert page.input_value("textarea[name=unknowns]") == f"Nog niet geweten: {number}"
    wait_for_copy(page, gone=True)


def state(page, which):
    """What is said of the saving, once it is that; a page begins with the day on which it was saved before."""
    hour = ":has-text(' om ')" if which == "kept" else ""
    page.wait_for_selector(f'{NOTE}[data-state="{which}"]{hour}')
    return page.inner_text(NOTE)


def test_the_text_of_a_lesson_saves_itself_and_says_so_and_loses_nothing_that_cannot_be_saved(draft):
    page, address = draft
    page.goto(f"{address}?part=text")
    page.fill("textarea[name=advice_field]", "Bel eerst.")
    page.check("input[name=outcome][value=mixed]")
    page.fill("input[name=conditions]", "er is een ploeg")
    page.press("input[name=conditions]", "Enter")
    page.keyboard.type("er is een sleutel")
    wait_for_copy(page, gone=True)
    assert "Bewaard om" in state(page, "kept")
    assert "3 van 6 ingevuld" in page.inner_text("#lesson-text h2")
    # Nothing was pressed, and nothing is a draft of its own: it is in the lesson.
    page.goto(f"{address}?part=text")
    assert page.input_value("textarea[name=advice_field]") == "Bel eerst."
    assert page.is_checked("input[name=outcome][value=mixed]")
    lines = page.locator("input[name=conditions]")
    assert [each.input_value() for each in lines.all()] == ["er is een ploeg", "er is een sleutel", ""]
    assert page.locator("main .notice").count() == 0
    # What is too long is not saved, and not lost either.
    page.fill("textarea[name=title]", "n" * 112)
    assert page.inner_text("[data-counts=title]") == "12 tekens te veel"
    assert "Niet bewaard: Titel" in state(page, "refused")
    page.goto("/lessons")
    page.goto(f"{address}?part=text")
    if page.input_value("textarea[name=title]") != "n" * 112:
        page.click("main .notice a:has-text('Ga ermee verder')")
    assert page.input_value("textarea[name=title]") == "n" * 112
    page.fill("textarea[name=title]", "Bel eerst")
    state(page, "kept")
    page.goto("/drafts")
    assert "nnnn" not in page.inner_text("main")


def test_two_who_write_in_one_field_see_both_texts_and_other_fields_are_put_together(draft, open_page):
    page, address = draft
    other = open_page("sofie")
    for each in (page, other):
        each.goto(f"{address}?part=text")
    other.fill("textarea[name=one_sentence]", "Van daar.")
    state(other, "kept")
    page.fill("textarea[name=unknowns]", "Van hier.")
    state(page, "kept")
    other.fill("textarea[name=unknowns]", "Nog van daar.")
    assert "werd ook ergens anders veranderd" in state(other, "refused")
    with other.expect_navigation():
        other.click("[data-compare]")
    assert "Van hier." in other.inner_text("main")
    assert other.input_value("textarea[name=unknowns]") == "Nog van daar."
    page.reload()
    assert page.input_value("textarea[name=unknowns]") == "Van hier."
    assert page.input_value("textarea[name=one_sentence]") == "Van daar."


@pytest.mark.proof
def test_several_forms_on_one_page_are_several_drafts(draft):
    page, address = draft
    page.goto(f"{address}?part=claims")
    page.fill("#new-claim input[name=text]", "De eerste stelling")
    page.press("#new-claim input[name=text]", "Enter")
    page.wait_for_selector(".draft-claim >> text=De eerste stelling")
    page.fill("#new-claim input[name=text]", "Een half geschreven tweede")
    page.click(".draft-claim details summary")
    page.fill(".draft-claim details [name=text]", "De eerste stelling, beter gezegd")
    for form in ("#new-claim", ".draft-claim form[data-draft]"):
        page.wait_for_selector(f'{form} [data-saved][data-state="kept"]')
    assert entries(page) == []
    page.goto("/drafts")
    said = page.inner_text("main")
    assert "Een half geschreven tweede" in said
    assert "De eerste stelling, beter gezegd" in said
