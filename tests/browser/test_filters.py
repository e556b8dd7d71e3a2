"""Filters of long lists on a phone: open where one was changed, without scripts too; a field that means something only
beside another choice."""

import pytest

pytestmark = pytest.mark.browser


OTHER = {
    "/threads": "#filter-voices",
    "/people": "#filter-body",
    "/lessons": "#filter-need",
    "/spaces/netwerkplein": "#filter-need",
}


@pytest.mark.parametrize("address", OTHER)
def test_more_than_one_filter_is_chosen_without_opening_the_panel_again(open_page, address):
    page = open_page("els", phone=True, java_script_enabled=False)
    page.goto(address)
    assert not page.locator("#filter-axis").is_visible()
    page.click("details.filters > summary")
    page.locator("#filter-axis a").first.click()
    chosen = page.locator("#filter-axis a[aria-current]")
    assert chosen.count() == 1
    assert chosen.is_visible()
    box = page.locator("#filter-axis h3").bounding_box()
    assert 0 <= box["y"] < 200, "the page opens where the filter is"
    found = page.locator(".filters__found a")
    assert found.bounding_box()["y"] < 844, "how many are left is in view"
    other = OTHER[address]
    page.locator(f"{other} a:not([aria-current])").first.click()
    assert page.locator(f"{other} a[aria-current]").is_visible()
    assert page.locator("#filter-axis a[aria-current]").count() == 1, "one filter keeps the other"
    page.click(".filters__found a")
    assert not page.locator("#filter-axis").is_visible()
    assert page.locator(".chosen a:not(.chosen__none)").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_short_filters_stand_two_in_a_row_on_a_phone_and_one_on_a_wide_screen(open_page):
    lefts = "each => [...each.querySelectorAll('a, .filter-set__none')].map(one => one.getBoundingClientRect().left)"
    phone, wide = open_page("els", phone=True), open_page("els")
    for page, columns in ((phone, 2), (wide, 1)):
        page.goto("/threads?filters=open")
        assert len(set(page.locator("#filter-need").evaluate(lefts))) == columns
        assert len(set(page.locator("#filter-axis").evaluate(lefts))) == 1
    wide.click("#filter-need a >> nth=0")
    assert wide.evaluate("scrollY") == 0, "the list stays in view beside the filters"


def test_the_last_day_of_a_guest_is_asked_of_guests(open_page):
    page = open_page("sofie", phone=True)
    page.goto("/spaces/antwerpen/members")
    day = page.locator(".invite [name=until]")
    assert not day.is_visible()
    page.select_option(".invite [name=role]", "guest")
    assert day.is_visible()
    day.fill("2099-01-01")
    page.select_option(".invite [name=role]", "member")
    assert not day.is_visible()
    page.fill(".invite [name=email]", "nieuw@stad.example")
    page.click(".invite button")
    assert day.is_visible(), "with what is wrong about it"
    assert "Alleen een gast heeft een laatste dag." in page.inner_text(".invite")
