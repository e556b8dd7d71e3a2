"""One event with several reasons: by mail it comes once, as the strongest that is not stopped, also by then."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from forum.domain.digests import digests
from forum.domain.inbox.notice_letter import compose
from forum.domain.lessons import lessons
from forum.domain.mailing import events, notice_choices, reasons
from forum.domain.threads import following
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters, worker
from forum.jobs.letter_content import NothingToSend
from forum.models.accounts import Member
from forum.models.following import FollowLevel, Mention, ThreadFollow
from forum.models.lessons import LessonVersion
from forum.models.mail import OutgoingMail
from forum.models.spaces import Audience
from forum.models.subscriptions import Delivery, DigestChoice, Frequency, NoticeChoice, Subscription
from forum.models.threads import Post
from tests import lesson_scenario, reviewed
from tests.factories import LONG_AGO, actor, make_member, make_post, make_space, make_thread
from tests.notices import choose, handles, mails, react, reply, start, told

KINDS = {"mention": "mentions", "answer": "answers", "followed": "followed"}  # the strongest first
SOON = timedelta(minutes=4)
MEMBERS = 40


def expected(why, choices, subscribed):
    """As which kind it comes and how, said once more."""
    usual = {"mention": Delivery.AT_ONCE, "answer": Delivery.AT_ONCE, "followed": Delivery.DIGEST}
    for kind, stop in KINDS.items():
        how = choices.get(stop, choices.get("notices", usual[kind]))
        if kind in why and how != Delivery.NOTHING:
            by_thread = subscribed and (kind == "followed" or subscribed != Delivery.DIGEST)
            return kind, subscribed if by_thread else how
    return None, Delivery.NOTHING


def letter_of(member, mail):
    """What the mail says at the moment at which it leaves."""
    with clock.at(mail.next_try_at):
        return compose(member, mail.id)


def test_an_answer_that_also_mentions_comes_as_an_answer_to_who_stopped_mentions(gent):
    ann, bert = make_member("Ann", space=gent), make_member("Bert", space=gent)
    thread = start(ann, gent)
    choose(ann, mentions=Delivery.NOTHING)
    reply(bert, thread, handles(ann))
    react()
    assert told() == [("Ann", "mention")], "in the house it is what is strongest"
    (mail,) = mails()
    letter = letter_of(ann, mail)
    assert ([item.kind for item in letter.items], letter.stop) == (["answer"], "answers")
    choose(ann, answers=Delivery.NOTHING)
    assert letter_of(ann, mail) is None, "of what they follow in the digest"
    choose(ann, followed=Delivery.AT_ONCE)
    assert [item.kind for item in letter_of(ann, mail).items] == ["followed"]
    choose(ann, followed=Delivery.DIGEST, mentions=Delivery.AT_ONCE)
    assert [item.kind for item in letter_of(ann, mail).items] == ["mention"]
    choose(ann, mentions=Delivery.DIGEST)
    assert letter_of(ann, mail) is None, "what was chosen meanwhile holds for mails that wait"


@pytest.mark.any_database
def test_every_combination_of_reasons_stops_and_subscriptions():
    ways = [None, *Delivery]
    for bits in range(1, 8):
        why = [kind for number, kind in enumerate(KINDS) if bits >> number & 1]
        for number in range(4**4 * 2):
            *said, subscribed = (ways[number // 4**place % 4] for place in range(4))
            choices = {stop: how for stop, how in zip(KINDS.values(), said, strict=True) if how}
            if number >= 4**4:
                choices["notices"] = Delivery.NOTHING
            kind, how = expected(why, choices, subscribed)
            assert reasons.way(why, choices, subscribed) == (kind or why[0], how), (why, choices, subscribed)


@dataclass
class Case:
    """A post for one member alone, with what they are to it, and what is expected of it."""

    member: Member
    post: Post
    mine: bool
    mentioned: bool
    level: FollowLevel | None
    changed: bool
    own: Delivery | None = None
    kind: str | None = None
    how: Delivery = Delivery.NOTHING

    def choose(self, chance):
        """Choose anew."""
        self.own = chance.choice([None, *Delivery])
        choices = {stop: chance.choice([*Delivery]) for stop in KINDS.values() if chance.random() < 0.6}
        choose(self.member, **choices)
        if self.own:
            row = {"member_id": self.member.id, "thread_id": self.post.thread_id}
            db.session.add(Subscription(**row, delivery=self.own))
        follows = self.level == FollowLevel.ALL or (self.level is None and self.own == Delivery.AT_ONCE)
        # A new text of a post is told to whom it mentions, for that alone.
        holds = zip(KINDS, (self.mentioned, self.mine, follows)[: 1 if self.changed else 3], strict=False)
        why = [kind for kind, true in holds if true and self.level != FollowLevel.NOTHING]
        self.kind, self.how = expected(why, choices, self.own)


def case(chance, number, bert):
    """One in a space of its own, so that the digest holds nothing else."""
    space = make_space(f"Space {number}", city=None)
    member = make_member(f"Member {number}", space=space)
    db.session.add(DigestChoice(member_id=member.id, frequency=Frequency.DAILY, chosen_at=LONG_AGO))
    ago = clock.now() - timedelta(hours=1)
    mine, mentioned, changed = (chance.random() < often for often in (0.6, 0.6, 0.4))
    thread = make_thread(space, member if mine else bert, at=ago, audience=Audience.SPACE)
    level = chance.choice([None, FollowLevel.ALL, *FollowLevel])
    if level:
        row = {"member_id": member.id, "thread_id": thread.id, "changed_at": LONG_AGO}
        db.session.add(ThreadFollow(**row, level=level, chosen=chance.random() < 0.5))
    post = make_post(thread, bert, at=ago + timedelta(minutes=1))
    if mentioned:
        db.session.add(Mention(post_id=post.id, member_id=member.id, handle="m", revision=1))
    return Case(member, post, mine, mentioned, level, changed)


def test_whatever_is_chosen_a_post_comes_once_by_mail_or_with_the_digest(gent, chance):
    """Of many members, each with reasons and choices of their own, and with others when the mails leave."""
    bert = make_member("Bert", space=gent)
    cases = [case(chance, number, bert) for number in range(MEMBERS)]
    for one in cases:
        one.choose(chance)
        if one.changed:
            events.record("post.edited", post_id=one.post.id, revision=1)
        else:
            events.record("post.created", post_id=one.post.id)
    react()
    planned = {mail.member_id: mail for mail in mails()}
    assert len(planned) == len(mails()), "one mail for one event"
    assert planned.keys() == {one.member.id for one in cases if one.how == Delivery.AT_ONCE}
    for later in (False, True):
        if later:
            db.session.execute(db.delete(NoticeChoice))
            db.session.execute(db.delete(Subscription))
            for one in cases:
                one.choose(chance)
        for one in cases:
            mail = planned.get(one.member.id)
            letter = letter_of(one.member, mail) if mail else None
            comes = mail is not None and one.how == Delivery.AT_ONCE
            assert ([item.kind for item in letter.items] if letter else []) == [one.kind] * comes, one
            wanted = one.own != Delivery.NOTHING and one.level != FollowLevel.NOTHING
            news = (not one.mine) + (not comes) if wanted else 0
            entries = digests.preview(actor(one.member)).entries
            assert [entry.new_count for entry in entries] == [news] * (news > 0), one


def test_who_chose_to_follow_a_thread_hears_of_it_where_they_want_nothing_else(gent):
    """By mail as in the digest; who only wrote in it does not."""
    ann, bert = make_member("Ann", space=gent), make_member("Bert", space=gent)
    wrote, chose = start(ann, gent), start(ann, gent)
    following.follow_thread(actor(ann), chose.id, level=FollowLevel.ALL)
    db.session.add(Subscription(member_id=ann.id, space_id=gent.id, delivery=Delivery.NOTHING))
    for thread in (wrote, chose):
        reply(bert, thread, handles(ann))
        react()
    (mail,) = mails()
    with clock.at(mail.next_try_at):
        assert [item.thread_id for item in compose(ann, mail.id).items] == [chose.id]
    db.session.add(Subscription(member_id=ann.id, thread_id=chose.id, delivery=Delivery.NOTHING))
    db.session.flush()
    assert letter_of(ann, mail) is None, "what was chosen for its mails goes before that"


def test_who_chose_since_to_hear_of_answers_alone_gets_no_mail_of_other_posts(gent):
    """They are news like any other."""
    ann, bert = make_member("Ann", space=gent), make_member("Bert", space=gent)
    db.session.add(DigestChoice(member_id=ann.id, frequency=Frequency.DAILY, chosen_at=LONG_AGO))
    ago = clock.now() - timedelta(hours=1)
    thread = make_thread(gent, bert, at=ago)
    following.follow_thread(actor(ann), thread.id, level=FollowLevel.ALL)
    choose(ann, followed=Delivery.AT_ONCE)
    post = make_post(thread, bert, at=ago + timedelta(minutes=1))
    events.record("post.created", post_id=post.id)
    react()
    (mail,) = mails()
    for level, comes in ((FollowLevel.ALL, True), (FollowLevel.ANSWERS, False), (FollowLevel.ALL, True)):
        following.follow_thread(actor(ann), thread.id, level=level)
        db.session.flush()
        assert (letter_of(ann, mail) is not None) == comes
        (news,) = digests.preview(actor(ann)).entries
        assert news.new_count == (1 if comes else 2)


def test_a_mention_by_a_change_that_was_stopped_since_comes_with_the_digest_and_no_mail(gent):
    """The thread is theirs, but the new text answers nobody."""
    ann, bert = make_member("Ann", space=gent), make_member("Bert", space=gent)
    db.session.add(DigestChoice(member_id=ann.id, frequency=Frequency.DAILY, chosen_at=LONG_AGO))
    ago = clock.now() - timedelta(hours=1)
    thread = make_thread(gent, ann, at=ago)
    post = make_post(thread, bert, at=ago + timedelta(minutes=1))
    db.session.add(Mention(post_id=post.id, member_id=ann.id, handle="ann", revision=2))
    events.record("post.edited", post_id=post.id, revision=2)
    react()
    (mail,) = mails()
    for how, by_mail in ((Delivery.AT_ONCE, 1), (Delivery.NOTHING, 0)):
        choose(ann, mentions=how)
        letter = letter_of(ann, mail)
        news = digests.preview(actor(ann)).entries
        assert (len(letter.items) if letter else 0, len(news)) == (by_mail, 1 - by_mail)


def test_what_a_mail_left_out_is_no_news_in_a_later_one(gent):
    ann, bert = make_member("Ann", space=gent), make_member("Bert", space=gent)
    thread = start(ann, gent)
    reply(bert, thread, "Left out.")
    react()
    notice_choices.stop(ann.id, "answers")
    with clock.at(clock.now() + SOON):
        worker.run_until_idle()
        choose(ann, answers=Delivery.AT_ONCE)
        reply(bert, thread, "In time.")
        react()
        letter = letter_of(ann, mails()[-1])
    assert [item.words for item in letter.items] == ["In time."]


def test_who_is_quoted_in_a_lesson_that_they_sent_for_review_gets_one_letter_about_it(session):
    scenario = lesson_scenario.build()
    lesson = scenario.draft()
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    db.session.execute(db.update(LessonVersion).values(created_by_id=scenario.author.id))
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    react()
    assert ("Amina", "cited") in told()
    query = db.select(OutgoingMail).where(
        OutgoingMail.member_id == scenario.author.id, OutgoingMail.kind.in_(("cited", "lesson_published"))
    )
    (mail,) = db.session.scalars(query).all()
    for stop in ("cited", "own_lessons"):
        message = letters.letter_for(mail).message
        assert message["List-Id"] == f"<{stop.replace('_', '-')}.forum.test>"
        notice_choices.stop(scenario.author.id, stop)
    with pytest.raises(NothingToSend, match="stopped"):
        letters.letter_for(mail)
