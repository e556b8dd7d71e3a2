"""What happens to a lesson after publication, and in whose hands a draft is: the other rules of a walk."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from forum.domain.handovers import answers as offered
from forum.domain.handovers import offers
from forum.domain.lessons import ageing, confirming, disputes, ending, holding, reports
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.domain.moderation import undo as undo_acts
from forum.infra import days
from forum.infra.db import db
from forum.models.adoptions import AdoptionReport
from forum.models.claims import Claim
from forum.models.disputes import CounterEvidence
from forum.models.handovers import HandOver
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct
from tests.domain.lessons.lives import ANYBODY, MAKERS, Walk
from tests.domain.lessons.lives_town import PEOPLE, mostly

MODERATORS, OTHERS, ENDERS = mostly("curator", "second"), mostly("kim", "lou"), mostly("second", "editor")
OUTCOMES = ("worked", "worked", "adapted", "failed", "running", "not_done")
WHY = st.sampled_from(["The rule is gone.", "It was another year."])


def said(outcome):
    """A report with that outcome."""
    return Answers(outcome, what_was_done="We rang them.", what_came="They came.")


class After(Walk):
    """The rules after publication, and those of hands."""

    # Disputes

    def evidence(self, at):
        """One of what was brought against the lesson, if there are so many."""
        query = select(CounterEvidence.id).where(CounterEvidence.lesson_id == self.lesson_id)
        found = db.session.scalars(query.order_by(CounterEvidence.id)).all()
        return found[at % len(found)] if found else 0

    @rule(who=OTHERS, words=st.sampled_from(["With us nobody came.", "Half of them left."]))
    def bring(self, who, words):
        current = self.lesson.current_id if self.lesson is not None else None
        claim = db.session.scalars(select(Claim).where(Claim.version_id == (current or 0))).first()
        root = claim.root if claim is not None else 0
        self.attempt(
            who, lambda: disputes.bring(self.town.actor(who), self.public_id, claim=root, words=words)
        )

    @rule(who=MODERATORS, at=st.integers(0, 3))
    def accept(self, who, at):
        one = self.evidence(at)
        self.attempt(who, lambda: disputes.accept(self.town.actor(who), self.public_id, one))

    @rule(who=MODERATORS, at=st.integers(0, 3), why=WHY)
    def decline(self, who, at, why):
        one = self.evidence(at)
        self.attempt(who, lambda: disputes.decline(self.town.actor(who), self.public_id, one, reason=why))

    @rule(who=OTHERS, at=st.integers(0, 3))
    def take_evidence_back(self, who, at):
        one = self.evidence(at)
        self.attempt(who, lambda: disputes.take_back(self.town.actor(who), self.public_id, one))

    @rule(who=mostly("author", "curator"), at=st.integers(0, 3))
    def reply(self, who, at):
        one = self.evidence(at)
        self.attempt(
            who, lambda: disputes.reply(self.town.actor(who), self.public_id, one, words="Here they did.")
        )

    @rule(who=MODERATORS, at=st.integers(0, 3), why=WHY)
    def end_dispute(self, who, at, why):
        one = self.evidence(at)
        self.attempt(who, lambda: disputes.settle(self.town.actor(who), self.public_id, one, reason=why))

    @rule(who=MODERATORS, at=st.integers(0, 3), words=st.sampled_from(["It says so now.", ""]))
    def answer_in_draft(self, who, at, words):
        one = self.evidence(at)
        self._write(
            who, lambda: disputes.answer_in_draft(self.town.actor(who), self.public_id, one, words=words)
        )

    # Its end

    @rule(who=ENDERS, why=WHY)
    def withdraw(self, who, why):
        self.attempt(who, lambda: ending.withdraw(self.town.actor(who), self.public_id, reason=why))

    @rule(who=ENDERS, why=WHY, itself=st.booleans())
    def supersede(self, who, why, itself):
        by = self.public_id if itself else self.town.other.public_id
        self.attempt(who, lambda: ending.supersede(self.town.actor(who), self.public_id, by=by, reason=why))

    @rule(who=mostly("editor"))
    def bring_back(self, who):
        self.attempt(who, lambda: ending.bring_back(self.town.actor(who), self.public_id))

    @rule(who=ANYBODY, own=st.booleans())
    def undo_last(self, who, own):
        """Take back what was done last, whatever it was; as who did it, or as anybody."""
        act = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc())).first()
        if act is not None:
            ids = {getattr(self.town, name).id: name for name in PEOPLE}
            number, who = act.id, ids.get(act.actor_id, who) if own else who
            self.attempt(who, lambda: undo_acts.undo(self.town.actor(who), number))

    # What came of it elsewhere

    def own_report(self, who):
        """What somebody reported last."""
        query = select(AdoptionReport.id).where(
            AdoptionReport.lesson_id == self.lesson_id,
            AdoptionReport.reporter_id == getattr(self.town, who).id,
            AdoptionReport.stands,
        )
        return db.session.scalar(query) or 0

    @rule(who=mostly("kim", "lou", "una"), answers=st.sampled_from(OUTCOMES).map(said))
    def report(self, who, answers):
        self.attempt(who, lambda: reports.report(self.town.actor(who), self.public_id, answers))

    @rule(who=OTHERS)
    def foretell(self, who):
        def act():
            expected = Expected("Fewer stop.", days.today() + timedelta(days=90), "Nobody comes.")
            reports.report(self.town.actor(who), self.public_id, said("running"), expected=expected)

        self.attempt(who, act)

    @rule(who=OTHERS, outcome=st.sampled_from(OUTCOMES))
    def go_on(self, who, outcome):
        one = self.own_report(who)
        self.attempt(who, lambda: reports.go_on(self.town.actor(who), self.public_id, one, said(outcome)))

    @rule(who=OTHERS)
    def take_report_back(self, who):
        one = self.own_report(who)
        self.attempt(who, lambda: reports.take_back(self.town.actor(who), self.public_id, one))

    @rule(who=mostly("editor"))
    def confirm(self, who):
        self.attempt(who, lambda: confirming.confirm(self.town.actor(who), self.public_id))

    # Whether it still holds

    @rule(who=MODERATORS)
    def affirm(self, who):
        self.attempt(who, lambda: ageing.affirm(self.town.actor(who), self.public_id))

    @rule(who=ANYBODY, why=WHY)
    def signal(self, who, why):
        self.attempt(who, lambda: ageing.signal(self.town.actor(who), self.public_id, reason=why))

    @rule(who=ANYBODY)
    def take_signal_back(self, who):
        self.attempt(who, lambda: ageing.take_signal_back(self.town.actor(who), self.public_id))

    # In whose hands it is

    @rule(who=MAKERS, whom=mostly("second"))
    def name_deputy(self, who, whom):
        member_id = getattr(self.town, whom).id
        self.attempt(
            who, lambda: holding.name_deputy(self.town.actor(who), self.lesson_id, member_id=member_id)
        )

    @rule(who=MAKERS)
    def end_deputy(self, who):
        self.attempt(who, lambda: holding.end_deputy(self.town.actor(who), self.lesson_id))

    @rule(who=MODERATORS)
    def take_up(self, who):
        self.attempt(who, lambda: holding.take_up(self.town.actor(who), self.lesson_id))

    @rule(who=MODERATORS, whom=mostly("second", "curator"))
    def offer(self, who, whom):
        items, successor_id = [("lesson", self.lesson_id)], getattr(self.town, whom).id
        self.attempt(
            who,
            lambda: offers.offer(self.town.actor(who), self.town.space.id, items, successor_id=successor_id),
        )

    @rule(who=mostly("second", "curator"), takes=st.booleans())
    def answer_offer(self, who, takes):
        offer_id = db.session.scalars(select(HandOver.id).order_by(HandOver.id.desc())).first() or 0
        answer = offered.accept if takes else offered.decline
        self.attempt(who, lambda: answer(self.town.actor(who), offer_id))

    # What is done and taken back at once, which walks hardly came to

    @rule(who=MAKERS)
    def share_for_a_while(self, who):
        self.name_deputy(who, "second")
        self.end_deputy(who)

    @rule(who=MAKERS)
    def ask_and_take_back(self, who):
        self.ask(who, Audience.NETWORK)
        self.take_question_back(who)

    @rule(who=mostly("editor"))
    def confirm_and_undo(self, who):
        self.confirm(who)
        self.undo_last(who, True)
