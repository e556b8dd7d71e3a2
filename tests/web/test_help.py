"""The help: open to everybody, every term at its own address, and a contact that is really there."""

import re

import pytest

from forum.domain.themes.labels import AXES
from forum.models.spaces import Audience
from tests import lesson_scenario
from tests.factories import make_member, make_thread, sign_in

ASK_A_MODERATOR = "Ask a moderator of your space"
THEY_PASS_IT_ON = "They can pass your question on to the administrators of the network."
NO_ADDRESS = "The administrators of this forum have not given an address to write to."


def page(client, path="/help"):
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang=en")
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
    make_thread(gent, leen)
    paths = ("/settings/profile", f"/spaces/{gent.slug}/threads/new", "/lessons", f"/spaces/{gent.slug}")
    for path in paths:
        goals = set(re.findall(r'href="/help#([^"]+)"', page(client, path)))
        assert goals
        assert goals <= ids


def test_a_theme_is_explained_wherever_one_is_chosen(client, session):
    scene = lesson_scenario.build(audience=Audience.PUBLIC)
    scene.published(Audience.PUBLIC, by="editor")
    draft = scene.draft()
    session.commit()
    sign_in(client, scene.curator)
    slug = scene.space.slug
    for path in (
        "/settings/digest",
        f"/workbench/{draft.id}?part=text",
    ):
        shown = page(client, path)
        assert "<summary>What do these themes mean?</summary>" in shown, path
        assert "How a city makes sure that everyone counts" in shown
    for path in (f"/spaces/{slug}/threads/new", f"/threads/{scene.thread.id}/classification"):
        assert "How a city makes sure that everyone counts" in page(client, path), path
    for path in (f"/spaces/{slug}", "/lessons", f"/spaces/{slug}/threads/new"):
        assert 'href="/help#thema">What do these themes mean?</a>' in page(client, path), path


def test_the_foot_leads_to_what_ocmw_and_vgc_are(client, session):
    assert 'href="/help#ocmw">What are OCMW and VGC?</a>' in page(client, "/")


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
    client, app, gent, leen, monkeypatch, path, setting, shown, link
):
    sign_in(client, leen)
    assert THEY_PASS_IT_ON in page(client, path)
    monkeypatch.setitem(app.config, "CONTACT", setting)
    asked = page(client, path)
    assert shown in asked
    assert ASK_A_MODERATOR in asked
    assert THEY_PASS_IT_ON not in asked
    assert (link in asked) if link else (f'href="{setting}' not in asked)


@pytest.mark.parametrize("path", ["/help", "/privacy", "/accessibility"])
def test_who_has_no_space_is_not_sent_to_a_moderator(client, app, session, monkeypatch, path):
    strangers = (None, make_member("Refused", approved_at=None), make_member("Without a space"))
    session.commit()
    for stranger in strangers:
        if stranger:
            sign_in(client, stranger)
        for address in ("", "help@city.test"):
            monkeypatch.setitem(app.config, "CONTACT", address)
            shown = page(client, path)
            assert ASK_A_MODERATOR not in shown
            assert THEY_PASS_IT_ON not in shown
            assert (NO_ADDRESS in shown) == (not address)
            assert ('href="mailto:help@city.test"' in shown) == bool(address)
