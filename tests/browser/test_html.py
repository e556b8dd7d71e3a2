"""The Nu HTML checker finds no error on any page."""

import json
import subprocess

import pytest

from tests.browser import places
from tests.browser.test_accessible import RECOGNISABLE
from tests.rules.source import ROOT

pytestmark = pytest.mark.browser
JAR = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss4m")  # it ends too soon to be worth optimizing


def check(folder) -> list[str]:
    """The checker's errors over every file in `folder`."""
    done = subprocess.run(
        [
            "java",
            *QUICK,
            "-jar",
            str(JAR),
            "--errors-only",
            "--format",
            "json",
            *map(str, sorted(folder.glob("*.html"))),
        ],
        capture_output=True,
        timeout=200,
        check=False,
    )
    messages = json.loads(done.stderr)["messages"]
    return [f"{m.get('url', '').rsplit('/', 1)[-1]}:{m.get('lastLine')} {m['message']}" for m in messages]


def refused(page) -> bytes:
    """The composer with what it says about a story that it does not take yet."""
    page.goto("/threads/new")
    page.fill("input[name=title]", "Wie belt er terug")
    page.fill("textarea[name=body]", RECOGNISABLE)
    page.check("input[name=axis][value=kwalitatieve-densiteit]")
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and answer.status == 422
    ) as answer:
        page.click(".composer .btn--primary")
    return answer.value.body()


@pytest.mark.timeout(300)
def test_every_page_is_valid_html_and_a_planted_error_is_found(town, open_page, tmp_path):
    visits = [
        (open_page(), places.for_visitor(town.app)),
        (open_page("sofie"), places.for_moderator(town.app)),
        (open_page("wouter"), places.for_reviewer(town.app)),
        (open_page("eva"), places.for_editor(town.app)),
        (open_page("beheer"), places.for_administrator(town.app)),
    ]
    number = 0
    for page, addresses in visits:
        for address in addresses:
            answer = page.request.get(address)
            name = f"{number:02d}{address.replace('/', '_').replace('?', '_')[:60]}.html"
            (tmp_path / name).write_bytes(answer.body())
            number += 1
    (tmp_path / "refused.html").write_bytes(refused(open_page("sofie")))
    (tmp_path / "wrong.html").write_text("<!doctype html><title>x</title><p><div></p>")
    found = check(tmp_path)
    assert [error for error in found if not error.startswith("wrong.html:")] == []
    assert found != []
