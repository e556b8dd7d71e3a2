"""What a browser fetches the first time and not again, and the link that changes the language."""

import pytest

pytestmark = pytest.mark.browser
FETCHED = """() => performance.getEntriesByType('resource')
    .filter(entry => entry.name.includes('/static/'))
    .map(entry => [new URL(entry.name).pathname, entry.transferSize])"""


def test_a_file_is_fetched_once_below_one_fingerprint(open_page):
    page = open_page("yasmina")
    answers = []
    page.on("response", lambda answer: answers.append((answer.status, answer.url)))
    page.goto("/settings/profile", wait_until="networkidle")
    files = dict(page.evaluate(FETCHED))
    assert len({path.split("/")[2] for path in files}) == 1
    for name in ("css/pages.css", "js/once.js", "fonts/newsreader-latin-opsz-normal.woff2"):
        assert any(path.endswith(name) for path in files), name
    assert [url for status, url in answers if status != 200] == []
    page.goto("/settings/digest", wait_until="networkidle")
    again = dict(page.evaluate(FETCHED))
    known = set(files) & set(again)
    assert len(known) >= 6
    assert [path for path in known if again[path] != 0] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_visitor_changes_language_with_a_link_and_reads_without_a_cookie(open_page, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto("/lessons?axis=solidaire-stadspolis")
    assert page.context.cookies() == []
    page.click("footer a[hreflang=en]")
    assert page.get_attribute("html", "lang") == "en"
    assert page.url.endswith("/lessons?axis=solidaire-stadspolis&lang=en")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["leerkring-language"]
    page.goto("/spaces")
    assert page.get_attribute("html", "lang") == "en"
    page.click("footer a[hreflang=nl]")
    assert page.get_attribute("html", "lang") == "nl-BE"
