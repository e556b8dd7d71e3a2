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


@pytest.mark.parametrize(
    ("who", "address", "text"),
    [
        ("els", "/lessons", "Wat er al is, en wat ontbreekt"),
        ("els", "/lessons", "Volg nieuwe lessen in een feedlezer"),
        (None, "/lessons", "Feed van de openbare lessen"),
        ("els", "/settings/feeds", "Feed van de openbare lessen"),
        ("els", "/search?q=wijkbuget", "Zoek toch op ‘wijkbuget’"),
        ("els", "/search?q=zzzz", "Kijk wat er al is"),
    ],
)
def test_a_link_that_stands_by_itself_is_as_tall_as_a_thumb(open_page, who, address, text):
    page = open_page(who, phone=True, java_script_enabled=False)
    page.goto(address)
    assert page.get_by_role("link", name=text).bounding_box()["height"] >= 44


def test_the_signs_of_a_search_stand_above_what_they_mean_on_a_narrow_phone_and_beside_it_elsewhere(
    open_page,
):
    for width, is_above in ((320, True), (479, True), (700, False)):
        page = open_page(None, java_script_enabled=False)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/search")
        sign, meaning = (page.locator(f".search__help {tag}").first.bounding_box() for tag in ("dt", "dd"))
        assert (sign["y"] + sign["height"] <= meaning["y"], sign["x"] == meaning["x"]) == (is_above, is_above)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_goes_past_the_filters_by_a_link_that_shows_itself_then(open_page):
    page = open_page("els")
    for address in ("/search?q=bezoek", "/lessons"):
        page.goto(address)
        skip = page.get_by_role("link", name="Sla de filters over")
        assert skip.bounding_box() is None or skip.evaluate("e => getComputedStyle(e).clipPath") != "none"
        skip.focus()
        assert skip.evaluate("e => getComputedStyle(e).clipPath") == "none"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate(
            "!document.activeElement.closest('aside') && !!document.activeElement.closest('main')"
        )


def test_what_is_suggested_while_typing_is_chosen_by_arrows_and_opened_by_enter(open_page):
    page = open_page("els")
    page.goto("/threads")
    field = page.locator(FIELD)
    assert field.get_attribute("role") is None
    field.press_sequentially("bez")
    options = page.get_by_role("listbox").get_by_role("option")
    options.first.wait_for()
    number = options.count()
    assert 1 <= number <= 8
    assert page.locator("header [role=status]").inner_text() == f"{number} suggestie{'s' * (number != 1)}"
    assert (field.get_attribute("role"), field.get_attribute("aria-expanded")) == ("combobox", "true")
    assert page.locator(f"#{field.get_attribute('aria-controls')}[role=listbox]").count() == 1
    page.keyboard.press("ArrowDown")
    first = options.first
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    assert first.get_attribute("aria-selected") == "true"
    assert (focused(page), field.input_value()) == (True, "bez")
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") == options.last.get_attribute("id")
    page.keyboard.press("Escape")
    assert (field.get_attribute("aria-expanded"), field.input_value(), options.count()) == ("false", "bez", 0)
    page.keyboard.press("ArrowDown")
    options.first.wait_for()
    target = options.first.get_attribute("href")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")


def test_enter_searches_where_nothing_was_chosen_and_leaving_the_field_closes_the_list(open_page):
    page = open_page(phone=True)
    page.goto("/search")
    page.keyboard.type("bez")
    options = page.get_by_role("option")
    options.first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert all(box["height"] >= 44 for box in (each.bounding_box() for each in options.all()))
    page.keyboard.press("Tab")
    assert options.count() == 0
    page.focus("#q")
    page.keyboard.type("o")
    options.first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=bezo")
    page.focus("#q")
    page.keyboard.press("End")
    page.keyboard.type("ek")
    options.first.wait_for()
    target = options.first.get_attribute("href")
    options.first.click()
    page.wait_for_url(f"**{target}")
    page.go_back()
    page.wait_for_url("**/search?q=bezoek")
    assert page.input_value("#q") == "bezoek"


def test_an_answer_that_was_overtaken_by_typing_is_dropped(open_page):
    page = open_page("els")
    held = []
    page.route("**/search/suggest?q=be", lambda route: held.append(route))
    page.goto("/threads")
    page.focus(FIELD)
    with page.expect_request("**/search/suggest?q=be"):
        page.keyboard.type("be")
    page.keyboard.type("zwqx")
    with page.expect_response("**/search/suggest?q=bezwqx"):
        pass
    held[0].continue_()
    page.wait_for_timeout(300)
    assert page.get_by_role("option").count() == 0
