"""The search field: a single key leads to it where that is not switched off; all of it works without scripts."""

import pytest

pytestmark = pytest.mark.browser
FIELD = "header input[name=q]"


def focused(page) -> bool:
    return page.evaluate(f"document.activeElement === document.querySelector('{FIELD}')")


def test_a_slash_leads_to_the_field_but_is_typed_in_any_other(open_page):
    page = open_page("els")
    page.goto("/threads/new")
    page.fill("[name=body]", "")
    page.focus("[name=body]")
    page.keyboard.press("/")
    assert (page.input_value("[name=body]"), focused(page)) == ("/", False)
    page.goto("/threads")
    page.keyboard.press("Control+/")
    assert not focused(page)
    page.keyboard.press("/")
    assert (focused(page), page.input_value(FIELD)) == (True, "")
    page.keyboard.type("bezoek")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=bezoek")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_whoever_switched_single_keys_off_and_a_visitor_keep_their_slash(open_page):
    page = open_page("els")
    page.goto("/settings/profile")
    page.uncheck("[name=shortcuts]")
    page.click("main form button.btn--primary")
    for each in (page, open_page()):
        each.goto("/threads")
        each.keyboard.press("/")
        assert not focused(each)
    page.goto("/settings/profile")
    page.check("[name=shortcuts]")
    page.click("main form button.btn--primary")


def test_a_passage_of_a_search_leads_to_its_post_on_a_phone_without_scripts(open_page):
    page = open_page("els", phone=True, java_script_enabled=False)
    page.goto("/lessons")
    page.click("header a.only-phone[href='/search']")
    page.fill("#q", "bezoek")
    page.click(".searchbox button")
    assert page.locator("mark").count() >= 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("details.filters > summary")
    page.click("#filter-kind a >> text=Gesprekken")
    page.click(".filters__found a")
    link = page.locator(".hits a").first
    number = link.get_attribute("href").rpartition("#post-")[2]
    link.click()
    assert page.locator(f"#post-{number}").is_visible()
