"""A text before it is posted: a tab where scripts run, a button that sends the form where they do not."""

import pytest

pytestmark = pytest.mark.browser
COMPOSER = "/spaces/antwerpen/threads/new"
TEXT = "Het **lukte** niet.\n\n- een\n- twee"


def test_the_second_tab_shows_the_text_in_place(open_page):
    page = open_page("yasmina", phone=True)
    page.goto(COMPOSER)
    write, preview = page.get_by_role("tab", name="Schrijf"), page.get_by_role("tab", name="Voorbeeld")
    assert write.get_attribute("aria-selected") == "true"
    page.fill("input[name=title]", "Taalstage")
    page.fill("textarea[name=body]", TEXT)
    write.focus()
    page.keyboard.press("ArrowRight")
    panel = page.get_by_role("tabpanel", name="Voorbeeld")
    panel.locator("li").nth(1).wait_for()
    assert panel.locator("strong").inner_text() == "lukte"
    assert panel.locator(".page-title").inner_text() == "Taalstage"
    assert page.locator("textarea[name=body]").is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Voorbeeld"
    page.get_by_text("Het voorbeeld is klaar.").wait_for(state="attached")
    page.keyboard.press("Home")
    assert page.locator("textarea[name=body]").input_value() == TEXT
    page.fill("textarea[name=body]", "")
    preview.click()
    page.locator(".sheet__preview .error").wait_for()
    page.get_by_role("button", name="Plaats je verhaal").click()
    page.locator("#body-error").wait_for()  # the field that misses something is in view, and the rest is kept
    assert page.locator("textarea[name=body]").is_visible()
    assert page.locator("input[name=title]").input_value() == "Taalstage"


def test_without_scripts_the_button_shows_it_above_the_fields_and_posts_nothing(open_page):
    page = open_page("yasmina", phone=True, java_script_enabled=False)
    page.goto(COMPOSER)
    key = page.input_value("input[name=idempotency_key]")
    page.fill("textarea[name=body]", TEXT)
    page.get_by_role("button", name="Voorbeeld").click()
    assert page.locator(".sheet__preview li").count() == 2
    assert page.locator("textarea[name=body]").input_value() == TEXT
    assert page.input_value("input[name=idempotency_key]") == key
    assert page.url.endswith("/spaces/antwerpen/threads")


def test_without_scripts_enter_in_a_line_posts_and_tab_goes_past_the_button_that_does_it(open_page):
    page = open_page("yasmina", phone=True, java_script_enabled=False)
    page.goto(COMPOSER)
    page.locator(".reach summary").focus()
    for _turn in range(3):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == "Voorbeeld":
            break
        assert page.locator(":focus").get_attribute("aria-hidden") is None
    assert page.locator(":focus").inner_text() == "Voorbeeld"
    page.fill("input[name=title]", "Taalstage in de zomer")
    page.fill("textarea[name=body]", TEXT)
    page.locator("input[name=need]").first.check()
    page.check("input[name=axis] >> nth=0")
    page.locator("input[name=title]").press("Enter")
    assert "/threads/" in page.url
    assert page.locator("h1").inner_text() == "Taalstage in de zomer"


def test_a_moderator_types_a_note_on_a_phone_sees_it_and_finds_it_again_after_the_phone_slept(open_page):
    page = open_page("sofie", phone=True)
    page.goto("/spaces/antwerpen/notes/new")
    page.fill("input[name=title]", "Wie bel je")
    page.fill("textarea[name=body]", f"{TEXT}\n\nVraag het @sofie")
    page.wait_for_selector('form.composer [data-saved][data-state="kept"]:not([hidden])')
    page.get_by_role("tab", name="Voorbeeld").click()
    panel = page.get_by_role("tabpanel", name="Voorbeeld")
    panel.locator("li").nth(1).wait_for()
    assert panel.locator(".page-title").inner_text() == "Wie bel je"
    assert panel.locator("a").count() == 0, "a note names nobody"
    other = page.context.new_page()
    page.close()
    other.goto("/spaces/antwerpen/notes/new")
    assert other.input_value("textarea[name=body]").startswith("Het **lukte** niet.")
    other.click("main .notice button:has-text('Gooi het weg')")
    other.goto("/spaces/antwerpen/notes/new")
    assert other.input_value("textarea[name=body]") == ""


def test_where_a_thread_stands_is_kept_while_it_is_typed(open_page):
    page = open_page("sofie", phone=True)
    page.goto("/threads?space=antwerpen")
    page.locator(".overview h4 a").first.click()
    number = page.url.split("/threads/")[1].split("-")[0]
    address = f"/threads/{number}/summary/versions/new"
    page.goto(address)
    page.fill("textarea[name=text]", "Het begint bij het eerste bezoek. [1]")
    page.wait_for_selector('form [data-saved][data-state="kept"]:not([hidden])')
    page.goto("/lessons")
    page.goto(address)
    assert page.input_value("textarea[name=text]") == "Het begint bij het eerste bezoek. [1]"
    page.get_by_role("button", name="Bewaar", exact=True).click()
    page.locator(".standing").wait_for()
    page.goto("/drafts")
    assert "Waar een gesprek" not in page.inner_text("main")
