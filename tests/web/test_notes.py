"""Notes on the page of a space: who reads, writes, changes, orders and removes them, and the welcome among them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.cli import render
from forum.domain.audit import log as audit_log
from forum.domain.spaces import notes
from forum.infra import clock, text
from forum.infra.db import db
from forum.models.notes import SpaceNote
from forum.models.spaces import Audience, Membership, Role
from forum.policy.errors import Conflict, Forbidden, NotFound
from tests.factories import actor, join, make_member, make_space, make_thread, sign_in, submit

ENGLISH = {"Accept-Language": "en"}
pytestmark = pytest.mark.usefixtures("session")


def page(client, path):
    db.session.commit()
    return client.get(path, headers=ENGLISH).get_data(as_text=True)


def plain(html):
    """It without what isolates names."""
    return re.sub("[\u2068\u2069]", "", html)


def join_of(member, space):
    return db.session.scalars(select(Membership).filter_by(member_id=member.id, space_id=space.id)).one()


def pin(moderator, space, title="House rules", body="We meet on **Monday**.", **over):
    return notes.write(actor(moderator), space.id, title=title, body=body, **over)


@pytest.fixture
def people(gent, moderator):
    """Everybody who could come by a space that talks in public, by their standing."""
    make_thread(gent, moderator, audience=Audience.PUBLIC)
    elsewhere = make_space("Genk", city="genk")
    former = make_member("Former", space=elsewhere)
    join(former, gent, Role.MODERATOR).ended_at = clock.now()
    suspended = make_member("Suspended", space=gent, role=Role.MODERATOR)
    pending = make_member("Pending")
    pending.approved_at = None
    found = {
        "visitor": None,
        "pending": pending,
        "suspended": suspended,
        "former moderator": former,
        "moderator elsewhere": make_member("Els", space=elsewhere, role=Role.MODERATOR),
        "guest": make_member("Hanne", space=gent, role=Role.GUEST),
        "member": make_member("Leen", space=gent),
        "moderator": moderator,
    }
    suspended.suspended_at = clock.now()
    return found


def browser_of(app, member):
    browser = app.test_client()
    if member is not None and member.suspended_at is None:
        db.session.commit()
        sign_in(browser, member)
    return browser


@pytest.mark.both_databases
def test_who_belongs_to_the_space_reads_its_notes_and_nobody_else(app, gent, moderator, people):
    pin(moderator, gent, title="Rules of Gent", body="Ask Zwartje.")
    pin(moderator, gent, title="Come in", body="Welcome by Zwartje.", is_welcome=True)
    # They joined lately, so that they are welcomed.
    current = Membership.ended_at.is_(None)
    db.session.execute(db.update(Membership).where(current).values(since_at=clock.now() - timedelta(days=1)))
    for name, member in people.items():
        shown = page(browser_of(app, member), f"/spaces/{gent.slug}")
        reads = name in ("guest", "member", "moderator")
        assert ("Rules of Gent" in shown) is reads, name
        assert ("Welcome by Zwartje." in shown) is (name in ("guest", "member")), name
        assert ("Zwartje" in shown) is reads, name
        assert ("Notes on this page" in shown) is (name == "moderator"), name


@pytest.mark.both_databases
def test_only_its_moderators_do_anything_with_them(app, gent, moderator, people):
    note = pin(moderator, gent)
    texts = {"title": "Mine", "body": "Mine.", "seen": "1"}
    nobody = {"visitor", "suspended"}
    for name, member in people.items():
        if name == "moderator":
            continue
        browser = browser_of(app, member)
        inside = name in ("guest", "member")
        for path, of_space in (
            (f"/spaces/{gent.slug}/notes", True),
            (f"/notes/{note.id}/versions", False),
            (f"/notes/{note.id}", False),
        ):
            refused = 403 if of_space or inside or name == "pending" else 404
            answer = submit(browser, path, texts)
            assert answer.status_code == (403 if name in nobody else refused), (name, path)
        gone = submit(browser, f"/notes/{note.id}", {"_method": "DELETE"})
        assert gone.status_code >= 400, name
        for path in (f"/spaces/{gent.slug}/notes", f"/notes/{note.id}/versions/new"):
            assert "We meet on" not in page(browser, path), name
    assert db.session.scalars(select(SpaceNote.title)).all() == ["House rules"]


def test_a_moderator_writes_changes_orders_and_removes_notes(client, gent, leen, moderator):
    sign_in(client, moderator)
    db.session.commit()
    form = page(client, f"/spaces/{gent.slug}/notes/new")
    assert "Only people who belong to this space read it" in form
    for title in ("First", "Second"):
        answer = submit(client, f"/spaces/{gent.slug}/notes", {"title": title, "body": f"**{title}** text"})
        assert (answer.status_code, answer.location) == (303, f"/spaces/{gent.slug}/notes")
    first, second = db.session.scalars(select(SpaceNote.id).order_by(SpaceNote.position)).all()
    assert "<strong>First</strong> text" in page(client, f"/spaces/{gent.slug}")
    submit(client, f"/notes/{second}")
    shown = page(client, f"/spaces/{gent.slug}")
    assert shown.index(">Second<") < shown.index(">First<")
    submit(client, f"/notes/{second}")
    assert page(client, f"/spaces/{gent.slug}").index(">Second<") < shown.index(">First<")
    submit(client, f"/notes/{first}/versions", {"title": "First", "body": "Otherwise", "seen": "1"})
    assert "Otherwise" in page(client, f"/spaces/{gent.slug}")
    submit(client, f"/notes/{first}", {"_method": "DELETE"})
    assert "Otherwise" not in page(client, f"/spaces/{gent.slug}")
    mine = page(client, f"/spaces/{gent.slug}/notes")
    assert "You removed the note “First”." in plain(mine)
    answer = submit(client, re.search(r'action="(/undo/\d+)"', mine).group(1))
    assert (answer.status_code, answer.location) == (303, f"/spaces/{gent.slug}/notes")
    assert "Otherwise" in page(client, f"/spaces/{gent.slug}")
    log = page(client, f"/spaces/{gent.slug}/moderation/log")
    for said in ("pinned a note to", "changed a note on", "removed a note from", "brought back a note on"):
        assert f"Wouter {said} the page of this space." in log
    assert "Otherwise" not in log


def test_only_the_newest_removal_can_be_undone_and_says_which_note_it_brings_back(
    app, client, gent, moderator
):
    genk = make_space("Genk", city="genk")
    join(moderator, genk, Role.MODERATOR)
    first, second = pin(moderator, gent, title="Rules of Gent"), pin(moderator, gent, title="When we <meet>")
    elsewhere = pin(moderator, genk, title="Of Genk")
    mia = make_member("Mia", space=gent, role=Role.MODERATOR)
    for note in (first, second, elsewhere):
        notes.remove(actor(moderator), note.id)
    sign_in(client, moderator)
    mine = page(client, f"/spaces/{gent.slug}/notes")
    assert mine.count('action="/undo/') == 1
    assert "You removed the note “When we &lt;meet&gt;”." in plain(mine)
    assert "Of Genk" not in mine
    assert "You removed the note “Of Genk”." in plain(page(client, f"/spaces/{genk.slug}/notes"))
    assert "You removed" not in page(browser_of(app, mia), f"/spaces/{gent.slug}/notes")
    submit(client, re.search(r'action="(/undo/\d+)"', mine).group(1))
    before = page(client, f"/spaces/{gent.slug}/notes")
    assert before.count('action="/undo/') == 1
    assert "You removed the note “Rules of Gent”." in plain(before)
    join_of(moderator, gent).ended_at = clock.now()
    assert client.get(f"/spaces/{gent.slug}/notes").status_code == 403


@pytest.mark.both_databases
def test_of_two_moderators_at_once_the_second_sees_both_texts_and_loses_none(client, gent, moderator):
    note = pin(moderator, gent)
    other = make_member("Mia", space=gent, role=Role.MODERATOR)
    notes.change(actor(other), note.id, title="House rules", body="By Mia.", seen=1)
    sign_in(client, moderator)
    db.session.commit()
    mine = {"title": "Rules", "body": "By Wouter.", "seen": "1"}
    answer = submit(client, f"/notes/{note.id}/versions", mine)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Somebody changed this note while you were writing." in html
    assert "By Mia." in html
    assert re.search(r"<textarea[^>]*>\s*By Wouter.</textarea>", html)
    assert 'value="Rules"' in html
    answer = submit(client, f"/notes/{note.id}/versions", {**mine, "seen": "2"})
    assert answer.status_code == 303
    assert "By Wouter." in page(client, f"/spaces/{gent.slug}")


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(client, gent, moderator):
    sign_in(client, moderator)
    db.session.commit()
    path = f"/spaces/{gent.slug}/notes"
    for texts, said in (
        ({"title": "", "body": "Kept text."}, "Choose a title."),
        ({"title": "Kept title", "body": ""}, "Write something first."),
        ({"title": "x" * 81, "body": "Kept text."}, "At most 80"),
        ({"title": "Kept title", "body": "y" * 2_001}, "2,000"),
    ):
        answer = submit(client, path, texts)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert said in html
        assert all(typed in html for typed in texts.values())
    answer = submit(client, path, {"title": "Whom to call", "body": "Mevrouw Peeters, 0470 12 34 56."})
    assert answer.status_code == 422
    assert "Think of the people you write about" in answer.text
    seen = re.search(r'name="people_seen"[^>]*value="([^"]+)"', answer.text).group(1)
    texts = {"title": "Whom to call", "body": "Mevrouw Peeters, 0470 12 34 56.", "people_seen": seen}
    assert submit(client, path, texts).status_code == 303


def test_there_are_five_at_most_and_one_welcome(client, gent, moderator):
    for number in range(notes.MOST):
        pin(moderator, gent, title=f"Note {number}")
    pin(moderator, gent, is_welcome=True)
    for is_welcome in (False, True):
        with pytest.raises(Conflict):
            pin(moderator, gent, title="Another", is_welcome=is_welcome)
    sign_in(client, moderator)
    shown = page(client, f"/spaces/{gent.slug}/notes")
    assert "Pin a note" not in shown
    assert "Write a welcome" not in shown
    answer = submit(client, f"/spaces/{gent.slug}/notes", {"title": "Sixth", "body": "Typed all the same."})
    assert answer.status_code == 409
    assert "Typed all the same." in answer.text


def test_a_form_that_is_sent_twice_pins_one_note_and_the_same_words_weeks_later_are_another(gent, moderator):
    first = pin(moderator, gent)
    assert pin(moderator, gent).id == first.id
    with clock.at(clock.now() + timedelta(days=20)):
        assert pin(moderator, gent).id != first.id
    notes.remove(actor(moderator), first.id)
    assert db.session.scalar(select(func.count()).where(SpaceNote.removed_at.is_(None))) == 1


def test_what_was_removed_is_deleted_once_it_cannot_be_brought_back(gent, moderator):
    note = pin(moderator, gent)
    notes.remove(actor(moderator), note.id)
    with pytest.raises(NotFound):
        notes.change(actor(moderator), note.id, title="Back", body="Back.", seen=1)
    notes.forget_removed()
    assert db.session.scalar(select(func.count(SpaceNote.id))) == 1
    with clock.at(clock.now() + timedelta(minutes=11)):
        notes.forget_removed()
    assert db.session.scalar(select(func.count(SpaceNote.id))) == 0


def test_a_note_stays_with_the_name_of_who_moderates_no_more(client, gent, leen, moderator):
    pin(moderator, gent)
    sign_in(client, leen)
    moderator.suspended_at = clock.now()
    assert "Wouter, " in page(client, f"/spaces/{gent.slug}")


def test_its_text_is_safe_and_quotes_or_names_nobody(client, gent, leen, moderator):
    pin(moderator, gent, body="<script>alert(1)</script> @leen [x](javascript:alert(1))\n\n[quote 1: 0-9]")
    sign_in(client, leen)
    shown = page(client, f"/spaces/{gent.slug}")
    assert "<script>alert" not in shown
    assert 'href="javascript:' not in shown
    assert "@leen" in shown
    assert "1.1:0-9" not in shown


def test_an_older_renderers_html_is_made_again(gent, moderator):
    note = pin(moderator, gent)
    note.html, note.render_version = "old", text.RENDER_VERSION - 1
    db.session.flush()
    render.render_outdated()
    db.session.refresh(note)
    assert "<strong>Monday</strong>" in note.html


def test_the_log_has_none_of_its_words(gent, leen, moderator):
    pin(moderator, gent, title="Secret title", body="Secret text")
    lines = audit_log.page(actor(moderator), gent.id).rows
    assert [(line.action, line.reason) for line in lines] == [("note", "")]
    with pytest.raises(Forbidden):
        audit_log.page(actor(leen), gent.id)
