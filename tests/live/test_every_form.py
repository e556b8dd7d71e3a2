"""Whatever form is sent while the database takes no writes: it comes back on our page, in the reader's language."""

import re
from html import unescape

import pytest

from tests.conftest import POSTGRES
from tests.live import faults
from tests.live.test_database_away import Ground

pytestmark = pytest.mark.live
WORDS = "Wat ik <zonet> & lang heb getypt, op meer dan een enkele regel."
DUMMIES = {"int": "1", "default": "x", "string": "x"}
FEWEST = 40  # addresses that take forms
# Links that are no links of ours are known by their signature.
WITHOUT_DATABASE = {
    "/accounts/confirm/x",
    "/accounts/reset/x",
    "/address/x",
    "/invitations/x",
    "/unsubscribe/x",
    "/unsubscribe/x/choices",
    "/unsubscribe/x/undo",
}


def addresses(app) -> list[str]:
    """Each address that takes a form, with something in the place of every part."""
    return [
        re.sub(r"<(?:(\w+):)?\w+>", lambda part: DUMMIES.get(part[1] or "default", "1"), rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    ]


def test_every_form_comes_back_with_its_words(live_app):
    if POSTGRES:
        return  # it has no lock for everything
    ground = Ground(live_app)
    live_app.extensions["turns"].seconds = 0.02
    found = addresses(live_app)
    assert len(found) >= FEWEST
    fields = dict.fromkeys(("body", "text", "reason", "note", "message"), WORDS)
    others, wrong = [], []
    with faults.locked(ground.engine):
        for address in found:
            answer = ground.browser.post(address, data=fields | {"csrf_token": ground.token})
            if answer.status_code != 503:
                others.append((address, answer.status_code))
            elif not (
                WORDS in unescape(answer.text)
                and 'lang="nl-BE"' in answer.text
                and answer.headers.get("Retry-After")
            ):
                wrong.append(address)
    assert not wrong
    assert {address for address, _status in others} == WITHOUT_DATABASE, others
