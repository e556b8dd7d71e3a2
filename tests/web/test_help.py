"""The help: open to everybody, every term at its own address, and a contact that is really there."""

import re

import pytest

from forum.domain.themes.labels import AXES
from tests.factories import make_member, sign_in

ASK_A_MODERATOR = "They can pass your question on to the administrators of the network."


def page(client, path="/help"):
    answer = client.get(f"{path}?lang=en")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_help_is_for_everybody_and_linked_in_the_foot(client, session):
    for place in ("/", "/lessons", "/accounts/sign-in"):
        assert 'href="/help"' in page(client, place)
    as_visitor = page(client)
    sign_in(client, make_member("New", approved_at=None))
    for heading in ("For members", "For moderators", "House rules", "Contact"):
        assert heading in as_visitor
        assert heading in page(client)


def test_every_term_has_an_address_and_every_link_on_the_page_has_a_goal(client, session):
    shown = page(client)
    ids = set(re.findall(r' id="([^"]+)"', shown))
    assert {"les", "bewering", "fragment", "ocmw", "vgc", "afloop", *AXES} <= ids
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= ids


def test_every_link_to_a_term_of_the_help_finds_it(client, gent, leen):
    sign_in(client, leen)
    ids = set(re.findall(r' id="([^"]+)"', page(client)))
    for path in ("/settings/profile", f"/spaces/{gent.slug}/threads/new", "/lessons"):
        goals = set(re.findall(r'href="/help#([^"]+)"', page(client, path)))
        assert goals
        assert goals <= ids


def test_the_composer_says_one_sentence_about_each_theme(client, gent, leen):
    sign_in(client, leen)
    shown = page(client, f"/spaces/{gent.slug}/threads/new")
    assert "What do these themes mean?" in shown
    assert "How a city makes sure that everyone counts" in shown


@pytest.mark.parametrize(
    ("setting", "shown", "link"),
    [
        ("help@city.test", "help@city.test", 'href="mailto:help@city.test"'),
        ("https://city.test/ask", "https://city.test/ask", 'href="https://city.test/ask"'),
        ("javascript:alert(1)", "javascript:alert(1)", None),
        ("<b>us</b>", "&lt;b&gt;us&lt;/b&gt;", None),
    ],
)
@pytest.mark.parametrize("path", ["/help", "/privacy", "/accessibility"])
def test_whom_to_ask_is_a_setting_and_otherwise_a_moderator(
    client, app, session, monkeypatch, path, setting, shown, link
):
    assert ASK_A_MODERATOR in page(client, path)
    monkeypatch.setitem(app.config, "CONTACT", setting)
    asked = page(client, path)
    assert shown in asked
    assert ASK_A_MODERATOR not in asked
    assert (link in asked) if link else (f'href="{setting}' not in asked)
