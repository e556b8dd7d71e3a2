"""An @ in a text offers who may read it: chosen with keys or by touch, and typed all the same without a script."""

import pytest

from tests.browser.test_accessible import in_both_themes

pytestmark = pytest.mark.browser
COMPOSER = "/spaces/antwerpen/threads/new"
FIELD = "textarea[name=body]"


def type_handle(page, letters):
    page.locator(FIELD).press_sequentially(f"Vraag het aan (@{letters}")
    page.locator("#mentions [role=option]").first.wait_for()


def test_who_may_read_is_chosen_from_a_list_that_the_text_names(open_page):
    page = open_page("yasmina", phone=True, bypass_csp=True)  # for axe
    page.goto(COMPOSER, wait_until="networkidle")
    type_handle(page, "s")
    options = page.locator("#mentions [role=option]")
    field = page.locator(FIELD)
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert in_both_themes(page) == []
    if options.count() > 1:
        page.keyboard.press("ArrowDown")
        assert field.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
        page.keyboard.press("ArrowUp")
    handle = options.first.get_attribute("data-handle")
    page.keyboard.press("Enter")
    assert page.input_value(FIELD) == f"Vraag het aan (@{handle} "
    assert options.count() == 0
    page.keyboard.press("Enter")  # a line end again
    type_handle(page, handle)
    page.keyboard.press("Escape")
    assert (options.count(), field.get_attribute("aria-activedescendant")) == (0, None)
    page.keyboard.press("Backspace")  # who sent the list away for this @ is not offered it again
    page.wait_for_timeout(400)
    assert options.count() == 0
    page.keyboard.type(f"{handle[-1]} ")
    type_handle(page, handle[:3])
    options.first.click()
    asked = f"Vraag het aan (@{handle} "
    assert page.input_value(FIELD) == f"{asked}\n{asked}{asked}"
    page.get_by_role("tab", name="Voorbeeld").click()
    page.locator(".sheet__preview .mention").nth(2).wait_for()
    assert page.evaluate("document.querySelector('.sheet__preview').innerText.includes('@')")
