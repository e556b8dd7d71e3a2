"""From signing in to an answer and a note with nothing but a keyboard, on a phone where bars stick to the window.

Every stop shows its focus, and no bar lies over it (WCAG 2.4.7, 2.4.11); single keys can be switched off (2.1.4).
"""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import PASSWORD
from tests.browser.test_accessible import FOCUSABLE, STOP

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
# Its label or words, without the signs that keep words together.
NAME = """() => {
    const e = document.activeElement;
    if (e === document.body) return '';
    const said = e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '';
    return said.replaceAll('\\u2060', '').replace(/\\s+/g, ' ').trim();
}"""
LISTENING = "article[tabindex]"  # a script made the posts ready for single keys
AT = "() => document.activeElement.id"
WORDS = "Bij ons in Brugge ging dat ook zo: jkr?"


def step(page: Page, key: str = "Tab") -> str:
    """Press a key, and be where the focus shows and nothing lies over it; what stands there."""
    page.keyboard.press(key)
    name = page.evaluate(NAME)
    shows, over = page.evaluate(STOP)
    assert shows is not False, f"no focus shows on {name}"
    assert over is None, f"covered: {name}"
    return name


def walk_to(page: Page, name: str, most: int = 80, key: str = "Tab") -> None:
    """Press a key until this has the focus."""
    met = []
    while not (met and met[-1].startswith(name)):
        assert len(met) < most, f"{name} is not among {met}"
        met.append(step(page, key))


def enter(page: Page, where: str) -> None:
    """Press Enter, and wait for the page that it leads to."""
    with page.expect_navigation(url=re.compile(where)):
        page.keyboard.press("Enter")


def sign_in(page: Page, who: str) -> None:
    """Sign in, where the first field waits for what is typed; on the next page the first stop skips the menu."""
    page.goto("/accounts/sign-in")
    assert page.evaluate(NAME).startswith("E-mail")
    page.keyboard.type(f"{who}@demo.leerkring.example")
    walk_to(page, "Wachtwoord", most=2)
    page.keyboard.type(PASSWORD)
    enter(page, r"/$")
    assert step(page) == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert page.evaluate(AT) == "content"


@pytest.mark.parametrize(
    ("who", "phone"), [("griet", True), pytest.param("pieter", False, marks=pytest.mark.proof)]
)
def test_a_story_is_found_read_answered_and_kept_with_keys_alone(open_page, who, phone):
    words = f"{WORDS} ({who})"
    page = open_page(phone=phone)
    sign_in(page, who)
    elsewhere = page.get_by_role("region", name=re.compile("^Uit andere steden"))
    title = elsewhere.get_by_role("heading", level=3).first.inner_text()
    walk_to(page, title)
    enter(page, r"/threads/\d+-")
    thread = page.url
    page.locator(LISTENING).first.wait_for()
    assert title in page.inner_text("h1")
    posts = [step(page, "j"), step(page, "j"), step(page, "k")]
    assert posts[0] == posts[2] != posts[1]
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Toetsen op deze pagina").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0

    page.keyboard.press("r")
    assert page.get_by_text(re.compile("Je antwoordt op .*, bijdrage")).is_visible()
    page.keyboard.type(words)
    assert page.get_by_role("textbox", name="Je antwoord").input_value() == words
    rules = "Ik aanvaard deze huisregels"  # asked once, with the first words in a space
    if page.get_by_label(rules).count():
        walk_to(page, rules, most=8, key="Shift+Tab")
        page.keyboard.press("Space")
    walk_to(page, "Plaats antwoord", most=20)
    enter(page, r"#post-\d+")
    page.locator(LISTENING).first.wait_for()
    assert page.get_by_role("article").get_by_text(words).is_visible()

    step(page, "k")
    walk_to(page, "Meer over bijdrage", most=12)
    page.keyboard.press("Enter")
    walk_to(page, "Bewaar met een notitie", most=4)
    enter(page, "/bookmark$")
    walk_to(page, "Je notitie bij deze bijdrage")
    page.keyboard.type("Vragen aan de ploeg")
    walk_to(page, "Bewaren", most=2)
    enter(page, "/threads|/bookmarks")
    page.goto("/bookmarks")
    assert title in page.inner_text("main")
    assert "Vragen aan de ploeg" in page.inner_text("main")

    walk_to(page, "Profiel")
    enter(page, "/settings/profile")
    walk_to(page, "Losse toetsen")
    page.keyboard.press("Space")
    walk_to(page, "Bewaar", most=2)
    enter(page, "/settings/profile")
    page.goto(thread)
    page.locator(".position .here").first.wait_for(state="attached")
    page.keyboard.type("j?r")
    assert page.evaluate(AT) == ""
    assert page.get_by_role("dialog").count() == 0
    walk_to(page, "Naar de inhoud")
    walk_to(page, "Naar de inhoud", most=page.evaluate(FOCUSABLE) + 12)


def test_arrows_go_from_place_to_place_of_the_map_and_tab_goes_on_as_ever(town, open_page):
    page = open_page("sofie")
    page.goto("/coverage")
    page.wait_for_load_state("networkidle")
    where = """() => { const cell = document.activeElement.closest('td');
        return cell && [cell.parentElement.rowIndex, cell.cellIndex]; }"""
    page.locator(".shelf td a").first.focus()
    assert page.evaluate(where) == [1, 1]
    for key, place in (
        ("ArrowRight", [1, 2]), ("ArrowDown", [2, 2]), ("End", [2, 4]), ("ArrowRight", [2, 4]), ("Home", [2, 1]),
        ("ArrowUp", [1, 1]), ("ArrowUp", [1, 1]), ("Control+ArrowRight", [1, 1]), ("a", [1, 1]),
    ):  # fmt: skip
        step(page, key)
        assert page.evaluate(where) == place, key
    step(page)
    assert page.evaluate(where) in ([1, 1], [1, 2])
