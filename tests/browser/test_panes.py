"""Words become excerpts beside the draft: by keyboard, by thumb, and without a script."""

import re
from contextlib import contextmanager

import pytest

from tests.browser.conftest import PHONE
from tests.browser.selecting import workplace
from tests.browser.test_accessible import in_both_themes
from tests.conftest import copied_database

pytestmark = pytest.mark.browser
SECOND = "Ondanks alles: het werkte niet."
AT = "() => document.activeElement.value"
PICKED = ".sentence:has(:checked)"
SAID = "[data-said]"
FOOT = "bar => Math.round(innerHeight - bar.getBoundingClientRect().bottom)"


@pytest.fixture(scope="module")
def served(migrated, tmp_path_factory, chromium):
    folder = tmp_path_factory.mktemp("panes")
    with workplace(copied_database(migrated, folder), folder, chromium) as desk:
        yield desk


@pytest.fixture
def desk(served):
    served.forget(keep=2)
    return served


@contextmanager
def seen_by(desk, **options):
    """A page of the same member in another browser."""
    browser = desk.page.context.browser
    context = browser.new_context(
        base_url=desk.base, storage_state=desk.page.context.storage_state(), **options
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    try:
        yield page
    finally:
        context.close()


def go(page, address: str) -> None:
    """Open a page and wait for its scripts: until they are there a link is a link."""
    page.goto(address)
    page.wait_for_load_state("networkidle")


def recorded(desk) -> dict[tuple[int, str], str]:
    """The words that a claim got, with their stance, without those that were there."""
    return {
        (desk.claim_ids.index(claim_id) + 1 if claim_id in desk.claim_ids else 0, words): stance
        for (claim_id, _place), (words, stance) in desk.excerpts().items()
        if words not in ("De eerste keer", "20")
    }


def test_keys_alone_pick_extend_record_and_let_go(desk):
    page = desk.page
    go(page, desk.address)
    page.keyboard.press("1")
    assert recorded(desk) == {}, "nothing is picked"
    page.locator("#source-2 [data-cite]").focus()
    page.keyboard.press("Enter")
    boxes = page.locator("#source-2 .sentence input")
    assert page.evaluate(AT) == boxes.nth(0).input_value(), "the cursor stands on the first sentence"
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Space")
    assert page.locator(PICKED).all_inner_texts() != []
    bar = page.locator("[data-stance-bar]")
    assert bar.is_visible()
    assert SECOND in bar.evaluate("bar => bar.previousElementSibling.innerText"), (
        "it stands under their paragraph"
    )
    before = page.locator("[data-claim-number]").inner_text()
    page.keyboard.press("[" if before == "2" else "]")
    chosen = page.locator("[data-claim-number]").inner_text()
    assert chosen != before
    at = page.evaluate(AT)
    page.keyboard.press("3")
    page.wait_for_selector(f"{SAID}:has-text('{chosen}')")
    assert len(recorded(desk)) == 1
    ((number, words),) = recorded(desk)
    assert str(number) == chosen
    assert re.sub(r"\s+", " ", words).startswith("De eerste keer: het werkte niet 👩‍🌾. Ondanks alles")
    assert page.evaluate(AT) == at, "the cursor stays on its sentence"
    assert page.locator("#source-2 .used--contradicts").count()
    assert f"claim {chosen}" in page.locator("#source-2 .source__use").inner_text()
    page.keyboard.press(" ")
    assert bar.is_visible()
    page.keyboard.press("Escape")
    assert bar.is_hidden()
    assert page.locator(PICKED).count() == 0
    page.locator("#new-claim input[name=text]").fill("")
    page.locator("#new-claim input[name=text]").press("1")
    assert page.locator("#new-claim input[name=text]").input_value() == "1", "in a field a key is a letter"


def test_no_single_key_does_anything_for_who_switched_them_off(desk):
    page = desk.page
    go(page, desk.address)
    page.evaluate("() => { document.querySelector('[data-workbench]').dataset.shortcuts = ''; }")
    page.reload()
    go(page, "/settings/profile")
    page.locator("input[name=shortcuts]").uncheck()
    page.locator("main form button.btn--primary").first.click()
    try:
        go(page, f"{desk.address}?part=thread&cite=2")
        page.locator("#source-2 .sentence").first.click()
        page.keyboard.press("1")
        page.wait_for_timeout(300)
        assert recorded(desk) == {}
        assert page.locator("[data-stance-bar] kbd").first.is_hidden()
        page.locator("[data-stance=supports]").click()
        page.wait_for_selector(f"{SAID}:not(:empty)")
        assert len(recorded(desk)) == 1
    finally:
        go(page, "/settings/profile")
        page.locator("input[name=shortcuts]").check()
        page.locator("main form button.btn--primary").first.click()


def test_a_post_that_is_used_stays_where_it_was_picked_among_those_that_are_not(desk):
    page = desk.page
    go(page, f"{desk.address}?part=thread&posts=unused")
    post = page.locator(".source").first
    post.locator("[data-cite]").click()
    post.locator(".sentence").first.click()
    page.locator("[data-stance=supports]").click()
    page.wait_for_selector(f"{SAID}:not(:empty)")
    assert len(recorded(desk)) == 1
    assert post.is_visible()
    number = post.get_attribute("data-number")
    go(page, f"{desk.address}?part=thread&posts=unused")
    assert page.locator(f"#source-{number}").count() == 0
    go(page, f"{desk.address}?part=thread&posts=used")
    assert page.locator(f"#source-{number} .used").count()


def test_a_thumb_taps_a_sentence_and_the_dock_takes_the_place_of_the_menu(desk):
    with seen_by(desk, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        go(page, f"{desk.address}?part=thread")
        bar, menu = page.locator("[data-stance-bar]"), page.locator(".tabbar")
        assert menu.is_visible()
        sentences = page.locator("#source-2 :is([data-sentence], .sentence)")
        sentences.nth(2).tap()
        assert bar.is_visible()
        assert menu.is_hidden()
        assert bar.evaluate(FOOT) == 0
        assert page.locator("[data-stance-bar] kbd").first.is_hidden()
        sentences.nth(3).tap()
        assert page.locator(PICKED).count() == 2, "a tap beside it extends"
        sentences.nth(0).tap()
        assert page.locator(PICKED).count() == 1, "one elsewhere begins anew"
        assert [
            height
            for height in bar.locator("button:visible").evaluate_all(
                "all => all.map(one => one.getBoundingClientRect().height)"
            )
            if height < 44
        ] == []
        bar.locator("select").select_option(str(desk.claim_ids[0]))
        assert page.locator("[data-claim-text]").inner_text() == "Eén"
        page.locator("[data-stance=nuances]").tap()
        page.wait_for_selector(f"{SAID}:not(:empty)")
        assert list(recorded(desk).values()) == ["nuances"]
        assert menu.is_visible()
        sentences = page.locator("#source-3 [data-sentence]")
        sentences.nth(0).tap()
        words = page.locator(PICKED).inner_text().strip()
        page.locator("[data-stance=new]").tap()
        page.wait_for_selector(f"{SAID}:has-text('3')")
        assert (0, words) in recorded(desk)
        page.locator("#workbench-tabs a").nth(1).tap()
        assert page.locator(".draft-claim h3").nth(2).inner_text() == words


def test_without_a_script_boxes_and_buttons_of_the_page_do_the_same(desk):
    with seen_by(desk, java_script_enabled=False) as page:
        go(page, desk.address)
        assert page.locator("[data-stance-bar]").is_hidden()
        page.locator("#source-2 [data-cite]").click()
        assert page.url.endswith("#source-2")
        page.locator("[data-stance=supports]").click()
        assert page.locator(".error-summary").is_visible(), "nothing was picked"
        go(page, f"{desk.address}?part=thread&cite=2")
        boxes = page.locator("#source-2 .sentence")
        texts = [boxes.nth(at).inner_text().strip() for at in (0, 1, 3)]
        for at in (0, 1, 3):
            boxes.nth(at).click()
        page.locator("[data-stance=contradicts]").click()
        assert page.url.endswith("#source-2")
        assert page.locator(".flashes").inner_text()
        made = {re.sub(r"\s+", " ", words) for _claim, words in recorded(desk)}
        assert made == {f"{texts[0]} {texts[1]}", texts[2]}, "what stands behind each other is one passage"
        page.locator("#paste summary").click()
        page.fill("#excerpt textarea", "tekst die er niet staat")
        page.locator("#excerpt button").click()
        assert page.input_value("#excerpt textarea") == "tekst die er niet staat"
        page.fill("#excerpt textarea", "Ondanks")
        page.locator("#excerpt button").click()
        assert "Ondanks" in {words for _claim, words in recorded(desk)}


@pytest.mark.timeout(120)
def test_axe_finds_nothing_in_either_pane_and_theme(desk):
    found = []
    for size in ({"width": 1280, "height": 900}, PHONE):
        for address in ("?part=thread", "?part=thread&cite=2", "?part=claims", "?part=thread&posts=unused"):
            with seen_by(desk, viewport=size) as page:
                go(page, f"{desk.address}{address}")
                if "cite" in address:
                    page.locator("#source-2 .sentence").first.click()
                page.evaluate(
                    "() => document.querySelectorAll('main details').forEach(e => { e.open = true; })"
                )
                found += [(size["width"], address, one) for one in in_both_themes(page)]
    assert found == []
