"""Nobody judges their own: the deputy of a space looks after what its only moderator may not, and authors object."""

import pytest
from sqlalchemy import select, update

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.desk import of_space
from forum.domain.doctor import work
from forum.domain.moderation import hiding, objections, post_reports, settling, undo
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.spaces import deputies, memberships
from forum.infra.db import db
from forum.jobs import event_processing
from forum.models.notifications import Notification
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Audience, Membership, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases
LEFT, HIDDEN = ReportOutcome.LEFT, ReportOutcome.HIDDEN


class Town:
    """A space with one moderator, Els, and members; Els wrote a thread, Bart replied."""

    def __init__(self):
        self.space = make_space("Gent", city="gent")
        self.els = make_member("Els", space=self.space, role=Role.MODERATOR)
        self.bart = make_member("Bart", space=self.space)
        self.noor = make_member("Noor", space=self.space)
        self.gust = make_member("Gust", space=self.space, role=Role.GUEST)
        self.thread = make_thread(self.space, self.els, audience=Audience.SPACE)
        self.opening = post_of(self.thread, 1)
        self.reply = make_post(self.thread, self.bart, "My neighbour Jan drinks.")

    def name(self, member):
        deputies.name(actor(self.els), self.space.id, handle=f"@{member.handle}")

    def report(self, who, post):
        post_reports.report(actor(who), post.id, Said(ReportReason.WRONG))

    def waits(self, who):
        return [(one.kind, one.item_id) for one in of_space.page(actor(who), self.space.slug).waiting]


def post_of(thread, number):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == number)).one()


def told():
    event_processing.process_due()
    rows = db.session.scalars(select(Notification).order_by(Notification.id))
    return [(row.member_id, row.kind) for row in rows]


def test_a_deputy_is_a_full_member_while_they_are_and_the_log_says_who(session):
    town = Town()
    for who in (town.gust, town.els, make_member("Kim", space=make_space("Genk"))):
        with pytest.raises(Invalid):
            town.name(who)
    for who, refused in ((town.bart, Forbidden), (make_member("Leen"), NotFound)):
        with pytest.raises(refused):
            deputies.name(actor(who), town.space.id, handle=town.noor.handle)
    assert deputies.standing(actor(town.els), town.space.id).is_missing
    for _twice in range(2):
        town.name(town.noor)
    town.name(town.bart)
    assert deputies.standing(actor(town.els), town.space.id).deputy_id == town.bart.id
    assert told() == [(town.bart.id, "deputy_named")]
    memberships.set_role(actor(town.els), town.space.id, town.bart.id, role=Role.GUEST)
    memberships.set_role(actor(town.els), town.space.id, town.bart.id, role=Role.MEMBER)
    assert deputies.of_space(town.space.id) is None
    town.name(town.noor)
    memberships.remove(actor(town.els), town.space.id, town.noor.id, reason="Gone.")
    assert deputies.of_space(town.space.id) is None
    town.name(town.bart)
    deputies.end(actor(town.els), town.space.id)
    lines = [(line.subject_name, line.code) for line in audit_log.page(actor(town.els), town.space.id).rows]
    assert [line for line in lines if line[1]] == [
        ("Bart", "ended"),
        ("Bart", "named"),
        ("Noor", "named"),
        ("Bart", "named"),
        ("Noor", "named"),
    ]


def test_what_is_reported_of_the_only_moderator_waits_for_the_deputy_alone(session):
    town = Town()
    mine = make_post(town.thread, town.els, "A moderator says this.")
    town.report(town.bart, mine)
    town.report(town.noor, town.reply)
    assert town.waits(town.els) == [("reported", town.reply.id)]
    assert [(found.check, found.count) for found in work.reports_without_anybody()] == [("reported posts", 1)]
    for who in (town.els, town.noor):
        with pytest.raises(Forbidden):
            settling.settle(actor(who), mine.id, Verdict(LEFT))
    with pytest.raises(Forbidden):
        of_space.page(actor(town.noor), town.space.slug)
    town.name(town.noor)
    assert list(work.reports_without_anybody()) == []
    assert town.waits(town.noor) == [("reported", mine.id)]
    with pytest.raises(Forbidden):
        settling.settle(actor(town.noor), town.reply.id, Verdict(LEFT))
    # Hidden by the deputy, who undoes it; the moderator shows nothing of their own again.
    settling.settle(actor(town.noor), mine.id, Verdict(HIDDEN, "Not so."))
    with pytest.raises(Forbidden):
        hiding.restore(actor(town.els), mine.id)
    act = db.session.scalars(select(UndoableAct)).one()
    undo.undo(actor(town.noor), act.id, again=undo.rendered(actor(town.noor), act.id))
    assert (mine.hidden_at, town.waits(town.noor)) == (None, [("reported", mine.id)])
    second = make_member("Wouter", space=town.space, role=Role.MODERATOR)
    assert ("reported", mine.id) in town.waits(second)
    assert town.waits(town.noor) == []


def test_the_deputy_is_told_of_the_space_and_undoes_also_what_closed_the_thread_to_them(session):
    town = Town()
    town.name(town.noor)
    town.report(town.bart, town.opening)
    assert (town.noor.id, "deputy_needed") in told()
    settling.settle(actor(town.noor), town.opening.id, Verdict(HIDDEN, "Not so."))
    act = db.session.scalars(select(UndoableAct)).one()
    undo.undo(actor(town.noor), act.id, again=undo.rendered(actor(town.noor), act.id))
    assert (town.opening.hidden_at, town.thread.hidden_at) == (None, None)
    assert town.waits(town.noor) == [("reported", town.opening.id)]


def test_the_author_of_a_hidden_post_objects_once_to_somebody_else_than_who_hid_it(session):
    town = Town()
    with pytest.raises(Forbidden):
        objections.make(actor(town.bart), town.reply.id, words="Why?")
    hiding.hide(actor(town.els), town.reply.id, reason="A name.")
    with pytest.raises(Forbidden):
        objections.make(actor(town.noor), town.reply.id, words="Why?")
    for _twice in range(2):
        objections.make(actor(town.bart), town.reply.id, words="Jan is not his name.")
    with pytest.raises(Forbidden):
        objections.make(actor(town.bart), town.reply.id, words="And once more.")
    assert town.waits(town.els) == []
    with pytest.raises(Forbidden):
        objections.keep_hidden(actor(town.els), town.reply.id, answer="No.")
    with pytest.raises(Forbidden):
        objections.restore(actor(town.noor), town.reply.id)
    town.name(town.noor)
    assert town.waits(town.noor) == [("objections", town.reply.id)]
    seen = objections.to_decide(actor(town.noor), town.reply.id)
    assert ("drinks" in seen.html, seen.words) == (True, "Jan is not his name.")
    with pytest.raises(Invalid):
        objections.keep_hidden(actor(town.noor), town.reply.id, answer=" ")
    for _twice in range(2):
        objections.keep_hidden(actor(town.noor), town.reply.id, answer="It is his name.")
    with pytest.raises(Conflict):
        objections.restore(actor(town.noor), town.reply.id)
    _thread, _post, made = objections.asked(actor(town.bart), town.reply.id)
    assert (made.answer, bool(made.decided_at)) == ("It is his name.", True)
    assert told().count((town.bart.id, "objection_declined")) == 1
    assert town.waits(town.noor) == []


def test_shown_again_its_author_hears_of_it_and_may_object_to_another_hiding(session):
    town = Town()
    town.name(town.noor)
    wouter = make_member("Leen", space=town.space, role=Role.MODERATOR)
    for number, (hides, decides) in enumerate(((town.els, wouter), (wouter, town.els)), start=1):
        hiding.hide(actor(hides), town.reply.id, reason="A name.")
        objections.make(actor(town.bart), town.reply.id, words="It is not.")
        assert (town.waits(hides), town.waits(decides)) == ([], [("objections", town.reply.id)])
        for _twice in range(2):
            objections.restore(actor(decides), town.reply.id)
        assert town.reply.hidden_at is None
        assert told().count((town.bart.id, "post_restored")) == number
    # Of a hidden opening post the deputy sees no thread, and decides on it all the same.
    db.session.execute(update(Membership).where(Membership.member_id == wouter.id).values(role=Role.GUEST))
    thread = make_thread(town.space, town.bart, audience=Audience.SPACE, body="About Jan.")
    hiding.hide(actor(town.els), post_of(thread, 1).id, reason="A name.")
    objections.make(actor(town.bart), post_of(thread, 1).id, words="It is not.")
    with pytest.raises(NotFound):
        objections.to_decide(actor(town.gust), post_of(thread, 1).id)
    assert town.waits(town.noor) == [("objections", post_of(thread, 1).id)]
    assert "About Jan." in objections.to_decide(actor(town.noor), post_of(thread, 1).id).html
    objections.restore(actor(town.noor), post_of(thread, 1).id)
    assert thread.hidden_at is None


def test_reports_that_an_objection_answered_do_not_come_back_to_who_hid_the_post(session):
    town = Town()
    town.name(town.noor)
    town.report(town.gust, town.reply)
    settling.settle(actor(town.els), town.reply.id, Verdict(HIDDEN, "A name."))
    objections.make(actor(town.bart), town.reply.id, words="It is not.")
    objections.restore(actor(town.noor), town.reply.id)
    assert (town.reply.hidden_at, town.waits(town.els), town.waits(town.noor)) == (None, [], [])
    with pytest.raises(Conflict):
        settling.settle(actor(town.els), town.reply.id, Verdict(HIDDEN, "All the same."))
    assert (town.gust.id, "report_settled") in told()
    for who in (town.noor, town.els):
        assert undoable.open_acts(actor(who)) == []
