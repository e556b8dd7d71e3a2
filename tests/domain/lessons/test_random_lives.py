"""Random walks over the life of a lesson: whoever tries whatever in whichever order, what is published holds.

No path publishes a claim without an excerpt, an excerpt without a right, a lesson without four eyes or for more readers
than it may have; and every change of stage has its line in the log.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from forum.domain.consents import answers, closing, removals, rounds, settling
from forum.domain.lessons import (
    claims,
    completeness,
    lessons,
    review_checklist,
    review_comments,
    steps,
    taking_over,
    undo,
)
from forum.domain.moderation import hiding, narrowing
from forum.domain.threads import excerpts
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Claim, Excerpt
from forum.models.consents import Consent, ConsentAnswer, ConsentRequest
from forum.models.lesson_steps import LessonStep, Stage
from forum.models.lessons import Lesson, LessonReview, LessonVersion, ReviewBasis, Verdict
from forum.models.reviewing import ReviewComment
from forum.models.spaces import Audience
from forum.policy.errors import DomainError
from tests.lesson_scenario import FULL, OPENING, REPLY, build
from tests.reviewed import ALL_GOOD

PEOPLE = ("curator", "second", "author", "reviewer", "editor", "reader")
WHO, AUDIENCES = st.sampled_from(PEOPLE), st.sampled_from(list(Audience))
SAID = ((0, OPENING[:40]), (0, OPENING[-30:]), (1, REPLY[:20]))
WALKS = 3  # in every run of the suite; the proof takes two thousand
SETTINGS = {
    "deadline": None,
    "stateful_step_count": 30,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate],  # a walk that fails is short enough, and takes minutes to make shorter
}


class Life(RuleBasedStateMachine):
    """One thread, one lesson made of it, and six people who may or may not do what they try."""

    def __init__(self):
        super().__init__()
        self.savepoint = db.session.begin_nested()
        self.now = clock.now()
        self.lesson_id = None

    @initialize(audience=st.sampled_from([Audience.SPACE, Audience.NETWORK, Audience.PUBLIC]))
    def begin(self, audience):
        self.town = build(audience)
        lesson = self.town.draft() if audience != Audience.SPACE else self._begun()
        self.lesson_id = lesson.id

    def _begun(self):
        return lessons.draft(self.town.actor("curator"), self.town.thread.id, title=FULL["title"])

    def teardown(self):
        self.savepoint.rollback()
        db.session.expire_all()

    def attempt(self, act):
        """Let somebody try; a refusal leaves nothing behind."""
        done = False
        with suppress(DomainError), clock.at(self.now), db.session.begin_nested():
            act()
            done = True
        if not done:
            db.session.expire_all()
        return done

    @property
    def lesson(self):
        return db.session.get(Lesson, self.lesson_id)

    def claims(self):
        lesson = self.lesson
        return completeness.claims_of(lesson.working_id or 0) if lesson is not None else []

    # Writing

    @rule(who=WHO, number=st.integers(1, 3))
    def add_claim(self, who, number):
        self.attempt(lambda: claims.add(self.town.actor(who), self.lesson_id, text=f"Claim number {number}"))

    @rule(who=WHO, at=st.integers(0, 3))
    def drop_claim(self, who, at):
        if at < len(found := self.claims()):
            self.attempt(lambda: claims.remove(self.town.actor(who), found[at].id))

    @rule(
        who=WHO,
        at=st.integers(0, 3),
        said=st.sampled_from(SAID),
        stance=st.sampled_from(["supports", "nuances"]),
    )
    def quote(self, who, at, said, stance):
        number, words = said
        posts = self.town.posts()
        if at < len(found := self.claims()) and number < len(posts):
            post_id = posts[number].id
            self.attempt(
                lambda: claims.quote(
                    self.town.actor(who), found[at].id, post_id=post_id, words=words, stance=stance
                )
            )

    @rule(who=WHO, at=st.integers(0, 3))
    def unquote(self, who, at):
        held = [one.id for claim in self.claims() for one in claim.excerpts]
        if at < len(held):
            self.attempt(lambda: claims.unquote(self.town.actor(who), held[at]))

    @rule(who=WHO, whole=st.booleans())
    def save(self, who, whole):
        def act():
            saved = lessons.working(self.lesson).saved_count
            fields = FULL if whole else {**FULL, "one_sentence": ""}
            lessons.save(self.town.actor(who), self.lesson_id, saved_count=saved, **fields)

        if self.lesson is not None and self.lesson.working_id is not None:
            self.attempt(act)

    # Permission

    @rule(who=WHO, audience=AUDIENCES)
    def ask(self, who, audience):
        self.attempt(lambda: rounds.open_round(self.town.actor(who), self.lesson_id, audience))

    @rule(answer=st.sampled_from([ConsentAnswer.NAME, ConsentAnswer.MASKED, ConsentAnswer.NO]))
    def agree(self, answer):
        author = self.town.author
        query = select(ConsentRequest.id).where(ConsentRequest.author_id == author.id)
        for request_id in db.session.scalars(query).all():
            self.attempt(lambda one=request_id: answers.answer(self.town.actor("author"), one, answer=answer))

    @rule(who=WHO)
    def take_question_back(self, who):
        self.attempt(lambda: rounds.withdraw_round(self.town.actor(who), self.lesson_id))

    @rule(days=st.integers(1, 25))
    def wait(self, days):
        self.now += timedelta(days=days)

        def act():
            while closing.close_due(clock.now()):
                pass

        self.attempt(act)
        self.attempt(lambda: settling.settle_due(lambda: None))

    # Review

    @rule(who=WHO, audience=AUDIENCES)
    def submit(self, who, audience):
        self.attempt(lambda: lessons.submit(self.town.actor(who), self.lesson_id, audience=audience))

    @rule(who=WHO, reply=st.sampled_from(["yes", "doubt", "no"]))
    def check(self, who, reply):
        answer = {**ALL_GOOD, "dissent": reply}
        self.attempt(lambda: review_checklist.answer(self.town.actor(who), self.lesson_id, answer))

    @rule(who=WHO)
    def comment(self, who):
        self.attempt(
            lambda: review_comments.add(self.town.actor(who), self.lesson_id, place="title", text="Say who.")
        )

    @rule(who=WHO)
    def settle(self, who):
        for comment_id in db.session.scalars(select(ReviewComment.id)).all():
            self.attempt(lambda one=comment_id: review_comments.settle(self.town.actor(who), one))

    @rule(who=WHO, answered=st.booleans())
    def publish(self, who, answered):
        before = len(self._approvals())
        answers_now = ALL_GOOD if answered else None
        done = self.attempt(
            lambda: lessons.publish(self.town.actor(who), self.lesson_id, answers=answers_now)
        )
        if done and len(self._approvals()) > before:
            self._holds(getattr(self.town, who))

    @rule(who=WHO)
    def send_back(self, who):
        self.attempt(lambda: lessons.send_back(self.town.actor(who), self.lesson_id, note="Say since when."))

    @rule(who=WHO)
    def ask_back(self, who):
        self.attempt(lambda: undo.ask_back(self.town.actor(who), self.lesson_id))

    @rule(who=WHO)
    def revise(self, who):
        self.attempt(lambda: lessons.revise(self.town.actor(who), self.lesson_id))

    @rule(who=WHO)
    def discard(self, who):
        self.attempt(lambda: undo.discard(self.town.actor(who), self.lesson_id))

    @rule(who=WHO)
    def take_over(self, who):
        if self.lesson is not None:
            giver = self.lesson.curator_id
            self.attempt(lambda: taking_over.take_over(self.town.actor(who), self.lesson_id, giver_id=giver))

    # What happens around it

    @rule(who=WHO, at=st.integers(0, 1))
    def hide(self, who, at):
        posts = self.town.posts()
        if at < len(posts):
            self.attempt(lambda: hiding.hide(self.town.actor(who), posts[at].id, reason="Somebody is in it."))

    @rule(who=WHO, audience=AUDIENCES)
    def narrow(self, who, audience):
        thread_id = self.town.thread.id
        self.attempt(lambda: narrowing.set_audience(self.town.actor(who), thread_id, audience=audience))

    @rule()
    def take_words_out(self):
        def act():
            for own in removals.mine(self.town.actor("author")):
                removals.take_out(self.town.actor("author"), own.id)

        self.attempt(act)

    # What holds

    def _approvals(self):
        of_lesson = select(LessonVersion.id).where(LessonVersion.lesson_id == self.lesson_id)
        approved = select(LessonReview).where(
            LessonReview.version_id.in_(of_lesson), LessonReview.verdict == Verdict.APPROVED
        )
        return list(db.session.scalars(approved))

    def _holds(self, publisher: Member):
        """At the moment of a publication."""
        lesson = self.lesson
        version = db.session.get_one(LessonVersion, lesson.current_id)
        held = excerpts.by_claim(version.id)
        assert held, "a lesson without claims"
        assert all(any(not one.withheld for one in claim.quotes) for claim in held), "a claim without words"
        for claim in held:
            for quoted in claim.quotes:
                wide = quoted.thread.audience.rank >= lesson.audience.rank
                assert wide or quoted.consent is not None, "an excerpt without a right"
                if not wide:
                    consent = db.session.get_one(Consent, quoted.consent.id)
                    assert consent.agreed
                    assert consent.audience.rank >= lesson.audience.rank
                assert quoted.post.author_id != publisher.id, "somebody approved their own words"
        earlier = [one["member_id"] for one in lesson.earlier_curators]
        assert publisher.id not in {lesson.curator_id, version.created_by_id, *earlier}, "two eyes"
        review = self._approvals()[-1]
        if lesson.audience != Audience.SPACE:
            assert review.basis in {ReviewBasis.CITY, ReviewBasis.EDITOR}
            assert review.city not in version.origin_cities
        if lesson.audience == Audience.PUBLIC:
            assert publisher.id == self.town.editor.id

    @invariant()
    def every_change_is_in_the_log(self):
        if self.lesson_id is None:
            return
        query = select(LessonStep).where(LessonStep.lesson_id == self.lesson_id).order_by(LessonStep.id)
        lines = list(db.session.scalars(query))
        at = Stage.NONE
        for line in lines:
            assert line.before == at, f"{line.kind} from {line.before}, but it stood at {at}"
            at = line.after
            assert line.actor_id is None or line.capacity_id is not None
        lesson = self.lesson
        assert at == (steps.stage_of(lesson) if lesson is not None else Stage.NONE)

    @invariant()
    def no_published_claim_ever_had_none(self):
        if self.lesson is None or self.lesson.current_id is None:
            return
        published = select(Claim.id).where(
            Claim.version_id == self.lesson.current_id,
            ~select(Excerpt.id).where(Excerpt.claim_id == Claim.id).exists(),
        )
        bare = set(db.session.scalars(published))
        # Only what its author took out may leave a claim bare, and then the lesson says so.
        assert not bare or self.lesson.weakened_at is not None


def _walk(number):
    run_state_machine_as_test(Life, settings=settings(max_examples=number, **SETTINGS))


def test_random_lives_of_a_lesson(session):
    _walk(WALKS)


@pytest.mark.proof
@pytest.mark.timeout(7_200)
def test_two_thousand_random_lives_of_a_lesson(session):
    _walk(2_000)
