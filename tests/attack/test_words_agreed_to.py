"""Agreements that cannot be given, words that wait, and go to readers nobody asked about."""

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import deciding, sending
from forum.domain.moderation import narrowing
from forum.domain.regrouping import agreements, answering, regroupings
from forum.domain.responses import responses
from forum.domain.spaces import measures
from forum.domain.spaces.measures import Decision
from forum.domain.threads import classification
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.held import HeldPost
from forum.models.measures import MeasureKind
from forum.models.regrouping import Agreement
from forum.models.responses import ResponseKind
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.models.threads import Post
from forum.policy.errors import Conflict, Forbidden, Invalid
from tests import other_readers
from tests.factories import actor, make_member, make_post, make_space, make_thread


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def noor(gent):
    return make_member("Noor", space=gent)


@pytest.fixture
def thread(gent, leen, karim):
    make_member("Ruth", space=make_space("Aalst", city="aalst"))  # reads it once it is for the network
    found = make_thread(gent, leen, audience=Audience.SPACE)
    make_post(found, karim)
    return found


def work():
    db.session.commit()
    worker.run_until_idle()


def say(member, **over):
    its = db.session.scalars(select(Agreement.id).where(Agreement.author_id == member.id)).one()
    seen = answering.digest_of(actor(member), its)
    return answering.answer(actor(member), its, agreed=True, seen=seen)


def wide(thread):
    return regroupings.readers(thread, Audience.NETWORK)


def test_who_changed_their_sentence_can_still_agree(leen, karim, noor, moderator, thread):
    responses.respond(actor(noor), thread.id, kind=next(iter(ResponseKind)), sentence="Bij ons ook.")
    work()
    narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
    work()
    responses.respond(
        actor(noor), thread.id, kind=next(iter(ResponseKind)), sentence="Bij ons ook, sinds mei."
    )
    work()
    for who in (leen, karim, noor):
        say(who)  # from the page, which shows the words as they are
    assert agreements.standing(actor(moderator), wide(thread)).is_agreed


def test_who_took_their_response_back_can_still_agree(leen, karim, moderator, thread):
    responses.respond(actor(karim), thread.id, kind=next(iter(ResponseKind)))
    work()
    narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
    work()
    responses.take_back(actor(karim), thread.id)
    work()
    say(leen)
    say(karim)
    assert agreements.standing(actor(moderator), wide(thread)).is_agreed


def test_what_waits_in_a_thread_does_not_reach_readers_that_its_author_was_not_asked_about(
    gent, leen, karim, noor, moderator, thread
):
    measures.take(actor(moderator), gent.id, noor.id, Decision(MeasureKind.HOLD, "We look first.", None))
    held = sending.reply(
        actor(noor), thread.id, body="Only for us in Gent.", idempotency_key=str(uuid.uuid4())
    )
    assert isinstance(held, HeldPost)
    work()
    with suppress(Conflict, Forbidden):
        narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
        work()
        say(leen)
        say(karim)
        other_readers.set_audience(actor(moderator), thread.id, audience=Audience.NETWORK)
        html = deciding.rendered(actor(moderator), held.id)
        deciding.approve(actor(moderator), held.id, seen=1, html=html)
    db.session.expire_all()
    appeared = db.session.scalars(select(Post).where(Post.author_id == noor.id)).all()
    assert not (appeared and thread.audience == Audience.NETWORK)


def test_who_is_held_says_nothing_in_tags(gent, leen, moderator, noor):
    its = make_thread(gent, noor, audience=Audience.NETWORK)
    measures.take(actor(moderator), gent.id, noor.id, Decision(MeasureKind.HOLD, "We look first.", None))
    with suppress(Forbidden, Invalid):
        classification.classify(
            actor(noor), its.id, need=Need.STORIES, axis=Axis.SOLIDARITY, tags=["directeur liegt"]
        )
    assert "directeur liegt" not in classification.current(actor(moderator), its.id)[1].tags


def test_silence_of_the_term_is_over_when_nobody_answered(leen, karim, moderator, thread):
    narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
    with clock.at(clock.now() + timedelta(days=40)), pytest.raises(Conflict):
        say(leen)


def test_who_is_muted_or_held_does_not_give_their_words_more_readers(gent, moderator, noor):
    its = make_thread(gent, noor, audience=Audience.SPACE)
    measures.take(actor(moderator), gent.id, noor.id, Decision(MeasureKind.HOLD, "We look first.", None))
    with suppress(Conflict, Forbidden):
        other_readers.set_audience(actor(noor), its.id, audience=Audience.PUBLIC)
    db.session.expire_all()
    assert its.audience == Audience.SPACE
