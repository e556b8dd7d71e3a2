"""The toolbar under a text and the people for an @: by keys and by touch, in both languages; none without scripts."""

import pytest

from tests.browser import places
from tests.browser.spoken import LANGUAGES, speaking
from tests.browser.test_accessible import in_both_themes
from tests.browser.writing import write

pytestmark = pytest.mark.browser
COMPOSER = "/spaces/antwerpen/threads/new"
FIELD = "textarea[name=body]"
TOOLS = "markdown-toolbar"
NAMES = {
    "nl": ("Opmaak", ["Vet", "Cursief", "Lijst", "Citaat", "Link"]),
    "en": ("Formatting", ["Bold", "Italic", "List", "Quotation", "Link"]),
}
SELECT = "([from, to]) => document.querySelector('textarea[name=body]').setSelectionRange(from, to)"
LOW = """() => [...document.querySelectorAll('markdown-toolbar button')]
    .filter(e => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44).length"""
FETCHED = (
    "() => performance.getEntriesByType('resource').filter(e => /vendor|tools|mention/.test(e.name)).length"
)
COVERED = """([over, under]) => {
    const [a, b] = [over, under].map(e => document.querySelector(e).getBoundingClientRect());
    return a.bottom > b.top && a.top < b.bottom && a.right > b.left && a.left < b.right;
}"""


def words_of(page, pressed):
    """What the text is after a button was pressed on "lukte" in it."""
    page.fill(FIELD, "Het lukte niet")
    page.evaluate(SELECT, [4, 9])
    page.locator(TOOLS).get_by_role("button", name=pressed).click()
    assert page.evaluate("document.activeElement.name") == "body"
    return page.input_value(FIELD)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_button_puts_marks_around_the_selected_words_that_the_preview_draws(town, open_page, language):
    with speaking(town, "yasmina", language):
        page = open_page("yasmina", phone=True)
        page.goto(COMPOSER)
        page.locator(TOOLS).wait_for()
    label, names = NAMES[language]
    assert page.get_by_role("toolbar", name=label).count() == 1
    assert page.locator(f"{TOOLS} button").all_inner_texts() == names
    assert page.evaluate(LOW) == 0
    drawn = ("strong", "em", "li", "blockquote", None)
    for name, tag in zip(names, drawn, strict=True):
        text = words_of(page, name)
        if tag is None:
            assert text == "Het [lukte](url) niet"
            page.keyboard.type("https://www.gent.be")  # the address is selected, to be typed
            tag = 'a[href="https://www.gent.be"]'
        page.locator("[role=tab]").nth(1).click()
        shown = page.locator(f".sheet__preview .prose {tag}")
        shown.wait_for()
        assert "lukte" in shown.inner_text(), name
        page.locator("[role=tab]").first.click()


def test_a_button_can_be_undone_and_what_it_does_is_kept_as_what_is_typed(open_page):
    page = open_page("yasmina", phone=True)
    page.goto(COMPOSER, wait_until="networkidle")
    assert words_of(page, "Vet") == "Het **lukte** niet"
    page.wait_for_selector('[data-saved][data-state="kept"]:not([hidden])')
    page.keyboard.press("Control+z")
    assert page.input_value(FIELD) == "Het lukte niet"


def test_the_toolbar_is_one_stop_for_tab_and_arrows_go_through_it(open_page):
    page = open_page("yasmina")
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(COMPOSER)
    page.locator(TOOLS).wait_for()
    page.fill(FIELD, "een\ntwee")
    page.evaluate(SELECT, [0, 8])
    focused = "document.activeElement.textContent"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Vet"
    for key, name in (
        ("ArrowRight", "Cursief"),
        ("End", "Link"),
        ("ArrowRight", "Vet"),
        ("ArrowLeft", "Link"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused) == name
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.input_value(FIELD) == "- een\n- twee"
    assert page.evaluate("document.activeElement.name") == "body"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Lijst"
    page.keyboard.press("Tab")
    assert not page.evaluate("!!document.activeElement.closest('markdown-toolbar')")
    page.locator(FIELD).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" @s")
    page.locator("#mentions").wait_for()
    assert said == []  # the policy of the page refuses nothing of the elements


def test_the_list_names_who_will_read_it_and_hides_neither_the_line_nor_the_button_that_sends(open_page):
    page = open_page("yasmina", phone=True, bypass_csp=True)  # for axe
    page.goto(COMPOSER, wait_until="networkidle")
    page.fill(FIELD, "\n".join("Een regel van het verhaal." for _line in range(14)))
    page.focus(FIELD)
    page.keyboard.press("Control+End")
    page.keyboard.type(" @s")
    page.locator("#mentions [role=option]").first.wait_for()
    field = page.locator(FIELD)
    states = {name: field.get_attribute(f"aria-{name}") for name in ("autocomplete", "haspopup", "controls")}
    assert states == {"autocomplete": "list", "haspopup": "listbox", "controls": "mentions"}
    chosen = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    assert page.locator("#mentions").get_attribute("aria-label") == "Wie dit kan lezen"
    page.wait_for_function(f"!({COVERED})(['#mentions', '.sendbar'])")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for box in page.locator("#mentions [role=option]").all():
        assert box.bounding_box()["height"] >= 44
    assert in_both_themes(page) == []
    page.keyboard.press("Escape")
    assert page.locator("#mentions").count() == 0
    assert field.get_attribute("aria-controls") is None
    page.locator(".sendbar .btn--primary").click(trial=True)


def test_under_a_thread_it_is_fetched_for_who_writes_and_not_for_who_reads(town, open_page):
    page = open_page("wouter", phone=True, bypass_csp=True)
    page.goto(places.thread(town.app), wait_until="networkidle")
    assert page.locator(TOOLS).count() == 0
    assert page.evaluate(FETCHED) == 0
    page.focus("#answer textarea")
    page.locator(TOOLS).wait_for()
    assert page.evaluate(LOW) == 0
    write(page, "Met ")
    page.locator(TOOLS).get_by_role("button", name="Vet").click()
    page.keyboard.type("vrienden")
    assert page.input_value("#answer textarea") == "Met **vrienden**"
    assert not page.evaluate(COVERED, [TOOLS, "#answer .btn--primary"])
    assert in_both_themes(page) == []


def test_a_change_of_a_post_has_the_toolbar_too(town, open_page):
    page = open_page("sofie")
    page.goto(places.thread(town.app, city="antwerpen"), wait_until="networkidle")
    own = page.locator('a[href*="/revisions/new"]').first
    if own.count():
        page.goto(own.get_attribute("href"))
    else:
        page.goto("/design")
        page.locator("[data-sheet] textarea").first.focus()
    page.locator(TOOLS).first.wait_for()


def test_without_scripts_there_is_no_toolbar_and_the_line_says_how(open_page):
    page = open_page("yasmina", phone=True, java_script_enabled=False)
    page.goto(COMPOSER)
    assert page.locator(TOOLS).count() == 0
    assert page.locator("button", has_text="Cursief").count() == 0
    assert "Markdown mag: **vet**" in page.locator("#body-hint").inner_text()
