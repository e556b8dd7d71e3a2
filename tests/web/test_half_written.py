"""What a refused verb wrote half is never kept, and no view writes where nothing may be written any more."""

import logging

import pytest
from flask import redirect, render_template
from sqlalchemy import select

from forum.domain.lessons import lessons
from forum.domain.people import profiles
from forum.infra import changes
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.themes import LessonTag
from forum.policy.errors import Invalid
from forum.web.forms import errors_on
from forum.web.forms.settings import PasswordForm
from forum.web.http import transactions
from forum.web.http.access import open_to, signed_in
from forum.web.http.current_user import actor
from tests.factories import sign_in, submit
from tests.lesson_scenario import build
from tests.web.test_workbench import TEXT

SIX = "een, twee, drie, vier, vijf, zes"


def name_of(member):
    return db.session.scalar(select(Member.name).where(Member.id == member.id))


def rename(name):
    """A verb that wrote something before it was done."""
    db.session.get_one(Member, actor().id).name = name
    db.session.flush()


@pytest.fixture
def planted(app, client, leen, monkeypatch):
    """Let this view answer one of our forms and pages, for somebody signed in."""
    db.session.commit()
    sign_in(client, leen)

    def plant(view, endpoint="settings.change_password"):
        monkeypatch.setitem(app.view_functions, endpoint, open_to(signed_in)(view))
        return client

    return plant


def test_a_text_with_too_many_tags_saves_nothing_of_itself_on_the_way_to_another_tab(client):
    scenario = build()
    lesson = scenario.draft()
    db.session.commit()
    before = lessons.working(lesson)
    title, saved = before.title, before.saved_count
    sign_in(client, scenario.curator)
    form = TEXT | {"title": "Half a text", "tags": SIX, "saved_count": saved}
    sent = {**form, "draft_form": "lesson_text", "draft_subject": lesson.id, "idempotency_key": "half-a-text"}
    for then in ({}, {"then": f"/workbench/{lesson.id}?part=claims"}):
        answer = submit(client, f"/workbench/{lesson.id}/text", sent | then)
        assert answer.status_code == (303 if then else 422)
        db.session.expire_all()
        now = lessons.working(lesson)
        assert (now.title, now.saved_count) == (title, saved)
    assert db.session.scalars(select(LessonTag)).all() == []


def test_a_verb_that_refuses_its_tags_has_set_nothing(session):
    scenario = build()
    lesson = scenario.draft()
    version = lessons.working(lesson)
    title, saved = version.title, version.saved_count
    with pytest.raises(Invalid):
        lessons.save(
            scenario.actor("curator"), lesson.id, saved_count=saved, title="Half", tags=SIX.split(", ")
        )
    assert (version.title, version.saved_count) == (title, saved)


def test_what_was_written_before_a_refusal_is_undone_and_what_follows_is_kept(planted, leen):
    def view():
        with errors_on(PasswordForm()):
            rename("Half")
            raise Invalid("password", "No.")
        profiles.set_theme(actor(), "dark")
        return redirect("/", 303)

    assert submit(planted(view), "/settings/security").status_code == 303
    db.session.expire_all()
    assert (name_of(leen), leen.theme) == ("Leen", "dark")


def after_a_page():
    page = render_template("accounts/account_requested.html")
    rename("Late")
    return page


def before_looking_up():
    rename("Early")
    with transactions.looking_up():
        pass
    return redirect("/", 303)


@pytest.mark.parametrize("view", [after_a_page, before_looking_up])
def test_who_writes_where_nothing_may_be_written_is_told(app, planted, leen, view, monkeypatch, caplog):
    browser = planted(view)
    with caplog.at_level(logging.ERROR):
        assert submit(browser, "/settings/security").status_code == 500
    assert changes.OutOfTurn.__name__ in caplog.text
    db.session.expire_all()
    assert name_of(leen) == "Leen"
    caplog.clear()
    monkeypatch.setattr(app, "testing", False)  # among people it goes on, and is logged
    with caplog.at_level(logging.ERROR):
        assert submit(browser, "/settings/security").status_code in {200, 303}
    assert "out of turn: something was written" in caplog.text
    assert view.__name__ in caplog.text


def test_a_page_that_is_only_looked_at_writes_nothing(planted, leen, caplog):
    with caplog.at_level(logging.ERROR):
        assert (
            planted(lambda: rename("Seen") or "x", "settings.security").get("/settings/security").status_code
            == 500
        )
    assert changes.OutOfTurn.__name__ in caplog.text
