"""Authors object, once, to words that were left out of their post; never to who did it, and nothing comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.audit import own as own_log
from forum.domain.desk import of_space
from forum.domain.house_rules import publishing
from forum.domain.house_rules.publishing import Text
from forum.domain.moderation import leaving_out, leaving_out_objections, rewordings, undo
from forum.domain.spaces import deputies
from forum.domain.threads import post_store, said_to_moderators
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import event_processing
from forum.models.accounts import Member
from forum.models.house_rules import HouseRule
from forum.models.moderation import Action, ActorRole, ModerationAction
from forum.models.notifications import Notification
from forum.models.sealing import Sealing, SealingObjection
from forum.models.spaces import Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_thread

pytestmark = pytest.mark.both_databases


def shorten(post, who, *, rule="", ago=timedelta(minutes=20)):
    """Words went at a moment; return which act it was."""
    with clock.at(clock.now() - ago):
        leaving_out.leave_out(actor(who), post.id, words="Jan Peeters", reason="It is a name.", rule=rule)
    return db.session.scalars(select(Sealing).order_by(Sealing.id.desc()).limit(1)).one()


def told():
    event_processing.process_due()
    rows = db.session.execute(
        select(Member.name, Notification.kind)
        .join(Member, Member.id == Notification.member_id)
        .order_by(Notification.id)
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def post(gent, leen, karim):
    thread = make_thread(gent, karim)
    return make_post(thread, leen, "My neighbour Jan Peeters drinks.")


@pytest.fixture
def second(gent):
    return make_member("Sien", space=gent, role=Role.MODERATOR)


def test_the_author_objects_once_when_it_can_no_longer_be_undone(
    session, post, leen, karim, moderator, second
):
    fresh = shorten(post, moderator, ago=timedelta(0))
    for who in (leen, karim, second):
        with pytest.raises(Forbidden if who is leen else NotFound):
            leaving_out_objections.make(actor(who), fresh.id, words="It is not a name.")
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert rewordings.of_own(actor(leen), post.id)[2][0].may_object
        for who in (karim, moderator, second):
            with pytest.raises(NotFound):
                leaving_out_objections.make(actor(who), fresh.id, words="It is not a name.")
        with pytest.raises(Invalid):
            leaving_out_objections.make(actor(leen), fresh.id, words=" ")
        for _twice in range(2):
            leaving_out_objections.make(actor(leen), fresh.id, words="It is not a name.")
        with pytest.raises(Forbidden):
            leaving_out_objections.make(actor(leen), fresh.id, words="And more.")
        assert leaving_out_objections.asked(actor(leen), fresh.id).is_made
        assert not rewordings.of_own(actor(leen), post.id)[2][0].may_object
    assert db.session.scalars(select(SealingObjection.words)).all() == ["It is not a name."]


def test_what_was_undone_or_taken_back_is_no_longer_there(session, post, leen, moderator):
    sealing = shorten(post, moderator, ago=timedelta(0))
    undo.undo(actor(moderator), db.session.scalars(select(UndoableAct.id)).one())
    with clock.at(clock.now() + timedelta(minutes=11)), pytest.raises(NotFound):
        leaving_out_objections.asked(actor(leen), sealing.id)
    second = shorten(post, moderator)
    leaving_out_objections.asked(actor(leen), second.id)
    post.deleted_at = clock.now()
    db.session.flush()
    with pytest.raises(Forbidden):
        leaving_out_objections.asked(actor(leen), second.id)


def test_another_moderator_says_that_it_did_not_stand_and_nothing_comes_back(
    session, gent, post, leen, karim, moderator, second
):
    sealing = shorten(post, moderator)
    leaving_out_objections.make(actor(leen), sealing.id, words="He is a public figure.")
    kinds = {
        who: [one.kind for one in of_space.page(actor(who), gent.slug).waiting] for who in (moderator, second)
    }
    assert kinds == {moderator: [], second: ["left_out"]}
    for who, refused in ((moderator, Forbidden), (leen, NotFound), (karim, NotFound)):
        for decide in (
            leaving_out_objections.to_decide,
            leaving_out_objections.lift,
            lambda one, number: leaving_out_objections.keep(one, number, answer="No."),
        ):
            with pytest.raises(refused):
                decide(actor(who), sealing.id)
    found = leaving_out_objections.to_decide(actor(second), sealing.id)
    assert (found.author_name, found.reason, found.words) == (
        "Leen",
        "It is a name.",
        "He is a public figure.",
    )
    assert "Jan" not in found.html
    for _twice in range(2):
        leaving_out_objections.lift(actor(second), sealing.id)
    with pytest.raises(Conflict, match="Sien"):
        leaving_out_objections.keep(
            actor(make_member("Mo", space=gent, role=Role.MODERATOR)), sealing.id, answer="No."
        )
    change = rewordings.of_own(actor(leen), post.id)[2][0]
    assert change.said.granted
    assert "Jan" not in post_store.latest_revision(post).plain
    lines = select(ModerationAction.action).where(ModerationAction.post_id == post.id)
    assert db.session.scalars(lines.order_by(ModerationAction.id)).all() == [
        Action.LEAVE_OUT,
        Action.LIFT_LEAVING_OUT,
    ]
    assert [line.action for line in own_log.page(actor(leen)).rows] == ["lift_leaving_out", "leave_out"]
    assert ("Leen", "left_out_lifted") in told()


def test_kept_out_the_author_reads_why_and_by_which_rule(session, gent, post, leen, moderator, second):
    publishing.publish(actor(moderator), gent.id, Text("## Nobody is named\n\nNo names.", ""), seen=0)
    rule = str(db.session.scalars(select(HouseRule.id)).one())
    sealing = shorten(post, moderator, rule=rule)
    leaving_out_objections.make(actor(leen), sealing.id, words="It is not a name.")
    with pytest.raises(Invalid):
        leaving_out_objections.keep(actor(second), sealing.id, answer=" ", rule=rule)
    for _twice in range(2):
        leaving_out_objections.keep(actor(second), sealing.id, answer="It is his name.", rule=rule)
    with pytest.raises(Conflict):
        leaving_out_objections.to_decide(actor(second), sealing.id)
    change = rewordings.of_own(actor(leen), post.id)[2][0]
    assert (change.said.granted, change.said.answer) == (False, "It is his name.")
    assert change.rule.heading == change.answer_rule.heading == "Nobody is named"
    assert told().count(("Leen", "left_out_kept")) == 1


def test_the_deputy_decides_where_the_only_moderator_did_it(session, gent, post, leen, karim, moderator):
    sealing = shorten(post, moderator)
    leaving_out_objections.make(actor(leen), sealing.id, words="Not a name.")
    assert leaving_out_objections.looked_at([sealing.id]) == set()
    deputies.name(actor(moderator), gent.id, handle=karim.handle)
    assert leaving_out_objections.looked_at([sealing.id]) == {sealing.id}
    assert [one.item_id for one in of_space.page(actor(karim), gent.slug).waiting] == [sealing.id]
    assert leaving_out_objections.deputy_for(sealing) == (karim.id, gent.id)
    leaving_out_objections.keep(actor(karim), sealing.id, answer="It was.")
    line = select(ModerationAction.role).where(ModerationAction.action == Action.KEEP_LEFT_OUT)
    assert db.session.scalars(line).all() == [ActorRole.DEPUTY]
    assert ("Karim", "deputy_needed") in told()


def test_words_that_go_later_leave_the_objection_and_erasing_empties_it(
    session, post, leen, moderator, second
):
    sealing = shorten(post, moderator)
    leaving_out_objections.make(actor(leen), sealing.id, words="Everybody knows that he drinks, of course.")
    leaving_out.leave_out(actor(moderator), post.id, words="drinks", reason="It tells who he is.")
    said = db.session.scalars(select(SealingObjection).execution_options(populate_existing=True)).one()
    assert "drinks" not in said.words
    leaving_out_objections.keep(actor(second), sealing.id, answer="It is his name.")
    said_to_moderators.erase(leen.id)
    kept = db.session.execute(select(SealingObjection.words, SealingObjection.answer)).all()
    assert [tuple(row) for row in kept] == [("", "")], "nor what was said to them"


def test_a_post_that_is_deleted_meanwhile_waits_for_nobody(session, gent, post, leen, moderator, second):
    sealing = shorten(post, moderator)
    leaving_out_objections.make(actor(leen), sealing.id, words="Not a name.")
    post.deleted_at = clock.now()
    db.session.flush()
    assert of_space.page(actor(second), gent.slug).waiting == []
    with pytest.raises(Conflict):
        leaving_out_objections.lift(actor(second), sealing.id)
    assert db.session.get_one(Post, post.id).deleted_at is not None
