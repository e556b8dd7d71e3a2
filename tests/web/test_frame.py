"""The frame of every page: the menus, each for whom they are, and the theme in the head."""

import re

import pytest
from sqlalchemy import select

from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.spaces import Audience, Role, Space
from tests.factories import make_member, make_space, make_thread, sign_in, submit

WORKBENCH, WRITE, ME, SIGN_IN = "/workbench", "/threads/new", "/settings/profile", "/accounts/sign-in"
PEOPLE = "/people"
# Where one is, and the entry that says so.
PAGES = {
    "/": "/",
    "/threads": "/threads",
    "/spaces": "/spaces",
    "/lessons": "/lessons",
}


def menus(page):
    """The addresses in the menu on top and in the one at the bottom, and those that are marked as this page."""
    parts = re.findall(r'<nav class="(?:nav|tabbar)".*?</nav>', page, re.S)
    links = [re.findall(r'<a [^>]*?href="([^"]+)"', part) for part in parts]
    return *links, re.findall(r'href="([^"]+)" aria-current="page"', "".join(parts))


@pytest.fixture
def people():
    gent = make_space("Gent", city="gent")
    found = {
        "visitor": None,
        "waiting": make_member("Wim", approved_at=None),
        "member": make_member("Noor", space=gent),
        "moderator": make_member("Mo", space=gent, role=Role.MODERATOR),
        "editor": make_member("Eva", network_role=NetworkRole.EDITOR),
    }
    db.session.commit()
    return found


@pytest.fixture
def gent_thread(people):
    space = db.session.scalars(select(Space)).one()
    thread = make_thread(space, people["moderator"], audience=Audience.PUBLIC)
    db.session.commit()
    return thread


def test_each_person_gets_the_menus_that_are_for_them(app, people):
    for _round in range(2):  # the second time out of what was drawn for others
        for name, member in people.items():
            client = app.test_client()
            if member is not None:
                sign_in(client, member)
            for path, entry in PAGES.items():
                top, bottom, here = menus(client.get(path).text)
                curates = name in {"moderator", "editor"}
                assert ("/" in top) == (member is not None), name
                assert (WORKBENCH in top) == curates, name
                assert (WRITE in bottom) == (name not in {"visitor", "waiting"}), name
                assert (PEOPLE in bottom) == (name not in {"visitor", "waiting"}), name
                assert (SIGN_IN in bottom) == (name == "visitor"), name
                assert {"/", "/threads", "/lessons"} <= set(bottom), name
                assert set(bottom) <= {"/", "/threads", "/lessons", WRITE, PEOPLE, SIGN_IN}, name
                assert set(here) == {entry}, (name, path)
            tools = client.get("/spaces").text.split('class="masthead__tools"')[1].split("</header>")[0]
            assert (f'href="{ME}"' in tools) == (member is not None), name


def test_a_phone_leads_from_the_first_page_and_from_me_to_what_its_menu_leaves_out(app, people):
    for name, member in people.items():
        if member is None:
            continue
        client = app.test_client()
        sign_in(client, member)
        pages = {path: client.get(path).text for path in ("/", ME)}
        parts = [page.split('<main id="content"')[1].split("</main>")[0] for page in pages.values()]
        curates = name in {"moderator", "editor"}
        assert [f'href="{WORKBENCH}"' in part for part in parts] == [curates, curates], name
        assert 'href="/spaces"' in parts[0], name


def test_on_a_thread_that_one_may_answer_writing_is_answering(app, people, gent_thread):
    at = f"/threads/{gent_thread.id}-{gent_thread.slug}"
    for name, member in people.items():
        client = app.test_client()
        if member is not None:
            sign_in(client, member)
        bottom = re.search(r'<nav class="tabbar".*?</nav>', client.get(at).text, re.S)[0]
        answers = name in {"member", "moderator", "editor"}
        assert ('class="tabbar__write" href="#answer"' in bottom) == answers, name
        assert re.search(r'href="/threads" aria-current="page"', bottom), name
    gent_thread.locked_at = clock.now()
    db.session.commit()
    sign_in(client, people["member"])
    page = client.get(at).text
    assert f'class="tabbar__write" href="{WRITE}"' in page


def test_the_button_for_writing_leads_to_the_space_that_one_reads(client, people):
    sign_in(client, people["member"])
    space = db.session.scalars(select(Space)).one()
    assert f"/spaces/{space.slug}/threads/new" in menus(client.get(f"/spaces/{space.slug}").text)[1]
    assert WRITE in menus(client.get("/spaces").text)[1]


def test_menus_speak_the_language_of_the_reader(client, people):
    client.set_cookie("locale", "nl")
    for locale, word in (("nl", "Ruimtes"), ("en", "Spaces"), ("nl", "Ruimtes")):
        page = client.get(f"/lessons?lang={locale}", follow_redirects=True).text
        assert f">{word}</a>" in page


def test_the_head_says_the_theme_that_was_chosen(client, people):
    sign_in(client, people["member"])
    profile = {"name": "Noor", "locale": "nl", "timezone": "Europe/Brussels"}
    for theme, colours in (("dark", ["#1a1713"]), ("light", ["#f8f3e8"]), ("", ["#f8f3e8", "#1a1713"])):
        assert submit(client, "/settings/profile", profile | {"theme": theme}).status_code == 303
        page = client.get("/").text
        assert re.findall(r'<meta name="theme-color" content="(\S+?)"', page) == colours


def test_a_list_that_is_refused_keeps_its_choice_and_names_its_error(client, people):
    sign_in(client, people["member"])
    filled = {"function": "", "level": "lead", "body": "ocmw", "city": "gent", "starts_on": "2026-01-05"}
    page = submit(client, "/settings/capacities", filled).text
    assert '<option value="lead" selected>' in page
    assert '<option value="ocmw" selected>' in page
    assert '<option value="gent" selected>' in page
    page = submit(client, "/settings/capacities", filled | {"function": "chief", "level": "king"}).text
    drawn = re.search(r'<select[^>]*name="level"[^>]*>', page)[0]
    assert 'aria-invalid="true"' in drawn
    described = re.search(r'aria-describedby="([^"]+)"', drawn)[1].split()
    assert "level-error" in described
    assert all(f'id="{part}"' in page for part in described)


def test_what_is_missing_is_said_by_the_forum_at_the_field_and_not_by_the_browser(client):
    page = client.get(SIGN_IN).text
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', page)
    assert forms
    assert all("novalidate" in form for form in forms)
    refused = submit(client, SIGN_IN, {"email": "", "password": "x"}, headers={"Accept-Language": "nl"}).text
    assert re.search(
        r'<input[^>]*aria-invalid="true"[^>]*name="email"|name="email"[^>]*aria-invalid', refused
    )
    assert 'id="email-error"' in refused
