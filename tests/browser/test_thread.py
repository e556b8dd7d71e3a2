"""What scripts add to a thread: selected words are quoted, a link answers in place, single keys; links without them."""

import re

import pytest
from playwright.sync_api import expect

from forum.infra.db import db
from forum.models.drafts import Draft
from tests.browser import places

pytestmark = pytest.mark.browser
# The words from the first mention of `begin` in post `number`, so many characters of them.
SELECT = """([number, begin, length]) => {
    const words = document.querySelector(`#post-${number} [data-words] p`).firstChild;
    const start = words.data.indexOf(begin);
    const range = document.createRange();
    range.setStart(words, start);
    range.setEnd(words, start + length);
    document.activeElement.blur();
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""
FOCUSED = "document.activeElement.id"


@pytest.fixture
def opened(open_page, town):
    """A thread, as Yasmina reads it, who began nothing there."""
    with town.app.app_context():
        db.session.execute(db.delete(Draft))
        db.session.commit()
        db.session.remove()
    page = open_page("yasmina")
    page.goto(places.thread(town.app), wait_until="networkidle")
    page.locator("[data-answer]").first.wait_for()
    return page


def test_selected_words_are_quoted_by_their_place_and_previewed_as_words(opened):
    first = opened.evaluate(
        "document.querySelector('#post-2 [data-words] p').firstChild.data.trimStart().slice(0, 30)"
    )
    opened.evaluate(SELECT, [2, first, 30])
    bar = opened.locator("[data-quote-bar]")
    bar.wait_for(state="visible")
    bar.locator("button").click()
    typed = opened.input_value("#answer textarea[name=body]")
    letters = len("".join(first.split()))
    assert re.fullmatch(rf"\[(quote|citaat) 2: 0-{letters}\]\n\n", typed)
    assert bar.is_hidden()
    shown = opened.locator(".quoting blockquote")
    expect(shown).to_have_text(first.strip())
    opened.keyboard.type("So do we.")
    opened.locator("#answer [role=tab]").nth(1).click()
    opened.locator(".sheet__preview blockquote").wait_for()
    assert opened.locator(".sheet__preview blockquote").inner_text().strip() == first.strip()
    opened.locator("#answer [role=tab]").nth(0).click()
    opened.fill("#answer textarea[name=body]", "So do we.")
    expect(shown).to_have_count(0)


def test_a_link_answers_one_post_in_place_and_can_be_taken_back(opened):
    opened.fill("#answer textarea[name=body]", "Half a sentence")
    opened.locator("#post-2 [data-answer]").click()
    box = opened.locator("[data-answering]")
    assert (box.is_visible(), opened.input_value("#answer [name=answers]")) == (True, "2")
    assert opened.input_value("#answer textarea[name=body]") == "Half a sentence"
    box.locator("[data-clear]").click()
    assert (box.is_hidden(), opened.input_value("#answer [name=answers]")) == (True, "")


def test_single_keys_move_answer_and_explain_but_not_in_a_field(opened):
    for key, expected in (("j", "post-1"), ("j", "post-2"), ("k", "post-1"), ("j", "post-2")):
        opened.keyboard.press(key)
        assert opened.evaluate(FOCUSED) == expected
    opened.keyboard.press("r")
    assert opened.input_value("#answer [name=answers]") == "2"
    opened.keyboard.type("jk?r")
    assert opened.input_value("#answer textarea[name=body]") == "jk?r"
    opened.evaluate("document.activeElement.blur()")
    opened.keyboard.press("?")
    assert opened.locator("[data-keys]").is_visible()
    opened.keyboard.press("Escape")
    assert opened.locator("[data-keys]").is_hidden()


def test_who_comes_back_on_this_device_can_go_on_where_they_were(opened, open_page):
    resume = opened.locator("[data-resume]")
    assert resume.is_hidden()
    last = opened.evaluate("[...document.querySelectorAll('[data-post]')].at(-1).id")
    opened.evaluate(f"document.getElementById('{last}').scrollIntoView({{block: 'start'}})")
    opened.locator(f".position a[href='#{last}'][aria-current]").first.wait_for(state="attached")
    address = opened.url.split("?")[0].split("#")[0]
    opened.goto("/threads")
    opened.goto(address, wait_until="networkidle")
    resume.wait_for(state="visible")
    assert resume.locator("a").get_attribute("href") == f"#{last}"
    stored = opened.evaluate("JSON.stringify({ ...localStorage })")
    other = open_page("sofie")
    other.goto("/threads")
    other.evaluate("(stored) => Object.assign(localStorage, JSON.parse(stored))", stored)
    other.goto(address, wait_until="networkidle")
    other.locator(".position a[aria-current]").first.wait_for(state="attached")
    assert other.locator("[data-resume]").is_hidden(), "another account on the same device"


def test_without_scripts_the_page_answers_and_quotes_by_links(open_page, town):
    page = open_page("yasmina", java_script_enabled=False)
    page.goto(places.thread(town.app))
    page.locator("#post-2 [data-answer]").click()
    assert page.locator("[data-answering]").is_visible()
    page.goto(places.thread(town.app))
    page.locator("#post-2 [data-quote]").click()
    page.locator("input[name=sentence]").first.check()
    page.locator("button[name=choose]").click()
    assert re.match(r"\[(quote|citaat) 2: 0-\d+\]", page.input_value("#answer textarea[name=body]"))


def test_on_paper_stand_the_words_and_no_buttons(opened):
    post, unpressed = opened.locator("#post-2"), opened.locator(".echo:not(:has(.echo__n))")
    assert unpressed.count(), "nobody said one of the three yet"
    expect(unpressed.first).to_be_visible()
    opened.emulate_media(media="print")
    expect(post).to_be_visible()
    for left_out in (unpressed.first, opened.locator(".acts").first, opened.locator("[data-resume]")):
        expect(left_out).to_be_hidden()
