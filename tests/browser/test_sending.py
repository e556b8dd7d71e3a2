"""A button that sends: once, never dead without a word, and not without a network. A button says what it does."""

import pytest

from tests.browser import places
from tests.browser.writing import SEND, posts, send, sends

pytestmark = pytest.mark.browser
SAID = "[data-once]"
# Eight seconds without an answer are over soon, once the test says so.
HURRY = """const set = setTimeout;
    setTimeout = (what, ms, ...more) => set(what, ms === 8000 && window.hurry ? 200 : ms, ...more);"""
# While a load is under way nothing can be asked of the page: it writes down itself what its button says.
WATCH = """button => {
    const said = document.querySelector('[data-once]');
    window.says = [];
    new MutationObserver(() => says.push([button.textContent, button.ariaDisabled, said.textContent].join('|')))
        .observe(button, {attributes: true, childList: true});
}"""


@pytest.fixture
def thread(town):
    """The address of a thread that every member may answer."""
    return places.thread(town.app)


def stop(page) -> None:
    """Press the button of the browser that stops a load."""
    page.context.new_cdp_session(page).send("Page.stopLoading")


def wait_until_tried(page, tried: list[str], times: int) -> None:
    """Wait until the browser asked that often: a load that is stopped before is none."""
    for _moment in range(200):
        if len(tried) >= times:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"sent {len(tried)} times instead of {times}")


def is_ready(page) -> bool:
    """Whether the button can be pressed and says what it did at first."""
    button = page.locator(SEND)
    return button.get_attribute("aria-disabled") is None and button.inner_text() == "Plaats antwoord"


def hang(page) -> list[str]:
    """Leave every form that is sent without an answer; returns the addresses that were tried."""
    tried: list[str] = []
    page.route("**/*", lambda route: tried.append(route.request.url) if sends(route) else route.continue_())
    return tried


def test_stopped_or_unanswered_a_sending_can_be_sent_again_and_arrives_once(town, open_page, thread):
    page = open_page("yasmina")
    page.add_init_script(HURRY)
    page.goto(thread)
    page.fill("#answer textarea", "Twee keer gedrukt, één keer gezegd.")
    assert is_ready(page)
    tried = hang(page)
    page.locator(SEND).evaluate(WATCH)
    page.locator(SEND).dblclick(no_wait_after=True)
    wait_until_tried(page, tried, 1)
    stop(page)
    page.wait_for_function("!document.querySelector('#answer .btn--primary').hasAttribute('aria-disabled')")
    assert is_ready(page)
    assert "Versturen…|true|Versturen…" in page.evaluate("says")
    page.evaluate("window.hurry = true")
    page.click(SEND, no_wait_after=True)
    wait_until_tried(page, tried, 2)
    page.wait_for_timeout(400)
    stop(page)
    assert is_ready(page)
    assert "opnieuw drukken" in page.locator(".unsent").inner_text() == page.locator(SAID).inner_text()
    assert len(tried) == 2
    page.unroute_all()
    send(page)
    assert posts(town, "Twee keer gedrukt, één keer gezegd.") == 1


def test_without_a_network_a_press_says_so_and_sends_nothing(town, open_page, thread):
    page = open_page("yasmina", phone=True)
    page.goto(thread)
    page.fill("#answer textarea", "Uit de trein geschreven.")
    page.context.set_offline(True)
    page.click(SEND)
    page.wait_for_selector(".unsent")
    assert "geen netwerk" in page.locator(".unsent").inner_text()
    assert page.url.endswith(thread)
    assert is_ready(page)
    page.context.set_offline(False)
    page.evaluate(
        "Object.defineProperty(navigator, 'onLine', { value: false })"
    )  # a browser may be wrong about it
    send(page)
    assert posts(town, "Uit de trein geschreven.") == 1
