"""The main job on a phone, in Dutch, in a real browser: from a story to the mail, and out of it again."""

from datetime import timedelta

import pytest

from forum.domain.digests import windows
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from tests.browser.selecting import SELECT_WORDS

pytestmark = pytest.mark.browser
TITLE = "Eerst bellen, dan aanbellen"
LESSON = "Bel eerst, en sta dan aan de deur"
WORDS = "Van de twintig gezinnen deden er zeventien open."
STORY = f"We belden elke bewoner zelf op voor we aan de deur stonden.\n\n{WORDS} Zonder telefoontje waren dat er zes."


def post_story(page) -> str:
    page.goto("/")
    page.click(".tabbar__write")
    assert "/spaces/antwerpen/" in page.url
    page.fill("input[name=title]", TITLE)
    page.fill("textarea[name=body]", STORY)
    page.click(".reach > summary")
    page.check('input[name=audience][value="network"]')
    page.check('input[name=axis][value="solidaire-stadspolis"]')
    page.click("main form.composer button.btn--primary")
    page.wait_for_url("**/threads/*")
    assert TITLE in page.inner_text("h1")
    return page.url


def make_lesson(page, thread: str) -> str:
    page.goto(thread)
    with page.expect_navigation():
        page.evaluate("() => document.querySelector('main form[action$=\"/lessons\"]').requestSubmit()")
    draft = page.url
    page.click("#workbench-tabs nav > :last-child")
    page.fill("main form[action$='/claims'] input[name=text]", "Wie eerst belt, raakt vaker binnen")
    page.click("main form[action$='/claims'] button")
    page.click('main a[href*="part=thread"]')
    assert page.evaluate(SELECT_WORDS, WORDS)
    page.keyboard.press("1")
    page.wait_for_selector("[data-said]:not(:empty)")
    page.click("#workbench-tabs nav > :last-child")
    page.click("#lesson-tabs nav > :first-child")
    assert WORDS in page.inner_text("#claims")
    page.goto(f"{draft.split('?')[0]}?part=text")
    page.fill("textarea[name=title]", LESSON)
    page.fill("textarea[name=one_sentence]", "Een telefoontje vooraf opent deuren.")
    page.check('input[name=outcome][value="worked"]')
    page.fill("textarea[name=advice_field]", "Bel elk gezin de dag voordien zelf op.")
    page.fill("input[name=conditions]", "er zijn telefoonnummers")
    page.fill("textarea[name=unknowns]", "Of het ook werkt zonder telefoon.")
    page.click("main .sendbar .btn:not(.btn--plain)")
    page.goto(f"{draft.split('?')[0]}?part=review")
    page.check('input[name=audience][value="network"]')
    page.check('input[name=reviewer][value="group"]')
    page.click("main form[action$='/submission'] button")
    page.wait_for_url("**/workbench")
    return draft.split("?")[0]


def letter_with(page, to, words):
    """The letter to somebody that has these words in it: others in this town wrote to them, too."""
    page.goto("/mailbox")
    links = page.locator(f'main li:has-text("{to}") a')
    for address in [link.get_attribute("href") for link in links.all()]:
        page.goto(address)
        letter = page.frame_locator("main iframe")
        if words in letter.locator("body").inner_text():
            return letter
    raise AssertionError(f"no letter to {to} says {words}")


@pytest.mark.timeout(180)
def test_a_story_on_a_phone_ends_in_an_inbox(town, open_page):
    thread = post_story(open_page("yasmina", phone=True))
    draft = make_lesson(open_page("sofie", phone=True), thread)
    reviewer = open_page("wouter", phone=True)
    reviewer.goto("/workbench")
    assert LESSON in reviewer.inner_text("main")
    reviewer.goto(draft)
    for name in ("borne", "unknown", "limits", "dissent", "usable"):
        with reviewer.expect_response("**/checklist"):
            reviewer.click(f'label:has(input[name={name}][value="yes"])')
    reviewer.click("[data-approve]")
    reviewer.wait_for_url("**/lessons/les-*")
    reader = open_page("els", phone=True)
    reader.goto("/lessons")
    assert LESSON in reader.inner_text("main")
    reader.goto("/settings/digest")
    reader.check('input[name=frequency][value="weekly"]')
    reader.click("main form button.btn--primary")
    later = clock.now() + town.ahead + timedelta(days=8)
    with town.app.app_context(), clock.at(later):
        windows.open_all(later)
        db.session.commit()
        worker.run_until_idle()
        db.session.remove()
    visitor = open_page(phone=True)
    letter = letter_with(visitor, "els@", LESSON)
    stop = letter.locator('a[href*="/unsubscribe/"]').first.get_attribute("href")
    visitor.goto(stop)
    visitor.click("main form button")
    reader.goto("/settings/digest")
    assert reader.is_checked('input[name=frequency][value="never"]')


def test_a_story_left_behind_is_still_there(town, open_page):
    page = open_page("yasmina", phone=True)
    page.goto("/spaces/antwerpen/threads/new", wait_until="networkidle")
    page.fill("textarea[name=body]", "Half a story, then the bus came.")
    page.goto("/lessons")  # at once: it is sent while the page is left
    # Nobody waits for it, on a busy machine a second may pass.
    page.goto("/drafts")
    page.wait_for_function(
        """async () => {
            const shown = await (await fetch("/drafts", {cache: "no-store"})).text();
            return shown.includes("Half a story");
        }""",
        polling=200,
    )
    page.goto("/spaces/antwerpen/threads/new")
    page.click("main .notice a:has-text('Ga ermee verder')")
    assert page.input_value("textarea[name=body]") == "Half a story, then the bus came."
