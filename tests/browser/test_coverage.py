"""The map on paper: one sheet, as a table, without what only a screen can do."""

import re

import pytest

pytestmark = pytest.mark.browser
SHEET = {"width": 718, "height": 1000}  # A4 between its margins


def test_the_map_is_a_table_on_one_sheet_of_paper_and_nothing_of_it_is_cut(open_page):
    page = open_page("els")
    page.set_viewport_size(SHEET)
    page.goto("/coverage")
    ask = page.locator(".shelf__words a", has_text="Stel een vraag").first
    assert page.locator(".shelf").evaluate("e => getComputedStyle(e).display") == "block"
    assert ask.is_visible()
    page.emulate_media(media="print")
    assert page.locator(".shelf").evaluate("e => getComputedStyle(e).display") == "table"
    assert not any(each.is_visible() for each in (ask, page.locator(".mapbar"), page.locator("main .more")))
    assert page.evaluate("document.documentElement.scrollWidth") <= SHEET["width"]
    cut = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)"
    assert page.locator(".shelf :is(td, th), .standfirst, .note").evaluate_all(cut) == []
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
