"""One lesson and nine people who try whatever they like: how it is made, asked about, checked and published.

A walk asks after each step what must hold (`lives_hold`); what happens after publication, and in whose hands a draft
is, is in `lives_after`.
"""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from forum.domain.consents import answers, closing, removals, rounds, settling
from forum.domain.lessons import (
    ageing,
    claims,
    completeness,
    foretellings,
    lessons,
    report_questions,
    review_checklist,
    review_comments,
    undo,
)
from forum.domain.moderation import hiding
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import ConsentAnswer, ConsentRequest
from forum.models.lessons import Lesson
from forum.models.reviewing import ReviewComment
from forum.models.spaces import Audience
from forum.policy.errors import DomainError
from tests import lesson_scenario, other_readers
from tests.domain.lessons import lives_hold
from tests.domain.lessons.lives_town import BEGINNINGS, CHECKS, PEOPLE, WORKED, Town, mostly
from tests.lesson_scenario import FULL, OPENING, REPLY
from tests.reviewed import ALL_GOOD

SECOND = timedelta(seconds=1)
SAID = ((0, OPENING[:40]), (0, OPENING[-30:]), (1, REPLY[:20]))


MAKERS, ANYBODY, AUDIENCES = mostly("curator"), st.sampled_from(PEOPLE), st.sampled_from(list(Audience))


class Walk(RuleBasedStateMachine):
    """What a walk keeps, how somebody tries something, and the rules until publication."""

    towns: dict[Audience, Town]  # of the test that walks
    seen: lives_hold.Seen

    def __init__(self):
        super().__init__()
        self.savepoint = db.session.begin_nested()
        self.now = clock.now()
        self.lesson_id = None
        self.kept = lives_hold.Kept()

    def teardown(self):
        self.savepoint.rollback()
        db.session.expire_all()

    @initialize(audience=AUDIENCES, beginning=st.sampled_from(BEGINNINGS))
    def begin(self, audience, beginning):
        self.town = self.towns[audience]
        self.attempt("curator", self._begun)
        if beginning != "begun":
            self._write("curator", self._all_of_it)
        if beginning == "asked":
            self.ask("curator", Audience.NETWORK)
        if beginning == "shared":
            self.name_deputy("curator", "second")
        if beginning not in ("begun", "draft", "shared", "asked"):
            self.submit("curator", audience)
            if beginning != "in review":
                self.publish(CHECKS[audience], True)
        if beginning in ("applied", "confirmed"):
            [self.report(name, WORKED) for name in ("kim", "lou")]
        if beginning == "confirmed":
            self.confirm("editor")
        if beginning == "disputed":
            self.bring("author", "With us nobody came."), self.accept("second", 0)
        if beginning == "revised":
            self.revise("curator")

    def _begun(self):
        lesson = lessons.draft(self.town.actor("curator"), self.town.thread.id, title=FULL["title"])
        self.lesson_id = lesson.id

    def _all_of_it(self):
        who = self.town.actor("curator")
        claim = claims.add(who, self.lesson_id, text="Contact keeps people")
        words = lesson_scenario.WORDS
        claims.quote(who, claim.id, post_id=self.town.post.id, words=words, stance="supports")
        lessons.save(who, self.lesson_id, saved_count=lessons.working(self.lesson).saved_count, **FULL)

    def attempt(self, who, act, *, is_early=False):
        """Let somebody try, or the forum (None); says whether it was done.

        What was done stands in the log and nothing else does. A refusal writes nothing at all, not even what would be
        taken back with it; `is_early`: this verb does, and relies on that.
        """
        before, done = lives_hold.life(self.lesson_id), False
        self.now += SECOND  # nobody does two things at once
        with lives_hold.written() as statements, clock.at(self.now):
            try:
                with db.session.begin_nested():
                    try:
                        act()
                        done = True
                    except DomainError:
                        assert is_early or lives_hold.is_untouched(statements), statements
                        raise
            except DomainError:
                db.session.expire_all()
        actor = None if who is None else getattr(self.town, who)
        after = lives_hold.life(self.lesson_id)
        self.seen.note(lives_hold.steps(self.kept, actor, before, after, self.lesson_id), done=done)
        return done

    @property
    def lesson(self):
        return db.session.get(Lesson, self.lesson_id)

    @property
    def public_id(self):
        return (self.lesson.public_id if self.lesson is not None else None) or ""

    def claims(self):
        lesson = self.lesson
        return completeness.claims_of(lesson.working_id or 0) if lesson is not None else []

    # Writing

    def _write(self, who, act):
        """Work on the draft, as only who has it in hand may; they never approve it."""
        hands = lives_hold.hands(self.lesson)
        if self.attempt(who, act, is_early=True):
            assert getattr(self.town, who).id in hands, "somebody else worked on it"
            self.kept.worked.add(getattr(self.town, who).id)

    @rule(who=MAKERS, number=st.integers(1, 3))
    def add_claim(self, who, number):
        self._write(who, lambda: claims.add(self.town.actor(who), self.lesson_id, text=f"Claim {number}"))

    @rule(who=MAKERS, at=st.integers(0, 3))
    def drop_claim(self, who, at):
        if at < len(found := self.claims()):
            self._write(who, lambda: claims.remove(self.town.actor(who), found[at].id))

    @rule(
        who=MAKERS, at=st.integers(0, 3), said=st.sampled_from(SAID), stance=st.sampled_from(["supports", "nuances"])
    )  # fmt: skip
    def quote(self, who, at, said, stance):
        number, words = said
        posts = self.town.posts()
        if at < len(found := self.claims()) and number < len(posts):
            more = {"post_id": posts[number].id, "words": words, "stance": stance}
            self._write(who, lambda: claims.quote(self.town.actor(who), found[at].id, **more))

    @rule(who=MAKERS, at=st.integers(0, 3))
    def unquote(self, who, at):
        held = [one.id for claim in self.claims() for one in claim.excerpts]
        if at < len(held):
            self._write(who, lambda: claims.unquote(self.town.actor(who), held[at]))

    @rule(who=MAKERS, whole=st.booleans())
    def save(self, who, whole):
        def act():
            saved = lessons.working(self.lesson).saved_count
            fields = FULL if whole else {**FULL, "one_sentence": ""}
            lessons.save(self.town.actor(who), self.lesson_id, saved_count=saved, **fields)

        if self.lesson is not None and self.lesson.working_id is not None:
            self._write(who, act)

    # Permission

    @rule(who=MAKERS, audience=AUDIENCES)
    def ask(self, who, audience):
        before = lives_hold.life(self.lesson_id).stage
        self.attempt(who, lambda: rounds.open_round(self.town.actor(who), self.lesson_id, audience))
        if before != lives_hold.life(self.lesson_id).stage:
            self.kept.worked.add(getattr(self.town, who).id)

    @rule(answer=st.sampled_from([ConsentAnswer.NAME, ConsentAnswer.MASKED, ConsentAnswer.NO]))
    def agree(self, answer):
        author = self.town.author
        query = select(ConsentRequest.id).where(ConsentRequest.author_id == author.id)
        for request_id in db.session.scalars(query).all():
            self.attempt(
                "author", lambda one=request_id: answers.answer(self.town.actor("author"), one, answer=answer)
            )

    @rule(who=MAKERS)
    def take_question_back(self, who):
        self.attempt(who, lambda: rounds.withdraw_round(self.town.actor(who), self.lesson_id))

    @rule(days=st.sampled_from([1, 9, 15, 25, 200, 600]))
    def wait(self, days):
        self.now += timedelta(days=days)

        def act():
            while closing.close_due(clock.now()):
                pass
            ageing.ask_due(), ageing.tell_overdue(), ageing.sink_due()
            foretellings.ask_due(), report_questions.ask_due()

        self.attempt(None, act)
        self.attempt(None, lambda: settling.settle_due(lambda: None))

    # Review

    @rule(who=MAKERS, audience=AUDIENCES)
    def submit(self, who, audience):
        sent = lives_hold.life(self.lesson_id).stage
        self.attempt(who, lambda: lessons.submit(self.town.actor(who), self.lesson_id, audience=audience))
        if sent != lives_hold.life(self.lesson_id).stage:
            self.kept.seal(self.lesson)

    @rule(who=mostly("second", "reviewer", "editor"), reply=st.sampled_from(["yes", "doubt", "no"]))
    def check(self, who, reply):
        answer = {**ALL_GOOD, "dissent": reply}
        self.attempt(who, lambda: review_checklist.answer(self.town.actor(who), self.lesson_id, answer))

    @rule(who=mostly("second", "reviewer", "editor"))
    def comment(self, who):
        self.attempt(
            who,
            lambda: review_comments.add(self.town.actor(who), self.lesson_id, place="title", text="Say who."),
        )

    @rule(who=MAKERS)
    def settle(self, who):
        for comment_id in db.session.scalars(select(ReviewComment.id)).all():
            self.attempt(who, lambda one=comment_id: review_comments.settle(self.town.actor(who), one))

    @rule(who=mostly("second", "reviewer", "editor"), answered=st.booleans())
    def publish(self, who, answered):
        said = ALL_GOOD if answered else None
        before = len(lives_hold.approvals(self.lesson_id))

        def act():
            lessons.publish(self.town.actor(who), self.lesson_id, answers=said)

        # What somebody answers is kept first, and refused with the rest.
        self.attempt(who, act, is_early=answered)
        if len(lives_hold.approvals(self.lesson_id)) > before:
            lives_hold.publication(self.town, self.lesson, getattr(self.town, who), self.kept)

    @rule(who=mostly("second", "reviewer", "editor"))
    def send_back(self, who):
        self.attempt(
            who, lambda: lessons.send_back(self.town.actor(who), self.lesson_id, note="Say since when.")
        )

    @rule(who=MAKERS)
    def ask_back(self, who):
        self.attempt(who, lambda: undo.ask_back(self.town.actor(who), self.lesson_id))

    @rule(who=mostly("curator", "second"))
    def revise(self, who):
        self.attempt(who, lambda: lessons.revise(self.town.actor(who), self.lesson_id))

    @rule(who=MAKERS)
    def discard(self, who):
        self.attempt(who, lambda: undo.discard(self.town.actor(who), self.lesson_id))

    # What happens around it

    @rule(who=MAKERS, at=st.integers(0, 1))
    def hide(self, who, at):
        posts = self.town.posts()
        if at < len(posts):
            self.attempt(
                who, lambda: hiding.hide(self.town.actor(who), posts[at].id, reason="Somebody is in it.")
            )

    @rule(who=MAKERS, audience=AUDIENCES)
    def narrow(self, who, audience):
        thread_id = self.town.thread.id
        self.attempt(
            who, lambda: other_readers.set_audience(self.town.actor(who), thread_id, audience=audience)
        )

    @rule()
    def take_words_out(self):
        for own in removals.mine(self.town.actor("author")):
            self.attempt("author", lambda one=own: removals.take_out(self.town.actor("author"), one.id))
