"""A page that Chromium fetches or draws ahead is asked for once more when it is shown, so that it counts as seen."""

import pytest

pytestmark = pytest.mark.browser
PATH = "/lessons"
RULES = """(url) => {
    const rules = document.createElement("script");
    rules.type = "speculationrules";
    rules.textContent = JSON.stringify({ prefetch: [{ source: "list", urls: [url] }] });
    document.head.append(rules);
}"""
DRAWN_AHEAD = """Object.defineProperty(document, "prerendering", { value: true, configurable: true })"""
SHOWN = """() => {
    Object.defineProperty(document, "prerendering", { value: false });
    document.dispatchEvent(new Event("prerenderingchange"));
}"""


def is_seen(request):
    return request.url.endswith(PATH) and request.headers.get("x-purpose") == "seen"


@pytest.fixture
def watched(open_page):
    """A page of somebody, and which requests told that it was seen."""
    page, told = open_page("yasmina", bypass_csp=True), []
    page.on("request", lambda request: told.append(request.url) if is_seen(request) else None)
    return page, told


def test_a_page_that_was_fetched_ahead_tells_when_it_is_opened(watched):
    page, told = watched
    page.goto("/spaces")
    with page.expect_event("requestfinished", lambda request: request.url.endswith(PATH)):
        page.evaluate(RULES, PATH)
    assert told == []
    with page.expect_request(is_seen):
        page.evaluate("(url) => { location.href = url }", PATH)
    assert (
        page.evaluate("performance.getEntriesByType('navigation')[0].deliveryType") == "navigational-prefetch"
    )


def test_a_page_that_was_drawn_ahead_tells_when_it_is_shown_and_any_other_tells_nothing(watched):
    page, told = watched
    page.goto(PATH, wait_until="networkidle")
    assert told == []
    page.add_init_script(DRAWN_AHEAD)
    page.goto(PATH, wait_until="networkidle")
    assert told == []
    with page.expect_request(is_seen):
        page.evaluate(SHOWN)
    page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))")
    page.wait_for_load_state("networkidle")
    assert len(told) == 1
