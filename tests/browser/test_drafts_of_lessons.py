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
        away = page.locator(AWAY).nth(number) if number < ways else page.locator(f"{TEXT} .btn--primary")
        with page.expect_navigation():
            away.click()
        page.goto(f"{address}?part=text")
        assert page.input_value("textarea[name=unknowns]") == f"Nog niet geweten: {number}"
    wait_for_copy(page, gone=True)


def test_the_text_of_a_lesson_that_was_closed_is_offered_with_its_choices(draft):
    page, address = draft
    page.goto(f"{address}?part=text")
    page.fill("textarea[name=recommendation]", "Bel eerst.")
    page.check("input[name=outcome][value=mixed]")
    page.focus("select[name=axis]")
    page.keyboard.press("ArrowDown")
    axis = page.input_value("select[name=axis]")
    page.wait_for_selector(f'{NOTE}[data-state="kept"]')
    page.goto("/lessons")
    page.goto(f"{address}?part=text")
    assert page.input_value("textarea[name=recommendation]") == ""
    page.click("main .notice a:has-text('Ga ermee verder')")
    assert page.input_value("textarea[name=recommendation]") == "Bel eerst."
    assert page.is_checked("input[name=outcome][value=mixed]")
    assert page.input_value("select[name=axis]") == axis


@pytest.mark.proof
def test_several_forms_on_one_page_are_several_drafts(draft):
    page, address = draft
    page.goto(f"{address}?part=claims")
    page.fill("#new-claim input[name=text]", "De eerste stelling")
    page.press("#new-claim input[name=text]", "Enter")
    page.wait_for_selector(".draft-claim >> text=De eerste stelling")
    page.fill("#new-claim input[name=text]", "Een half geschreven tweede")
    page.click(".draft-claim details summary")
    page.fill(".draft-claim details input[name=text]", "De eerste stelling, beter gezegd")
    for form in ("#new-claim", ".draft-claim form[data-draft]"):
        page.wait_for_selector(f'{form} [data-saved][data-state="kept"]')
    assert entries(page) == []
    page.goto("/drafts")
    said = page.inner_text("main")
    assert "Een half geschreven tweede" in said
    assert "De eerste stelling, beter gezegd" in said
