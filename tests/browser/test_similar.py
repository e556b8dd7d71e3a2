"""What is near: under a title while it is typed, and at the foot of a thread and a lesson, on a phone and a desktop."""

import pytest

from tests.browser import places
from tests.browser.conftest import PHONE
from tests.browser.test_accessible import found_on

pytestmark = pytest.mark.browser
COMPOSER = "/spaces/antwerpen/threads/new"
BOX = "[data-similar]"
SAID = ".field:has([name=title]) [role=status]"


def shown(page):
    return page.locator(f"{BOX} .linkrow__title").all_inner_texts()


@pytest.mark.parametrize("phone", [True, False])
def test_what_is_there_already_comes_while_a_title_is_typed_and_goes_with_it(open_page, phone):
    page = open_page("yasmina", phone=phone, dark=phone)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "similar" in request.url else None)
    page.goto(COMPOSER, wait_until="networkidle")
    empty = page.locator(BOX).evaluate("box => getComputedStyle(box).display")
    assert (shown(page), empty) == ([], "contents")
    title = page.locator("[name=title]")
    title.press_sequentially("Een wijkbudget voor de jeugd", delay=20)
    page.wait_for_selector(f"{BOX} .linkrow")
    assert shown(page) == ["Wijkbudget: wie het luidst roept, wint"]
    assert len([url for url in asked if url.endswith("/search/similar")]) == 1  # not for each key
    assert title.evaluate("field => field === document.activeElement")
    # Right under the title, also above the keyboard of a phone; it leads to the list.
    said = page.locator(f"{SAID} a")
    assert said.inner_text() == "Hierover is er al 1 gesprek of les."
    below = title.bounding_box()
    assert 0 <= said.bounding_box()["y"] - below["y"] - below["height"] < 24
    said.click()
    assert page.locator(f"{BOX} .linkrow").evaluate("row => row.getBoundingClientRect().top < innerHeight")
    title.focus()
    assert found_on(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= (PHONE["width"] if phone else 1280)
    link = page.locator(f"{BOX} .linkrow")
    assert link.bounding_box()["height"] >= 44
    with page.context.expect_page() as opened:
        link.click()
    assert "/threads/" in opened.value.url
    opened.value.close()
    assert title.input_value() == "Een wijkbudget voor de jeugd"
    title.fill("")
    page.wait_for_function("() => !document.querySelector('[data-similar] .linkrow')")
    assert page.locator(SAID).inner_text() == ""


def test_an_answer_for_other_words_is_dropped_and_without_a_network_nothing_happens(open_page):
    page = open_page("yasmina")
    page.goto(COMPOSER, wait_until="networkidle")
    held = []
    page.route("**/search/similar", lambda route: held.append(route))
    title = page.locator("[name=title]")
    title.fill("Een wijkbudget voor de jeugd")
    page.wait_for_timeout(900)
    title.fill("Iets waar niemand over schreef")
    page.wait_for_timeout(900)
    assert len(held) == 2
    held[1].continue_()
    held[0].continue_()
    page.wait_for_timeout(600)
    assert shown(page) == []
    page.unroute("**/search/similar")
    page.context.set_offline(True)
    title.fill("Een wijkbudget voor de jeugd")
    page.wait_for_timeout(900)
    assert shown(page) == []
    page.context.set_offline(False)
    title.fill("Een wijkbudget voor de jeugd!")
    page.wait_for_selector(f"{BOX} .linkrow")


def test_without_scripts_a_button_brings_it_and_keeps_what_was_typed(open_page):
    page = open_page("yasmina", phone=True, java_script_enabled=False)
    page.goto(COMPOSER)
    page.fill("[name=title]", "Een wijkbudget voor de jeugd")
    page.fill("[name=body]", "Het begon op het plein.")
    page.click("button[name=similar]")
    assert shown(page) == ["Wijkbudget: wie het luidst roept, wint"]
    assert page.input_value("[name=title]") == "Een wijkbudget voor de jeugd"
    assert page.input_value("[name=body]") == "Het begon op het plein."


@pytest.mark.parametrize("phone", [True, False])
def test_the_foot_of_a_thread_and_a_lesson_is_filled_when_it_comes_near(open_page, town, phone):
    page = open_page("yasmina", phone=phone)
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if request.url.endswith("/related") else None
    )
    for address in ("/lessons/les-2026-004", places.thread(town.app)):
        asked.clear()
        page.goto(address, wait_until="networkidle")
        foot = page.locator("main .similar")
        if foot.bounding_box()["y"] > 2 * page.viewport_size["height"]:
            assert asked == []
        foot.scroll_into_view_if_needed()
        page.wait_for_selector("main .similar .linkrow")
        assert foot.locator("h2").inner_text() == "Lees ook"
        assert 1 <= foot.locator(".linkrow").count() <= 3
        assert len(asked) == 1
        assert found_on(page) == []
        page.emulate_media(media="print")
        assert not foot.is_visible()
        page.emulate_media(media="screen")


def test_the_link_goes_where_nothing_is_related(open_page):
    page = open_page()  # a visitor, who reads none of the threads behind it
    page.goto("/lessons/les-2026-001", wait_until="networkidle")
    page.locator("main .similar a").scroll_into_view_if_needed()
    page.wait_for_function("() => !document.querySelector('main .similar a')")
    assert page.locator("main .similar").inner_text() == ""


def test_the_link_stays_for_who_saves_data_and_where_there_is_no_script(open_page):
    saving = open_page()
    saving.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    for page in (saving, open_page(java_script_enabled=False)):
        page.goto("/lessons/les-2026-001")
        link = page.locator("main .similar a")
        link.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        assert link.inner_text() == "Verwante gesprekken en lessen"
        link.click()
        page.wait_for_url("**/related")
        assert page.locator("[data-rows] .linkrow, .empty").count() >= 1
