"""Whatever takes readers away from what others wrote asks why, and the log says so; its undo is said to be one."""

import pytest
from bs4 import BeautifulSoup

from forum.domain.audit import undoable
from forum.infra.db import db
from forum.models.spaces import Audience
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit
from tests.web.test_regrouping import seen_in, words

WHY = "It tells of somebody."
# Address, form, audience of the thread and of the other one, and what the log says of it and of its undo.
ACTS = {
    "narrow": (
        *("/threads/{thread}/audience", {"audience": "space"}, "network", "network"),
        ("let fewer people read “Who rings back?”.", "let more people read “Who rings back?”."),
    ),
    "move": (
        *("/threads/{thread}/move", {"space": "genk", "audience": "space"}, "network", "network"),
        (
            "moved “Who rings back?” to another space. Not everybody who could read it can read it there.",
            "undid a move: “Who rings back?” stands here again.",
        ),
    ),
    "split": (
        *("/threads/{thread}/split", {"numbers": "2", "title": "Apart", "audience": "space"}),
        *("network", "network"),
        (
            "let fewer people read “Apart”.",
            "undid a split: the posts stand in “Who rings back?” again.",
        ),
    ),
    "merge a wider one": (
        *("/threads/{thread}/merge", {"into": "{other}"}, "network", "space"),
        (
            "let fewer people read what came to “Calling back”, from post 2 on.",
            "undid a merge: the posts that came to “Calling back” stand in “Who rings back?” again.",
        ),
    ),
    "merge into a wider one": (
        *("/threads/{thread}/merge", {"into": "{other}"}, "network", "public"),
        (
            "let fewer people read “Calling back”.",
            "undid a merge: the posts that came to “Calling back” stand in “Who rings back?” again.",
        ),
    ),
}
# The same acts where nobody loses sight; a move asks why wherever it goes.
FOR_ALL = {
    "split": ("/threads/{thread}/split", {"numbers": "2", "title": "Apart", "audience": "network"}),
    "merge": ("/threads/{thread}/merge", {"into": "{other}"}),
}


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def make(gent, karim, leen, moderator):
    """A thread of Leen with a post of Karim, and another one of his; Mia of Ieper reads what is for the network."""
    genk = make_space("Genk", city="genk")
    genk.slug = "genk"
    for one in (moderator, karim, leen):
        join(one, genk)
    make_member("Mia", space=make_space("Ieper"))
    gent.widest_audience = Audience.PUBLIC

    def made(audience, others):
        thread = make_thread(gent, leen, title="Who rings back?", audience=Audience(audience))
        make_post(thread, karim, "Nobody yet.")
        other = make_thread(gent, karim, title="Calling back", audience=Audience(others))
        db.session.commit()
        return {"thread": thread.id, "other": other.id}

    return made


def filled(row, ids):
    address, form = row[:2]
    return address.format(**ids), {name: value.format(**ids) for name, value in form.items()}


def browser(client, member):
    found = client.application.test_client()
    sign_in(found, member)
    return found


def log_of(client, member, gent):
    page = browser(client, member).get(f"/spaces/{gent.slug}/moderation/log")
    lines = BeautifulSoup(page.text, "html.parser").select("ol.rows--hours > li")
    return [" ".join(line.get_text(" ").split()) for line in lines]


def looked_at(client, address, form):
    """The page of the dry run: two of these acts are asked for by address, the others by a form."""
    if address.endswith(("/audience", "/move")):
        asked = {"to": form["space"], "audience": form["audience"]} if "space" in form else form
        return client.get(address, query_string=asked)
    return submit(client, address, form)


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ACTS)
def test_who_takes_readers_away_says_why_and_the_log_says_it(
    client, gent, karim, leen, moderator, make, name
):
    *row, audience, others, (said, undone) = ACTS[name]
    address, form = filled(row, make(audience, others))
    sign_in(client, moderator)
    shown = looked_at(client, address, form)
    assert BeautifulSoup(shown.text, "html.parser").select_one("[name=reason]") is not None
    form["seen"] = seen_in(shown.text)
    too_long = "x" * 301
    for typed, error in (("", "Say why: the author reads it."), (too_long, "Your text has 301 characters")):
        refused = submit(client, address, {**form, "reason": typed})
        page = BeautifulSoup(refused.text, "html.parser")
        field = page.select_one("main [name=reason]")
        assert refused.status_code == 422
        assert error in words(field.find_parent(class_="field").decode())
        assert (field["value"], seen_in(refused.text)) == (typed, form["seen"])
    assert log_of(client, moderator, gent) == []
    assert submit(client, address, {**form, "reason": WHY}).status_code == 303
    [line] = [one for one in log_of(client, moderator, gent) if said in one]
    assert (f"Wouter {said}" in line, f"Reason: {WHY}" in line) == (True, True)
    [line] = [one for one in log_of(client, karim, gent) if said in one]
    assert (f"A moderator {said}" in line, WHY in line, "Wouter" in line) == (True, False, False)
    author = karim if name in ("split", "merge into a wider one") else leen
    assert WHY in words(browser(client, author).get("/moderation/mine"))
    [act] = undoable.open_acts(actor(moderator))
    submit(client, f"/undo/{act.id}")
    assert any(f"A moderator {undone}" in one for one in log_of(client, karim, gent))
    [line] = [one for one in log_of(client, moderator, gent) if undone in one]
    assert "Reason:" not in line, "an undo has none"
    assert words(browser(client, author).get("/moderation/mine")).count("Reason:") <= 1
    karim.locale = "nl"
    db.session.commit()
    in_dutch = " ".join(log_of(client, karim, gent))
    assert ("maakte een " in in_dutch and " ongedaan: " in in_dutch) == (name != "narrow")


@pytest.mark.parametrize("name", FOR_ALL)
def test_where_nobody_loses_sight_no_reason_is_asked_and_the_log_says_nothing_of_readers(
    client, gent, moderator, make, name
):
    address, form = filled(FOR_ALL[name], make("network", "network"))
    sign_in(client, moderator)
    shown = looked_at(client, address, form)
    assert BeautifulSoup(shown.text, "html.parser").select_one("[name=reason]") is None
    assert submit(client, address, {**form, "seen": seen_in(shown.text)}).status_code == 303
    [line] = log_of(client, moderator, gent)
    assert "fewer" not in line


def test_a_reason_that_was_typed_stays_while_something_else_is_chosen(client, moderator, make):
    for name in ("split", "merge a wider one"):
        address, form = filled(ACTS[name], make("network", "space"))
        sign_in(client, moderator)
        form["seen"] = seen_in(looked_at(client, address, form).text)
        back = submit(client, address, {**form, "reason": WHY, "back": "1"})
        kept = BeautifulSoup(back.text, "html.parser").select_one("main [name=reason]")
        assert (back.status_code, kept["value"]) == (200, WHY)


def test_the_reason_of_a_split_goes_to_nobody_who_cannot_read_what_was_split_off(
    client, gent, karim, leen, moderator, make
):
    ids = make("network", "network")
    ruth = make_member("Ruth", space=make_space("Aalst"))
    thread = make_thread(gent, ruth, title="Of somebody else")
    make_post(thread, karim, "He lives next door.")
    db.session.commit()
    ids["thread"] = thread.id
    address, form = filled(ACTS["split"], ids)
    sign_in(client, moderator)
    form["seen"] = seen_in(looked_at(client, address, form).text)
    submit(client, address, {**form, "reason": WHY})
    told, whole = (words(browser(client, who).get("/moderation/mine")) for who in (ruth, karim))
    assert "made a thread of its own of posts in “Of somebody else”" in told
    assert [(one in told, one in whole) for one in (WHY, "Apart")] == [(False, True), (False, True)]
