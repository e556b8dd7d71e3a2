"""What scripts add: questions become cues, selected words meet the bar of stances; a promise stands where it holds."""

import pytest

pytestmark = pytest.mark.browser
SELECT = """() => {
    const words = document.querySelector('[data-workbench] [data-start]').firstChild;
    const range = document.createRange();
    range.setStart(words, 0);
    range.setEnd(words, 20);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""

STOPPED = """(field) => {
    field.form.addEventListener('submit', (event) => event.preventDefault(), { once: true });
    field.form.requestSubmit();
}"""


def test_a_question_becomes_a_cue_in_the_text_once(open_page):
    page = open_page()
    page.goto("/design")
    cue = page.locator("[data-prompts] button").first
    cue.click()
    cue.click()
    assert page.input_value("#sample-body").count(cue.inner_text()) == 1
    assert cue.get_attribute("aria-pressed") == "true"


def test_a_question_that_nobody_answered_is_no_heading_and_no_word_is_lost(open_page):
    page = open_page("yasmina")
    page.goto("/spaces/antwerpen/threads/new", wait_until="networkidle")
    page.locator(".aside-fold summary").click()
    first, second, third, *_others = page.locator("[data-prompts] button").all_inner_texts()
    body = page.locator("textarea[name=body]")
    for typed, sent in (
        (
            f"**{first}**\n\n**{second}**\n\nWe rang.\n\n**{third}**\n\n",
            f"**{second}**\n\nWe rang.",
        ),
        (f"**{first}**\n\n**{first}**\n\nWe rang.", f"**{first}**\n\nWe rang."),
    ):
        body.fill(typed)
        body.evaluate(STOPPED)
        assert body.input_value() == sent


def test_selected_words_meet_the_bar_for_the_active_claim(open_page):
    page = open_page()
    page.goto("/design", wait_until="networkidle")
    bar = page.locator("[data-stance-bar]")
    assert bar.is_hidden()
    page.locator("#claim-1").click()
    page.evaluate(SELECT)
    bar.wait_for(state="visible")
    assert bar.locator("[data-claim-number]").inner_text() == "1"
    page.evaluate("getSelection().removeAllRanges()")
    bar.wait_for(state="hidden")


def test_nothing_is_lost_without_scripts(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/design")
    assert page.locator("[data-prompts] li").first.is_visible()
    assert page.locator("[data-stance-bar]").is_hidden()
    assert page.locator("[data-saved]").is_hidden()


def test_the_composer_promises_to_keep_what_is_typed_only_where_the_browser_does(open_page):
    for scripts in (True, False):
        page = open_page("yasmina", java_script_enabled=scripts)
        page.goto("/spaces/antwerpen/threads/new", wait_until="networkidle")
        assert page.locator("[data-draft-kept]").is_visible() == scripts
