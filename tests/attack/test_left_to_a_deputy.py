"""What a deputy reads, and for how long: never a hidden post; and who was let in by a slip leaves nothing behind."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.desk import deputy_desk, of_space
from forum.domain.held_posts import choosing, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import hiding, leaving_out, leaving_out_objections, post_reports, undo
from forum.domain.moderation.post_reports import Said
from forum.domain.responses import responses
from forum.domain.spaces import deputies, join_requests
from forum.infra import clock
from forum.infra.db import db
from forum.models.post_reports import ReportReason
from forum.models.responses import ResponseKind
from forum.models.sealing import Sealing
from forum.models.spaces import Role
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases


def left_out(post, who):
    with clock.at(clock.now() - timedelta(minutes=20)):
        leaving_out.leave_out(actor(who), post.id, words="Jan Peeters", reason="It is a name.")
    return db.session.scalars(select(Sealing).order_by(Sealing.id.desc()).limit(1)).one()


def last_act():
    return db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc()).limit(1)).one()


def test_an_objection_shows_no_deputy_the_words_of_a_post_that_is_hidden_since(
    session, gent, leen, moderator
):
    noor = make_member("Noor", space=gent)
    deputies.name(actor(moderator), gent.id, handle=noor.handle)
    post = make_post(make_thread(gent, leen), leen, "My neighbour Jan Peeters lives at number 12.")
    sealing = left_out(post, moderator)
    leaving_out_objections.make(actor(leen), sealing.id, words="He is known.")
    assert [one.kind for one in of_space.page(actor(noor), gent.slug).waiting] == ["left_out"]
    hiding.hide(actor(moderator), post.id, reason="It tells where he lives.")
    with pytest.raises(NotFound):
        leaving_out_objections.to_decide(actor(noor), sealing.id)
    assert of_space.page(actor(noor), gent.slug).waiting == []
    assert deputy_desk.of(actor(noor))[0].number == 0
    sien = make_member("Sien", space=gent, role=Role.MODERATOR)
    assert [one.kind for one in of_space.page(actor(sien), gent.slug).waiting] == ["left_out"]


def test_nobody_is_promised_an_answer_that_only_its_author_or_who_did_it_could_give(
    session, gent, leen, moderator
):
    deputies.name(actor(moderator), gent.id, handle=leen.handle)
    post = make_post(make_thread(gent, moderator), leen, "My neighbour Jan Peeters drinks.")
    sealing = left_out(post, moderator)
    leaving_out_objections.make(actor(leen), sealing.id, words="He is known.")
    assert leaving_out_objections.looked_at([sealing.id]) == set()
    noor = make_member("Noor", space=gent)
    deputies.name(actor(moderator), gent.id, handle=noor.handle)
    assert leaving_out_objections.looked_at([sealing.id]) == {sealing.id}


def test_who_was_let_in_by_a_slip_is_no_deputy_when_they_come_later(session, gent, moderator):
    lotte = make_member("Lotte", space=make_space("Aalst", city="aalst"))
    asked = join_requests.request_to_join(actor(lotte), gent.id)
    join_requests.answer(actor(moderator), asked.id, role=Role.MEMBER, with_undo=True)
    deputies.name(actor(moderator), gent.id, handle=lotte.handle)
    undo.undo(actor(moderator), last_act().id)
    db.session.expire_all()
    assert deputies.of_space(gent.id) is None
    join_requests.answer(actor(moderator), asked.id, role=Role.MEMBER)
    db.session.expire_all()
    assert deputies.of_space(gent.id) is None
    assert actor(lotte).deputy_in == frozenset()


def test_nobody_is_let_out_again_who_said_something_that_waits_or_stands_beside_the_posts(
    session, gent, leen, moderator
):
    choosing.choose(actor(moderator), gent.id, Choice(newcomers=True))
    thread = make_thread(gent, leen)
    for say in (
        lambda who: sending.reply(
            actor(who), thread.id, body="I know him.", idempotency_key=str(uuid.uuid4())
        ),
        lambda who: responses.respond(actor(who), thread.id, kind=ResponseKind.ALSO, sentence="Here too."),
    ):
        lotte = make_member("Lotte", space=make_space("Aalst", city="aalst"))
        asked = join_requests.request_to_join(actor(lotte), gent.id)
        join_requests.answer(actor(moderator), asked.id, role=Role.MEMBER, with_undo=True)
        say(lotte)
        with pytest.raises(Conflict):
            undo.undo(actor(moderator), last_act().id)
        assert gent.id in actor(lotte).roles


def test_a_report_of_somebody_let_in_tells_its_author_nothing_by_an_undo_that_is_refused(
    session, gent, moderator
):
    lotte = make_member("Lotte", space=make_space("Aalst", city="aalst"))
    post = make_post(make_thread(gent, moderator), moderator, "My neighbour drinks.")
    asked = join_requests.request_to_join(actor(lotte), gent.id)
    join_requests.answer(actor(moderator), asked.id, role=Role.MEMBER, with_undo=True)
    post_reports.report(actor(lotte), post.id, Said(ReportReason.IDENTIFIES, "Him.", "192.0.2.7"))
    undo.undo(actor(moderator), last_act().id)
    db.session.expire_all()
    assert gent.id not in actor(lotte).roles
