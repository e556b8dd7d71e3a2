"""While all moderators of a space are away its deputy settles what is reported and what waits, and nothing else."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.audit import log as audit_log
from forum.domain.desk import deputy_desk, mornings, numbers, of_space, waiting
from forum.domain.held_posts import choosing, deciding, pointing, queue, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import hiding, locking, objections, post_reports, settling, undo
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.domain.people import kept_numbers
from forum.domain.spaces import absences, deputies, memberships, spaces
from forum.domain.spaces.absences import Days
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail
from forum.models.moderation import Action, ActorRole
from forum.models.notifications import Notification
from forum.models.post_reports import ReportOutcome, ReportReason
from forum.models.spaces import Membership, Role
from forum.models.threads import Post
from forum.policy.errors import Forbidden, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.notices import react

pytestmark = pytest.mark.both_databases
HIDDEN, LEFT = ReportOutcome.HIDDEN, ReportOutcome.LEFT
MONDAY = datetime.fromisoformat("2026-11-30T08:30+01:00")


class Holiday:
    """Els and Wouter moderate Gent, Noor is its deputy; a post of Bart is reported, and one of Kim waits."""

    def __init__(self):
        self.space = make_space("Gent", city="gent")
        self.els = make_member("Els", space=self.space, role=Role.MODERATOR)
        self.wouter = make_member("Wouter", space=self.space, role=Role.MODERATOR)
        self.noor = make_member("Noor", space=self.space)
        self.bart = make_member("Bart", space=self.space)
        self.kim = make_member("Kim", space=self.space)
        deputies.name(actor(self.els), self.space.id, handle=self.noor.handle)
        self.thread = make_thread(self.space, self.bart)
        self.post = make_post(self.thread, self.bart, "My neighbour Jan drinks.")
        self.report(self.kim)
        choosing.choose(actor(self.els), self.space.id, Choice(newcomers=True))
        self.held = self.send(self.kim)

    def report(self, who, post=None):
        said = Said(ReportReason.IDENTIFIES, "Everybody knows him.", "192.0.2.7")
        post_reports.report(actor(who), (post or self.post).id, said)

    def send(self, who):
        return sending.reply(
            actor(who), self.thread.id, body="I know him too.", idempotency_key=str(uuid.uuid4())
        )

    def go(self, *people, last=6):
        today = days.today()
        for who in people or (self.els, self.wouter):
            absences.say(actor(who), Days(today, today + timedelta(days=last)))

    def waits(self, who):
        """Of what kind something waits for them as a deputy."""
        return sorted(one.kind for one in of_space.page(actor(who), self.space.slug).waiting)

    def settle(self, who, outcome=LEFT, post=None):
        verdict = Verdict(outcome, "Leave out who it is.")
        return settling.settle(actor(who), (post or self.post).id, verdict)

    def approve(self, who):
        html = deciding.rendered(actor(who), self.held.id)
        return deciding.approve(actor(who), self.held.id, seen=1, html=html)

    def refuse(self, who):
        return deciding.refuse(actor(who), self.held.id, seen=1, reason="Name nobody.")


@pytest.fixture
def town(session):
    return Holiday()


def test_only_while_nobody_is_there(town):
    for people in ((), (town.els,)):
        town.go(*people) if people else None
        assert town.waits(town.noor) == []
        with pytest.raises(Forbidden):
            town.settle(town.noor)
        with pytest.raises(NotFound):
            town.approve(town.noor)
        with pytest.raises(NotFound):
            town.refuse(town.noor)
    town.go(town.wouter, last=3)
    assert town.waits(town.noor) == ["held", "reported"]
    assert deputy_desk.of(actor(town.noor))[0].number == 2
    with clock.at(clock.now() + timedelta(days=4)):
        assert town.waits(town.noor) == [], "the first is back after the last day"
        with pytest.raises(Forbidden):
            town.settle(town.noor)
    town.settle(town.noor)
    assert town.approve(town.noor).number == 3
    lines = {line.action: line for line in audit_log.page(actor(town.els), town.space.id).rows}
    for action in (Action.SETTLE_REPORT, Action.APPROVE_POST):
        assert (lines[action].actor_name, lines[action].role) == ("Noor", ActorRole.DEPUTY)


def test_a_moderator_who_is_away_decides_as_always(town):
    town.go()
    assert town.waits(town.els) == ["reported"]
    town.settle(town.els)
    assert town.approve(town.els).number == 3


def test_who_is_suspended_does_not_count_as_being_there(town):
    town.go(town.els)
    assert town.waits(town.noor) == []
    town.wouter.suspended_at = clock.now()
    db.session.flush()
    assert town.waits(town.noor) == ["held", "reported"]


def test_a_deputy_undoes_what_they_hid_and_refused(town):
    town.go()
    town.report(town.kim, post=first_of(town))
    town.refuse(town.noor)
    town.settle(town.noor, HIDDEN)
    town.settle(town.noor, HIDDEN, post=first_of(town))
    assert town.waits(town.noor) == []
    acts = of_space.page(actor(town.noor), town.space.slug).acts
    assert len(acts) == 3
    for act in acts:
        again = undo.rendered(actor(town.noor), act.id)
        undo.undo(actor(town.noor), act.id, again=again)
    assert town.waits(town.noor) == ["held", "reported", "reported"]


def first_of(town):
    """The opening post: once it is hidden nobody but its author and moderators sees the thread."""
    query = select(Post).where(Post.thread_id == town.thread.id, Post.number == 1)
    return db.session.scalars(query).one()


def test_nobody_decides_about_their_own(town):
    mine = town.send(town.noor)
    own = make_post(town.thread, town.noor, "I drink, too.")
    town.report(town.kim, post=own)
    town.go()
    assert town.waits(town.noor) == ["held", "reported"], "of others"
    with pytest.raises(Forbidden):
        town.settle(town.noor, post=own)
    with pytest.raises(NotFound):
        deciding.approve(actor(town.noor), mine.id, seen=1, html="")
    reported = make_post(town.thread, town.bart, "And I.")
    town.report(town.noor, post=reported)
    with pytest.raises(Forbidden):
        town.settle(town.noor, post=reported)
    town.report(town.kim, post=reported)
    town.settle(town.noor, post=reported)


@pytest.mark.parametrize("how", ["suspended", "left", "guest"])
def test_who_is_no_full_member_now_is_no_deputy(town, how):
    town.go()
    assert town.waits(town.noor) == ["held", "reported"]
    if how == "guest":
        mine = (Membership.member_id == town.noor.id,)
        db.session.execute(update(Membership).where(*mine).values(role=Role.GUEST))
    elif how == "left":
        memberships.remove(actor(town.els), town.space.id, town.noor.id, reason="Moved.")
    if how == "suspended":
        before = actor(town.noor)  # the request that was under way
        town.noor.suspended_at = clock.now()
        db.session.flush()
    else:
        before = actor(town.noor)
    with pytest.raises((Forbidden, NotFound)):
        of_space.page(before, town.space.slug)
    with pytest.raises((Forbidden, NotFound)):
        settling.settle(before, town.post.id, Verdict(LEFT))
    with pytest.raises(NotFound):
        deciding.approve(before, town.held.id, seen=1, html="")


def test_a_deputy_gets_no_other_tool(town):
    town.go()
    noor = actor(town.noor)
    hidden = make_post(town.thread, town.bart, "More.")
    hiding.hide(actor(town.els), hidden.id, reason="Somebody is in it.")
    objections.make(actor(town.bart), hidden.id, words="Nobody is.")
    assert town.waits(town.noor) == ["held", "reported"], "an objection waits for Wouter"
    for act in (
        lambda: objections.keep_hidden(noor, hidden.id, answer="It stays."),
        lambda: hiding.hide(noor, town.post.id, reason="Out."),
        lambda: locking.lock(noor, town.thread.id),
        lambda: hiding.hidden_posts(noor, town.space.id),
        lambda: pointing.of_space(noor, town.space.id),
        lambda: queue.of_space(noor, town.space.id),
        lambda: choosing.choose(noor, town.space.id, Choice()),
        lambda: memberships.remove(noor, town.space.id, town.bart.id, reason="Out."),
        lambda: spaces.require_moderator(noor, town.space.id),
        lambda: audit_log.page(noor, town.space.id),
    ):
        with pytest.raises((Forbidden, NotFound)):
            act()


def test_what_the_deputy_does_not_read_does_not_wait_for_them(town):
    elsewhere = make_space("Genk", city="genk")
    make_member("An", space=elsewhere, role=Role.MODERATOR)
    thread = make_thread(elsewhere, make_member("Pol", space=elsewhere))
    post_reports.report(actor(town.kim), make_post(thread, town.bart).id, Said(ReportReason.SPAM, "", ""))
    town.go()
    assert town.waits(town.noor) == ["held", "reported"]


def notices_of(kind):
    """What was told of that kind, and to whom."""
    return db.session.scalars(select(Notification).where(Notification.kind == kind)).all()


def test_a_report_made_meanwhile_is_told_to_the_deputy(town):
    react()
    town.go()
    post = make_post(town.thread, town.bart, "Again Jan.")
    town.report(town.kim, post=post)
    react()
    assert [one.member_id for one in notices_of("deputy_needed")] == [town.noor.id]


def test_what_the_only_moderator_there_reported_is_for_the_deputy(town):
    other = make_post(town.thread, town.bart, "So does his wife.")
    town.report(town.wouter, other)
    assert "reported" not in town.waits(town.noor), "Els is there"
    town.go(town.els)
    assert town.waits(town.noor) == ["reported"]
    with pytest.raises(Forbidden):
        town.settle(town.wouter, post=other)
    town.settle(town.noor, HIDDEN, post=other)
    third = make_post(town.thread, town.bart, "And theirs.")
    for who in (town.wouter, town.kim):
        town.report(who, third)
    assert town.waits(town.noor) == [], "another reported it as well"
    town.settle(town.wouter, post=third)


def test_the_mail_in_the_morning_goes_to_the_deputy_meanwhile(town):
    def mailed():
        mornings.queue_batch(after_id=0)
        numbers.count_batch(after_id=0)
        query = select(OutgoingMail.member_id).where(OutgoingMail.kind == mornings.LETTER)
        return set(db.session.scalars(query))

    with clock.at(MONDAY + timedelta(days=7)):
        town.go(last=6)
        assert mailed() == {town.noor.id}
        assert mornings.due_of(town.els) == []
        assert [line.number for line in mornings.due_of(town.noor)] == [1, 1]
    with clock.at(MONDAY + timedelta(days=14)):
        assert mailed() == {town.noor.id, town.els.id, town.wouter.id}
        assert mornings.due_of(town.noor) == []


def test_the_number_counts_what_waits_for_a_moderator_as_the_deputy_of_another_space(town):
    """Number, list and e-mail say the same of a deputy, whether they moderate elsewhere or not."""
    away = make_space("Aalst", city="aalst")
    memberships.grant(town.els.id, town.noor.id, away.id, Role.MODERATOR)
    mine = make_post(make_thread(away, make_member("Piet", space=away), axis=None), town.bart, "Jan too.")
    town.report(town.kim, post=mine)
    with clock.at(MONDAY + timedelta(days=7)):
        town.go(last=6)
        number = numbers.keep(actor(town.noor))
        own = waiting.number(actor(town.noor), [away.id])
        elsewhere = sum(one.number for one in deputy_desk.of(actor(town.noor)))
        assert (number, elsewhere) == (own + 2, 2)
        kept = db.session.scalar(select(kept_numbers.column()).where(Member.id == town.noor.id))
        assert kept_numbers.read(kept, actor(town.noor)) == number
        assert sum(line.number for line in mornings.due_of(town.noor)) >= 2
        deputies.name(actor(town.els), town.space.id, handle=town.kim.handle)
        assert kept_numbers.read(kept, actor(town.noor)) is None, "of other spaces it says nothing"
        assert numbers.keep(actor(town.noor)) == own


def test_a_deputy_without_a_space_gets_number_and_mail_for_objections_of_the_only_moderator(session):
    town = Holiday()
    memberships.set_role(actor(town.els), town.space.id, town.wouter.id, role=Role.MEMBER)
    with clock.at(MONDAY):
        hiding.hide(actor(town.els), town.post.id, reason="A name.")
        objections.make(actor(town.bart), town.post.id, words="It is not.")
    with clock.at(MONDAY + timedelta(days=7)):
        assert numbers.keep(actor(town.noor)) == 1
        assert [line.number for line in mornings.due_of(town.noor)] == [1]
        mornings.queue_batch(after_id=0)
        assert town.noor.id in set(db.session.scalars(select(OutgoingMail.member_id)))
