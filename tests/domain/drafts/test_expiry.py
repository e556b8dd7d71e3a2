"""Drafts do not stay for ever, and none goes without a word: a year from the last change, 30 days without access."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from forum.domain import draft_places
from forum.domain.draft_places import REPLY
from forum.domain.drafts import acceptance, drafts, expiry
from forum.domain.drafts.views import Subject
from forum.infra import clock, mailer
from forum.infra.db import db
from forum.jobs import calendar, worker
from forum.models.drafts import Draft
from forum.models.mail import MailState, OutgoingMail
from forum.models.spaces import Audience, Membership
from tests.factories import actor, join, make_thread

ENTER = draft_places.places
DAY = timedelta(days=1)
WORDS = "zwartconceptwoord"


@pytest.fixture(autouse=True)
def no_letters_of_before(session):
    mailer.sent().clear()


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen, title="Zwarttitel", audience=Audience.SPACE)


@pytest.fixture
def began(leen, thread):
    """When the one draft was last changed."""
    keep(leen, thread)
    db.session.commit()
    return clock.now()


def keep(member, thread, words=WORDS):
    about = Subject(REPLY, thread.id)
    return drafts.keep(actor(member), about, str(uuid.uuid4()), {"body": words}, revision=0, enter=ENTER)


def leave(member):
    db.session.execute(
        db.update(Membership).where(Membership.member_id == member.id).values(ended_at=clock.now())
    )


def pass_days(start, *numbers):
    """Let the worker look on these days after `start`; return how many letters went out by then."""
    for number in numbers:
        with clock.at(start + number * DAY + timedelta(minutes=1)):
            calendar.look_at_drafts()
            worker.run_until_idle()
    return letters()


def letters():
    """What went out about drafts, both parts and the headers of each."""
    about = set(db.session.scalars(select(OutgoingMail.message_id).where(OutgoingMail.kind == expiry.LETTER)))
    return [
        f"{message['Subject']} {message['To']} "
        + " ".join(" ".join(message.get_body((kind,)).get_content().split()) for kind in ("plain", "html"))
        for message in mailer.sent()
        if message["Message-ID"] in about
    ]


def left():
    return db.session.scalar(select(func.count(Draft.id)))


def test_a_draft_stays_a_year_and_its_owner_is_told_a_month_before(began, leen, thread):
    assert pass_days(began, 1, 100, 334) == []
    assert len(pass_days(began, 335, 336, 350, 364)) == 1
    with clock.at(began + 340 * DAY):
        (shown,) = drafts.every(actor(leen), enter=ENTER)
        assert shown.lapses_soon
        assert shown.lapses_at.date() == (began + 365 * DAY).date()
    assert left() == 1
    pass_days(began, 366)
    assert left() == 0
    (letter,) = letters()
    assert "1 draft has not changed for eleven months" in letter
    for secret in (WORDS, "Zwarttitel", "Gent"):
        assert secret not in letter


def test_going_on_with_it_begins_the_year_anew(began, leen, thread):
    pass_days(began, 340)
    draft = db.session.scalars(select(Draft)).one()
    with clock.at(began + 350 * DAY):
        about = Subject(REPLY, thread.id)
        drafts.keep(actor(leen), about, draft.idempotency_key, {"body": "More"}, revision=1, enter=ENTER)
        db.session.commit()
        assert drafts.every(actor(leen), enter=ENTER)[0].lapses_soon is False
    pass_days(began, 366, 380)
    assert left() == 1
    assert len(pass_days(began, 350 + 335)) == 2


def test_nothing_goes_before_the_word_even_when_the_worker_was_away(began, leen):
    assert len(pass_days(began, 500)) == 1
    assert left() == 1
    pass_days(began, 529)
    assert left() == 1
    pass_days(began, 531)
    assert left() == 0


def test_nothing_goes_while_its_letter_did_not_go_out_and_a_letter_given_up_is_written_anew(began, leen):
    def become(state):
        db.session.execute(db.update(OutgoingMail).values(state=state))
        db.session.commit()

    def look(day):
        with clock.at(began + day * DAY):
            expiry.sweep(enter=ENTER)
            db.session.commit()

    look(336)
    become(MailState.QUEUED)
    look(400)
    assert left() == 1, "it waits to be sent"
    become(MailState.FAILED)
    look(402)
    assert left() == 1, "nobody was told"
    assert db.session.scalar(select(func.count(OutgoingMail.id))) == 2
    become(MailState.SENT)
    look(431)
    assert left() == 1, "told again, thirty days before"
    look(433)
    assert left() == 0


def test_a_letter_tells_only_of_drafts_that_no_earlier_one_told_of(began, leen, thread):
    with clock.at(began + 5 * DAY):
        keep(leen, thread, "Later")
        db.session.commit()
    assert len(pass_days(began, 336)) == 1
    assert len(pass_days(began, 342)) == 2
    assert all("1 draft has not changed for eleven months" in letter for letter in letters())


def test_a_draft_without_access_goes_after_thirty_days_with_a_word_a_week_before(began, leen, gent):
    leave(leen)
    db.session.commit()
    assert pass_days(began, 1, 10, 23) == []
    assert len(pass_days(began, 25, 27)) == 1
    assert left() == 1
    pass_days(began, 32)
    assert left() == 0
    (letter,) = letters()
    assert "1 draft belongs to a place that you may no longer enter." in letter
    for secret in (WORDS, "Zwarttitel", "Gent"):
        assert secret not in letter


def test_access_that_comes_back_brings_the_draft_back_and_ends_the_count(began, leen, gent):
    leave(leen)
    db.session.commit()
    pass_days(began, 1, 25)
    join(leen, gent)
    db.session.commit()
    (shown,) = drafts.every(actor(leen), enter=ENTER)
    assert shown.fields["body"] == WORDS
    assert shown.lapses_soon is False
    pass_days(began, 26, 33, 60)
    assert left() == 1
    leave(leen)
    db.session.commit()
    pass_days(began, 61, 80)
    assert left() == 1, "the thirty days begin anew"


def test_many_drafts_make_one_letter_a_day(began, leen, gent, thread):
    for number in range(4):
        with clock.at(began + timedelta(hours=number)):
            keep(leen, thread, f"{number} more")
    db.session.commit()
    leave(leen)
    db.session.commit()
    assert len(pass_days(began, 1.5, 25.5)) == 1
    assert "5 drafts belong to places that you may no longer enter." in letters()[0]


def test_a_suspended_account_loses_nothing_meanwhile(began, leen):
    leen.suspended_at = clock.now()
    db.session.commit()
    assert pass_days(began, 1, 40, 400) == []
    assert left() == 1
    leen.suspended_at = None
    db.session.commit()
    assert len(pass_days(began, 401)) == 1


def test_marks_and_what_was_thrown_away_go_when_their_time_is_over(began, leen, thread):
    about = Subject(REPLY, thread.id)
    acceptance.accept(actor(leen), about, "sent", {}, revision=0)
    drafts.discard(actor(leen), db.session.scalars(select(Draft.id).where(Draft.sent_at.is_(None))).one())
    db.session.commit()
    pass_days(began, 0)
    assert left() == 2
    pass_days(began, 2)
    assert db.session.scalars(select(Draft.idempotency_key)).all() == ["sent"]
    pass_days(began, 366)
    assert left() == 0
    assert letters() == []


def test_a_batch_is_bounded_and_all_get_their_turn(began, leen, thread, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 3)
    for number in range(7):
        acceptance.accept(actor(leen), Subject(REPLY, thread.id), f"sent-{number}", {}, revision=0)
    db.session.commit()
    with clock.at(began + 400 * DAY):
        assert expiry.sweep(enter=ENTER) == 3
        assert left() == 6
    pass_days(began, 401)
    assert left() == 1
    keys = db.session.scalars(select(OutgoingMail.key).where(OutgoingMail.kind == expiry.LETTER)).all()
    assert len(keys) == 1
