"""What moderators type for the page of a space, and where a thread stands: kept, resumed, gone once it is saved."""

import uuid

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from forum.domain.spaces import notes
from forum.domain.summaries import keepers, summaries
from forum.infra import clock
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.notes import SpaceNote
from forum.models.spaces import Membership, Role
from forum.models.summaries import SummaryVersion
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in, submit

ENGLISH = {"Accept-Language": "en"}
OPENED = "This is your draft"


@pytest.fixture
def thread(gent, leen):
    thread = make_thread(gent, leen)
    make_post(thread, make_member("Ann", space=gent))
    return thread


@pytest.fixture
def note(gent, moderator):
    return notes.write(actor(moderator), gent.id, title="House rules", body="We meet on Monday.")


def page(client, path, status=200):
    db.session.commit()
    answer = client.get(path, headers=ENGLISH, follow_redirects=True)
    assert answer.status_code == status, answer.text[:200]
    return answer.text


def hidden(html, name):
    """The hidden fields of the form that keeps drafts under this name."""
    form = BeautifulSoup(html, "html.parser").select_one(f"form[data-draft='{name}']")
    return {each["name"]: each.get("value", "") for each in form.select("input[type=hidden]")}


def keep(client, form, **typed):
    """Keep words as a script does, with the hidden fields of their form."""
    return submit(client, "/drafts", form | typed, headers={"Accept": "application/json"} | ENGLISH)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def places(gent, note, thread):
    """For each form its name, its address, where it is sent, and words for it."""
    new = f"/spaces/{gent.slug}/notes"
    text = {"title": "Zwartje", "body": "Ring **twice**."}
    change = f"/notes/{note.id}/versions"
    summary = f"/threads/{thread.id}/summary/versions"
    return {
        f"note:{gent.id}": (f"{new}/new", new, text),
        f"welcome:{gent.id}": (f"{new}/welcome", new, text),
        f"note_change:{note.id}": (f"{change}/new", change, text),
        f"summary:{thread.id}": (f"{summary}/new", summary, {"text": "Ring twice. [2]"}),
    }


@pytest.mark.both_databases
def test_what_is_typed_stands_in_its_form_again_and_is_gone_once_it_is_saved(
    client, gent, moderator, note, thread
):
    sign_in(client, moderator)
    for name, (address, sent_to, typed) in places(gent, note, thread).items():
        form = hidden(page(client, address), name)
        assert keep(client, form, **typed).get_json()["id"], name
        again = page(client, address)
        assert OPENED in again, name
        assert all(words in again for words in typed.values()), name
        listed = page(client, "/drafts")
        assert f'href="{address}?draft=' in listed, name
        form = hidden(again, name)
        answer = submit(client, sent_to, form | typed)
        assert answer.status_code == 303, (name, answer.text[:500])
        assert OPENED not in page(client, address), name
        assert db.session.scalars(select(Draft).where(Draft.sent_at.is_(None))).all() == [], name
    assert count(SpaceNote) == 3
    assert count(SummaryVersion) == 1


def test_a_draft_on_an_older_text_comes_with_the_present_one(app, client, gent, moderator, note, thread):
    second = make_member("Bram", space=gent, role=Role.MODERATOR)
    sign_in(client, moderator)
    forms = places(gent, note, thread)
    change, summary = f"note_change:{note.id}", f"summary:{thread.id}"
    for name in (change, summary):
        address, _sent_to, typed = forms[name]
        keep(client, hidden(page(client, address), name), **typed)
    notes.change(actor(second), note.id, title="House rules", body="We meet on Friday.", seen=1)
    summaries.save(actor(second), thread.id, typed="Nobody rings. [1]", seen=0)
    for name, theirs in ((change, "We meet on Friday."), (summary, "Nobody rings.")):
        address, sent_to, typed = forms[name]
        both = page(client, address)
        assert "while you were writing" in both, name
        assert theirs in both, name
        assert all(words in both for words in typed.values()), name
        assert submit(client, sent_to, hidden(both, name) | typed).status_code == 303, (
            "on top of what was read"
        )
    db.session.refresh(note)
    assert note.body == "Ring **twice**."


def test_the_preview_of_a_note_shows_it_and_pins_nothing(client, gent, moderator, note, thread):
    sign_in(client, moderator)
    forms = places(gent, note, thread)
    for name in (f"note:{gent.id}", f"welcome:{gent.id}", f"note_change:{note.id}"):
        address, sent_to, typed = forms[name]
        form = hidden(page(client, address), name)
        shown = submit(client, sent_to, form | typed | {"preview": "1"}, headers=ENGLISH)
        assert shown.status_code == 200, name
        assert "Ring <strong>twice</strong>." in shown.text, name
        assert hidden(shown.text, name)["idempotency_key"] == form["idempotency_key"], name
        empty = submit(
            client, sent_to, form | {"title": "Zwartje", "body": "", "preview": "1"}, headers=ENGLISH
        )
        assert empty.status_code == 422, name
    assert count(SpaceNote) == 1
    db.session.refresh(note)
    assert note.body == "We meet on Monday."


def test_who_moderates_no_more_keeps_the_words_to_copy_and_sends_nothing(
    client, gent, moderator, note, thread
):
    sign_in(client, moderator)
    make_member("Bram", space=gent, role=Role.MODERATOR)
    forms = places(gent, note, thread)
    begun = {name: hidden(page(client, address), name) for name, (address, _to, _typed) in forms.items()}
    for name in (f"note:{gent.id}", f"summary:{thread.id}"):
        keep(client, begun[name], **forms[name][2])
    row = db.session.scalars(select(Membership).filter_by(member_id=moderator.id, space_id=gent.id)).one()
    row.role = Role.MEMBER
    db.session.commit()
    for name, (_address, sent_to, typed) in forms.items():
        refused = submit(client, sent_to, begun[name] | typed, headers=ENGLISH)
        assert refused.status_code == 303, name
        assert refused.location.startswith("/drafts/"), name
        assert all(words in page(client, refused.location) for words in typed.values()), name
    assert (count(SpaceNote), count(SummaryVersion)) == (1, 0)


@pytest.mark.both_databases
def test_who_may_keep_drafts_where(app, gent, moderator, note, thread):
    elsewhere = make_space("Genk", city="genk")
    former = make_member("Former", space=elsewhere)
    join(former, gent, Role.MODERATOR).ended_at = clock.now()
    pending = make_member("Pending", space=gent, role=Role.MODERATOR, approved_at=None)
    suspended = make_member("Suspended", space=gent, role=Role.MODERATOR)
    asked = make_member("Asked", space=elsewhere)
    keepers.ask(actor(moderator), thread.id, handle=asked.handle)
    suspended.suspended_at = clock.now()
    db.session.commit()
    inside, outside = [200, 200, 200, 200], [404, 404, 404, 200]
    for who, expected in (
        (moderator, inside),
        (make_member("Member", space=gent), inside),
        (make_member("Guest", space=gent, role=Role.GUEST), inside),
        (make_member("Els", space=elsewhere, role=Role.MODERATOR), outside),
        (asked, outside),
        (former, outside),
        (make_member("Elsewhere", space=elsewhere, role=Role.GUEST), [404] * 4),
        (pending, [403] * 4),
        (suspended, [403] * 4),
    ):
        browser = app.test_client()
        db.session.commit()
        sign_in(browser, who)
        found, closed = [], []
        for name, (_address, _sent_to, typed) in places(gent, note, thread).items():
            form, subject = name.split(":")
            slot = {"draft_form": form, "draft_subject": subject, "idempotency_key": str(uuid.uuid4())}
            answer = keep(browser, slot, **typed)
            found.append(answer.status_code)
            if answer.status_code == 200:
                closed.append("kept as a draft" in answer.get_json()["message"])
        assert found == expected, who.name
        writes = {"Wouter": [False] * 4, "Asked": [False]}.get(who.name, [True] * len(closed))
        assert closed == writes, who.name


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("name", ["note", "welcome", "note_change", "summary"])
def test_cancel_throws_away_what_was_typed_and_it_can_be_put_back(
    client, gent, moderator, note, thread, name, is_kept
):
    sign_in(client, moderator)
    forms = {key.partition(":")[0]: (key, *rest) for key, rest in places(gent, note, thread).items()}
    key, address, sent_to, typed = forms[name]
    form = hidden(page(client, address), key)
    if is_kept:
        keep(client, form, **typed)
    left = submit(client, sent_to, form | typed | {"leave": "1"})
    assert (left.status_code, "thrown=" in left.location) == (303, True)
    after = page(client, left.location)
    assert "Thrown away." in after
    assert "No drafts." in page(client, "/drafts")
    assert OPENED not in page(client, address)
    back = BeautifulSoup(after, "html.parser").select_one("#thrown form")["action"]
    opened = page(client, submit(client, back, {"stay": "0"}).location)
    assert all(words in opened for words in typed.values())
    assert (count(SpaceNote), count(SummaryVersion)) == (1, 0), "nothing was saved"
    stranger = client.application.test_client()
    sign_in(stranger, make_member("Bram", space=gent, role=Role.MODERATOR))
    assert "Thrown away." not in page(stranger, left.location)


def test_cancel_leaves_nothing_to_put_back_where_nothing_was_typed(client, gent, moderator, note, thread):
    sign_in(client, moderator)
    for name, (address, sent_to, _typed) in places(gent, note, thread).items():
        html = page(client, address)
        stands = {"title": note.title, "body": note.body} if name.startswith("note_change") else {}
        left = submit(client, sent_to, hidden(html, name) | stands | {"leave": "1"})
        assert (left.status_code, "thrown" in left.location) == (303, False), name
    assert count(Draft) == 0
