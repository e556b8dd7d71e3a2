"""A post is reported by who reads it, settled once by who may, and everybody hears of it what they may know."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.audit import log as audit_log
from forum.domain.audit import own as own_log
from forum.domain.consents import settling as erasing
from forum.domain.desk import of_space
from forum.domain.desk.queues import reported
from forum.domain.held_posts import choosing, deciding, sending
from forum.domain.held_posts import queue as held_queue
from forum.domain.held_posts.choosing import Choice
from forum.domain.inbox import notices
from forum.domain.moderation import hiding, objections, post_reports, settling, taking_back, undo
from forum.domain.moderation.post_reports import Said
from forum.domain.moderation.settling import Verdict
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import event_processing
from forum.models.notifications import Notification
from forum.models.post_reports import PostObjection, PostReport, PostSettlement, ReportOutcome, ReportReason
from forum.models.spaces import Audience, Membership, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases
HIDDEN, ASKED, LEFT = ReportOutcome.HIDDEN, ReportOutcome.ASKED, ReportOutcome.LEFT
ELEVEN = timedelta(minutes=11)


class Town:
    """A space with two moderators, an author, somebody who reports; and somebody elsewhere."""

    def __init__(self, audience=Audience.NETWORK):
        self.space = make_space("Gent", city="gent")
        self.els = make_member("Els", space=self.space, role=Role.MODERATOR)
        self.wouter = make_member("Wouter", space=self.space, role=Role.MODERATOR)
        self.bart = make_member("Bart", space=self.space)
        self.noor = make_member("Noor", space=self.space)
        self.elsewhere = make_member("Kim", space=make_space("Genk", city="genk"))
        self.thread = make_thread(self.space, self.bart, audience=audience)
        self.post = make_post(self.thread, self.bart, "My neighbour Jan drinks.")

    def report(self, who, reason=ReportReason.IDENTIFIES, words="", post=None):
        said = Said(reason, words, "192.0.2.7")
        return post_reports.report(who and actor(who), (post or self.post).id, said)

    def waits(self, who):
        return [row.item_id for row in db.session.execute(reported.waiting(actor(who), [self.space.id]))]

    def settle(self, who, outcome, reason="Leave out who it is.", answer=""):
        return settling.settle(actor(who), self.post.id, Verdict(outcome, reason, answer))


def make_moderator(town):
    """The author, who moderates the space from now on."""
    db.session.execute(
        update(Membership).where(Membership.member_id == town.bart.id).values(role=Role.MODERATOR)
    )
    return actor(town.bart)


def told(kind):
    event_processing.process_due()
    return [
        (row.member_id, row.actor_id, row.thread_id, row.space_id)
        for row in db.session.scalars(
            select(Notification).where(Notification.kind == kind).order_by(Notification.id)
        )
    ]


def own(member):
    return [(one.outcome, one.answer, one.thread_title) for one in post_reports.page(actor(member)).rows]


def test_one_report_for_each_member_and_the_same_of_a_visitor(session):
    town = Town(Audience.PUBLIC)
    for words in ("Everybody knows him.", "He lives in my street."):
        town.report(town.noor, words=words)
    for _twice in range(2):
        town.report(None)
    town.report(town.elsewhere, ReportReason.OTHER, "It is not true.")
    said = settling.details(town.post.id)
    assert sorted((one.name, one.words) for one in said) == [
        ("", ""),
        ("Kim", "It is not true."),
        ("Noor", "He lives in my street."),
    ]
    for reason, words in ((ReportReason.OTHER, " "), (ReportReason.WRONG, "x" * 601)):
        with pytest.raises(Invalid):
            town.report(town.els, reason, words)
    assert post_reports.take_back(actor(town.noor), town.post.id)
    assert not post_reports.take_back(actor(town.noor), town.post.id)
    assert len(settling.details(town.post.id)) == 2


def test_nobody_reports_what_they_do_not_read_nor_their_own_nor_what_is_gone(session):
    town = Town(Audience.SPACE)
    for who in (None, town.elsewhere):
        with pytest.raises(NotFound):
            town.report(who)
    with pytest.raises(Forbidden):
        town.report(town.bart)
    hiding.hide(actor(town.els), town.post.id, reason="A name.")
    with pytest.raises(Forbidden):
        town.report(town.noor)
    assert db.session.scalars(select(PostReport)).all() == []


def test_it_waits_for_moderators_who_read_it_and_not_for_its_author_or_who_alone_reported_it(session):
    town = Town()
    of_els = make_post(town.thread, town.els, "A moderator says this.")
    town.report(town.noor, post=of_els)
    town.report(town.wouter)
    stranger = make_member("Leen", space=make_space("Aalst", city="aalst"), role=Role.MODERATOR)
    assert (town.waits(town.els), town.waits(town.wouter)) == ([town.post.id], [of_els.id])
    assert town.waits(town.noor) == town.waits(stranger) == []
    for who, post in (
        (town.els, of_els),
        (town.wouter, town.post),
        (town.noor, town.post),
        (stranger, of_els),
    ):
        with pytest.raises(Forbidden):
            settling.settle(actor(who), post.id, Verdict(LEFT))
    # Where others reported it too, or nobody else moderates, it waits for whoever reported it as well.
    town.report(town.noor)
    assert set(town.waits(town.wouter)) == {of_els.id, town.post.id}
    row = db.session.execute(reported.waiting(actor(town.wouter), [town.space.id])).all()
    row = next(one for one in row if one.item_id == town.post.id)
    assert (row.who, row.words) == ("Bart", "My neighbour Jan drinks.")
    assert row.due_at > row.since_at
    assert reported.details(actor(town.els), of_els.id) is None
    assert len(reported.details(actor(town.els), town.post.id).reports) == 2


@pytest.mark.parametrize("outcome", [HIDDEN, ASKED, LEFT])
def test_all_of_it_is_settled_once_and_told_when_nobody_can_undo_it(session, outcome):
    town = Town(Audience.PUBLIC)
    for who in (town.noor, town.elsewhere, None):
        town.report(who)
    if outcome != LEFT:
        with pytest.raises(Invalid):
            town.settle(town.els, outcome, reason=" ")
    for _twice in range(2):
        town.settle(town.els, outcome, answer="Thank you.")
    assert len(db.session.scalars(select(PostSettlement)).all()) == 1
    with pytest.raises(Conflict, match="Els "):
        town.settle(town.wouter, LEFT)
    assert town.waits(town.els) == []
    assert own(town.noor) == [("", "", "Who rings back?")]
    event_processing.process_due()
    assert notices.page(actor(town.noor)).rows == notices.page(actor(town.bart)).rows == []
    later = clock.now() + ELEVEN
    with clock.at(later):
        assert own(town.noor) == [(outcome, "Thank you.", "Who rings back?")]
        assert [(one.kind, one.thread_id) for one in notices.page(actor(town.noor)).rows] == [
            ("report_settled", None)
        ]
        of_author = [one.kind for group in notices.page(actor(town.bart)).rows for one in group.lines]
        assert of_author == {HIDDEN: ["post_hidden"], ASKED: ["change_asked"], LEFT: []}[outcome]
        asked = settling.last_asked(actor(town.bart), town.post.id)
        assert (asked and asked.reason) == ("Leave out who it is." if outcome == ASKED else None)
        assert settling.last_asked(actor(town.noor), town.post.id) is None
    assert sorted(told("report_settled")) == sorted(
        (who.id, None, None, None) for who in (town.noor, town.elsewhere)
    )
    # Nowhere in the log stands who reported it; and were its author a moderator, they read nothing of reports there.
    lines = audit_log.page(actor(town.wouter), town.space.id).rows
    assert ("settle_report", outcome) in {(line.action, line.code) for line in lines}
    assert {line.actor_name for line in lines} == {"Els"}
    town.bart = make_moderator(town)
    assert not {"settle_report"} & {line.action for line in audit_log.page(town.bart, town.space.id).rows}
    assert ("drinks" in town.post.html) == (outcome != HIDDEN)


@pytest.mark.parametrize("outcome", [HIDDEN, ASKED, LEFT])
def test_undone_it_waits_again_and_nobody_hears_of_it(session, outcome):
    town = Town()
    town.report(town.noor, words="First.")
    town.report(town.elsewhere)
    town.settle(town.els, outcome)
    event_processing.process_due()
    if outcome != HIDDEN:
        town.report(town.noor, words="Once more.")
    act = db.session.scalars(select(UndoableAct)).one()
    for _twice in range(2):
        undo.undo(actor(town.els), act.id, again=undo.rendered(actor(town.els), act.id))
    assert town.waits(town.els) == [town.post.id]
    said = settling.details(town.post.id)
    assert sorted((one.name, one.words) for one in said) == [
        ("Kim", ""),
        ("Noor", "First." if outcome == HIDDEN else "Once more."),
    ]
    with clock.at(clock.now() + ELEVEN):
        assert told("report_settled") == told("post_hidden") == told("change_asked") == []
        assert own(town.elsewhere) == [("", "", "Who rings back?")]


def test_what_hides_it_or_takes_it_back_otherwise_settles_it_with_that(session):
    town = Town()
    town.report(town.noor)
    taking_back.take_back(actor(town.bart), town.post.id)
    assert town.waits(town.els) == []
    with clock.at(clock.now() + ELEVEN):
        assert own(town.noor)[0][0] == ReportOutcome.TAKEN_BACK
        # Whoever shows it once more shows what was reported.
        taking_back.put_back(actor(town.bart), town.post.id)
        assert town.waits(town.els) == [town.post.id]
        hiding.hide(actor(town.wouter), town.post.id, reason="A name.")
        assert town.waits(town.els) == []
        with pytest.raises(Conflict, match="Wouter "):
            town.settle(town.els, LEFT)


def test_who_reported_it_hears_no_place_that_they_do_not_see(session):
    town = Town()
    town.report(town.elsewhere, words="I know him.")
    town.thread.audience = Audience.SPACE
    town.settle(town.els, LEFT)
    with clock.at(clock.now() + ELEVEN):
        assert told("report_settled") == [(town.elsewhere.id, None, None, None)]
        (one,) = post_reports.page(actor(town.elsewhere)).rows
        assert (one.thread_title, one.thread_slug, one.thread_id, one.post_id) == ("", "", None, None)
        assert (one.words, one.outcome) == ("I know him.", LEFT)
        assert of_space.page(actor(town.els), town.space.slug).waiting == []


def test_an_erased_account_leaves_no_words_and_its_report_counts(session):
    town = Town()
    town.report(town.noor, words="He lives in my street.")
    erasing.erase(town.noor.id)
    assert [(one.name, one.words) for one in settling.details(town.post.id)] == [("Noor", "")]


@pytest.mark.parametrize("who", ["the moderator", "the author"])
def test_why_reports_were_settled_and_what_was_answered_goes_with_either_account(session, who):
    town = Town()
    town.report(town.noor)
    town.settle(town.els, ASKED, reason="Leave out Jan.", answer="I asked Bart.")
    hiding.hide(actor(town.wouter), town.post.id, reason="It says who Jan is.")
    objections.make(actor(town.bart), town.post.id, words="It does not.")
    objections.keep_hidden(actor(town.els), town.post.id, answer="Jan knows it does.")
    erasing.erase((town.els if who == "the moderator" else town.bart).id)
    db.session.expire_all()
    settlement, objection = (db.session.scalars(select(one)).one() for one in (PostSettlement, PostObjection))
    assert (settlement.reason, settlement.answer, objection.answer) == ("", "", "")


def test_what_waits_or_was_refused_goes_with_its_author(session):
    town = Town()
    choosing.choose(actor(town.els), town.space.id, Choice(newcomers=True))
    new = make_member("Nele", space=town.space)
    waits, refused = (
        sending.reply(actor(new), town.thread.id, body=body, idempotency_key=str(uuid.uuid4()))
        for body in ("About Jan.", "About Piet.")
    )
    deciding.refuse(actor(town.els), refused.id, seen=1, reason="Leave out Piet.")
    erasing.erase(new.id)
    db.session.expire_all()
    assert [(held.body, held.reason) for held in (waits, refused)] == [("", ""), ("", "")]
    assert held_queue.of_space(actor(town.els), town.space.id) == []


def test_a_moderator_neither_hides_nor_shows_again_what_is_their_own(session):
    town = Town()
    post = make_post(town.thread, town.els, "Mine.")
    with pytest.raises(Forbidden):
        hiding.hide(actor(town.els), post.id, reason="Away.")
    hiding.hide(actor(town.wouter), post.id, reason="A name.")
    with pytest.raises(Forbidden):
        hiding.restore(actor(town.els), post.id)
    hiding.restore(actor(town.wouter), post.id)
    assert post.hidden_at is None


def test_a_thread_that_goes_whole_settles_what_was_reported_of_all_of_it(session):
    town = Town()
    town.report(town.noor)
    opening = db.session.scalars(select(Post).where(Post.thread_id == town.thread.id, Post.number == 1)).one()
    taking_back.take_back(actor(town.bart), opening.id)
    with clock.at(clock.now() + ELEVEN):
        assert [one.outcome for one in post_reports.page(actor(town.noor)).rows] == ["taken_back"]
        taking_back.put_back(actor(town.bart), opening.id)
        assert town.waits(town.els) == [town.post.id]


@pytest.mark.parametrize("ends", ["hidden", "taken back"])
def test_what_was_settled_stays_so_once_the_post_is_hidden_or_gone(session, ends):
    town = Town()
    town.report(town.noor)
    town.settle(town.els, LEFT)
    act = db.session.scalars(select(UndoableAct)).one()
    if ends == "hidden":
        hiding.hide(actor(town.wouter), town.post.id, reason="A name.")
    else:
        taking_back.take_back(actor(town.bart), town.post.id)
    hidden_at = town.post.hidden_at
    with pytest.raises(Conflict):
        undo.undo(actor(town.els), act.id)
    # Nothing is open then, so nobody hides it a second time: that would lose what its author objects.
    assert settling.details(town.post.id) == []
    with pytest.raises(Conflict):
        settling.settle(actor(town.wouter), town.post.id, Verdict(HIDDEN, "Once more."))
    assert db.session.get(Post, town.post.id).hidden_at == hidden_at


def test_what_was_undone_within_ten_minutes_its_author_never_reads(session):
    town = Town()
    town.report(town.noor)
    town.settle(town.els, ASKED)
    act = db.session.scalars(select(UndoableAct)).one()
    assert asked_in_log(town.bart) == []
    undo.undo(actor(town.els), act.id)
    town.settle(town.wouter, ASKED, reason="Say it without the name.")
    with clock.at(clock.now() + ELEVEN):
        assert asked_in_log(town.bart) == ["Say it without the name."]


def asked_in_log(member):
    """Why their post is to be changed, as its author reads it in the log."""
    return [line.reason for line in own_log.page(actor(member)).rows if line.action == "ask_change"]
