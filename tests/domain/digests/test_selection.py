"""Networks made by chance: what a digest holds, against an oracle that looks at every post for every member alone."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest

from forum.domain.digests import digests, windows
from forum.domain.digests.composing import Composer
from forum.domain.digests.pool import GRACE
from forum.infra.db import db
from forum.models.events import Event
from forum.models.following import FollowLevel, Mention, SpaceFollow, ThreadFollow
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Role
from forum.models.subscriptions import Delivery, Digest, DigestChoice, Frequency, NoticeChoice, Subscription
from forum.models.themes import Axis, Need
from forum.models.threads import Post, ReadAhead, ReadMark, Thread
from forum.policy.visibility import visible
from tests.factories import LONG_AGO, actor, join, make_member, make_post, make_space, make_thread
from tests.sweeps import few_of

END = LONG_AGO + timedelta(days=210, hours=-4)  # a Monday at seven in Brussels
WEEK = timedelta(days=7)
FOLLOWS = (FollowLevel.ALL, FollowLevel.ANSWERS, FollowLevel.NOTHING)
DELIVERIES = tuple(Delivery)
STOPS = ("answers", "mentions", "followed", "notices")


class Network:
    """A few spaces, members and threads, with everything that can differ from member to member."""

    def __init__(self, chance):
        self.chance = chance
        self.spaces = [make_space(f"S{number}") for number in range(chance.randint(1, 4))]
        self.members = [self._member(number) for number in range(6)]
        self.threads = [self._thread(number) for number in range(chance.randint(0, 26))]
        for member in self.members:
            self._choices(member)
        db.session.flush()

    def _member(self, number):
        member = make_member(f"M{number}", all_read_at=self._some(LONG_AGO, END - 3 * WEEK / 7))
        roles = (Role.GUEST, Role.MEMBER, Role.MODERATOR)
        for space in self.chance.sample(self.spaces, self.chance.randint(0, len(self.spaces))):
            join(member, space, self.chance.choice(roles))
        return member

    def _some(self, *things):
        return self.chance.choice(things)

    def _thread(self, number):
        chance = self.chance
        began = END - timedelta(days=chance.choice((1, 3, 5, 6, 9, 60)), minutes=chance.randint(0, 60))
        thread = make_thread(
            chance.choice(self.spaces),
            chance.choice(self.members),
            title=f"T{number}",
            need=self._some(Need.STORIES, Need.FACTS),
            axis=chance.choice([*list(Axis)[:3], None]),
            audience=chance.choice(list(Audience)),
            at=began,
        )
        replies = (
            chance.choice((began, END - timedelta(days=chance.randint(0, 6), minutes=chance.randint(1, 30))))
            for _reply in range(chance.choice((0, 0, 1, 2, 6)))
        )
        for at in sorted(max(at, began) for at in replies):
            post = make_post(thread, chance.choice(self.members), at=at)
            if chance.random() < 0.1:
                setattr(post, self._some("hidden_at", "deleted_at"), END)
        if chance.random() < 0.1:
            setattr(thread, self._some("hidden_at", "withdrawn_at", "locked_at"), END)
        return thread

    def _choices(self, member):
        chance = self.chance
        choice = DigestChoice(member_id=member.id, frequency=Frequency.WEEKLY, chosen_at=LONG_AGO)
        choice.only_unread, choice.elsewhere = (
            chance.random() < 0.8,
            self._some(Delivery.DIGEST, Delivery.NOTHING),
        )
        db.session.add(choice)
        of = [{"space_id": one.id} for one in self.spaces] + [{"axis": axis} for axis in list(Axis)[:3]]
        of += [{"thread_id": one.id} for one in self.threads]
        for target in chance.sample(of, min(len(of), chance.randint(0, 4))):
            db.session.add(Subscription(member_id=member.id, delivery=chance.choice(DELIVERIES), **target))
        now = {"member_id": member.id, "changed_at": END}
        for thread in self.threads:
            if chance.random() < 0.15:
                level, chosen = chance.choice(FOLLOWS), chance.random() < 0.6
                db.session.add(ThreadFollow(thread_id=thread.id, level=level, chosen=chosen, **now))
            if chance.random() < 0.25:
                last = chance.randint(0, thread.last_number)
                db.session.add(
                    ReadMark(member_id=member.id, thread_id=thread.id, last_number=last, read_at=END)
                )
                if chance.random() < 0.3:
                    numbers = {"first_number": last + 2, "last_number": last + 3}
                    db.session.add(ReadAhead(member_id=member.id, thread_id=thread.id, **numbers))
        for space in self.spaces:
            if chance.random() < 0.15:
                db.session.add(SpaceFollow(space_id=space.id, level=chance.choice(FOLLOWS), **now))
        for stop in STOPS:
            if chance.random() < 0.2:
                row = NoticeChoice(member_id=member.id, stop=stop, delivery=chance.choice(DELIVERIES))
                db.session.add(row)
        for post in db.session.scalars(db.select(Post).order_by(Post.id)):
            if chance.random() < 0.1:
                db.session.add(Mention(post_id=post.id, member_id=member.id, handle="m", revision=1))
        self._mailed(member)

    def _mailed(self, member):
        posts = db.session.scalars(db.select(Post).order_by(Post.id)).all()
        for post in self.chance.sample(posts, min(len(posts), 2)):
            at = post.created_at
            event = Event(name="post.created", payload={}, created_at=at, next_try_at=at)
            db.session.add(event)
            db.session.flush()
            told = {"post_id": post.id, "thread_id": post.thread_id, "event_id": event.id, "kind": "answer"}
            told |= {"created_at": post.created_at, "mail_at": post.created_at}
            mail = OutgoingMail(
                member_id=member.id, key=f"notices.{event.id}", kind="notices", lane=Lane.NOTICE
            )
            mail.state, mail.message_id = (
                self._some(MailState.SENT, MailState.FAILED),
                f"<{event.id}@forum.test>",
            )
            mail.created_at = mail.due_at = mail.next_try_at = at
            db.session.add(mail)
            db.session.flush()
            db.session.add(Notification(member_id=member.id, mail_id=mail.id, **told))


def expected(member, since, until):
    """By thread, the numbers of the posts that a member is to be told of, and whether they are addressed in it."""
    choice = db.session.get_one(DigestChoice, member.id)
    found = {}
    for thread in db.session.scalars(visible(Thread, actor(member)).order_by(Thread.id)):
        if thread.hidden_at or thread.withdrawn_at:
            continue
        posts = db.session.scalars(db.select(Post).filter_by(thread_id=thread.id).order_by(Post.number))
        new = [post for post in posts if since < post.created_at <= until and told(member, choice, post)]
        calling = [post.number for post in new if calls(member, post)]
        is_own = thread.author_id == member.id and not stopped(member, "answers")
        how = wanted(member, choice, thread)
        if new and (how or (is_own and how is None)):
            found[thread.id] = [post.number for post in new], bool(is_own or calling)
        elif calling and how is None:
            found[thread.id] = calling, True
    return found


def stopped(member, name):
    """What was said of a kind goes before what was said of all."""
    said = [db.session.get(NoticeChoice, (member.id, one)) for one in (name, "notices")]
    said = [one.delivery for one in said if one is not None]
    return said[:1] == [Delivery.NOTHING]


def calls(member, post):
    """Whether a post mentions them, and they want to hear that."""
    return db.session.get(Mention, (post.id, member.id)) is not None and not stopped(member, "mentions")


def wanted(member, choice, thread):
    """Whether a thread is told as a whole; None where only what is addressed to them is.

    Muted is muted. Then its own subscription, following it, the subscriptions around it (and whoever only wrote there
    does not want it in spite of those), following its space, and where it stands.
    """
    of_thread = db.session.get(ThreadFollow, (member.id, thread.id))
    of_space = db.session.get(SpaceFollow, (member.id, thread.space_id))
    levels = [one.level for one in (of_thread, of_space) if one is not None]
    if of_thread and of_space and not of_thread.chosen and of_space.level == FollowLevel.NOTHING:
        return False
    if levels and levels[0] == FollowLevel.NOTHING:
        return False
    own = db.session.scalars(db.select(Subscription).filter_by(member_id=member.id)).all()
    about = [one.delivery for one in own if one.thread_id == thread.id]
    if about:
        return Delivery.NOTHING not in about
    follows = levels[:1] == [FollowLevel.ALL] and not stopped(member, "followed")
    if follows and of_thread and of_thread.chosen:
        return True
    of_axis = [one for one in own if one.axis is not None and one.axis == thread.axis]
    around = [one.delivery for one in own if one.space_id == thread.space_id or one in of_axis]
    if around:
        return Delivery.NOTHING not in around
    if follows or thread.space_id in actor(member).roles or choice.elsewhere == Delivery.DIGEST:
        return True
    return None


def told(member, choice, post):
    """Others' posts that stand, that did not come by mail, and unless all are wanted, that are unread."""
    if post.author_id == member.id or post.hidden_at or post.deleted_at:
        return False
    mailed = (
        db.select(Notification)
        .filter_by(member_id=member.id, post_id=post.id)
        .join(OutgoingMail, OutgoingMail.id == Notification.mail_id)
        .where(OutgoingMail.state == MailState.SENT)
    )
    if db.session.scalars(mailed).first() is not None:
        return False
    if not choice.only_unread:
        return True
    mark = db.session.get(ReadMark, (member.id, post.thread_id))
    ahead = db.session.scalars(db.select(ReadAhead).filter_by(member_id=member.id, thread_id=post.thread_id))
    is_read = mark is not None and post.number <= mark.last_number
    is_read = is_read or any(one.first_number <= post.number <= one.last_number for one in ahead)
    return not is_read and post.created_at > member.all_read_at


def letters(network, end):
    """All letters of a window, composed together."""
    windows.open_all(end)
    rows = db.session.scalars(db.select(Digest).where(Digest.ends_at == end).order_by(Digest.id)).all()
    made = digests.compose_many(rows, Composer())
    return [(row, made[row.id]()) for row in rows]


@pytest.mark.parametrize("number", few_of(range(60), 0, 1, 2))
def test_a_digest_holds_what_a_slow_look_at_every_post_finds(number, chance):
    network = Network(chance)
    people = {member.id: member for member in network.members}
    for end in (END, END + WEEK):
        found = letters(network, end)
        assert len(found) == len(people)
        for digest, letter in found:
            check(people[digest.member_id], digest, letter, end)
        for digest, letter in found:
            (
                digests.mark_skipped(digest, windows.EMPTY)
                if letter.is_empty
                else digests.mark_sent(digest.id, letter)
            )
        db.session.flush()
        for thread in network.threads[:3]:
            make_post(thread, chance.choice(network.members), at=end + timedelta(days=2))


def check(member, digest, letter, end):
    """One letter against the oracle."""
    since = letter.told_from - GRACE
    found = expected(member, since, end - GRACE)
    news = {key: numbers for key, (numbers, _addressed) in found.items()}
    items = [*letter.entries, *letter.titles]
    ids = [item.id for item in items]
    assert len(ids) == len(set(ids)), "nothing stands there twice"
    assert set(ids) <= news.keys(), (
        "nothing that they may not see, muted, wrote themselves, have read or were told"
    )
    assert {item.id: item.new_count for item in items} == {key: len(news[key]) for key in ids}
    threads = {key: db.session.get_one(Thread, key) for key in news}
    of_space = Counter(thread.space_id for thread in threads.values())
    shown = Counter(item.space_id for item in items)
    left = {space: many - shown[space] for space, many in of_space.items() if many > shown[space]}
    assert sum(left.values()) == letter.left_count, "nothing unseen is lost"
    assert sorted(left.values()) == sorted(one.count for one in letter.left_out)
    waits = {need.kind for need in letter.new_needs}
    assert waits <= {"themes"}, "moderators are asked to choose those of threads without one"
    assert letter.is_empty == (not news and not waits)
    assert len(letter.entries) <= 7
    if len(of_space) > 1:
        with_text = Counter(item.space_id for item in letter.entries)
        assert max(with_text.values(), default=0) <= 3, "a quota for each space"
    for item in items:
        assert item.because, "each says by what it is here"
        assert (item.section == "for_you") == found[item.id][1], "for whoever it is addressed to"
    ranks = [rank(item, news[item.id]) for item in letter.threads if item.section == "active"]
    assert ranks == sorted(ranks), "by different cities and people, not by posts"


def rank(item, numbers):
    """Fewer cities, then fewer people, come later."""
    query = db.select(Post.author_id).where(Post.thread_id == item.id, Post.number.in_(numbers))
    return (-len(item.cities), -len(set(db.session.scalars(query))))


def test_what_is_left_out_is_counted_by_space_and_whoever_reads_one_space_is_told_of_all(gent, leen, chance):
    """A monthly reader of one space was never told of 5 of 8 stories."""
    ann = make_member("Ann", space=gent)
    for number in range(8):
        make_thread(gent, ann, title=f"Story {number}", at=END - timedelta(days=number + 1))
    db.session.add(DigestChoice(member_id=leen.id, frequency=Frequency.MONTHLY, chosen_at=LONG_AGO))
    db.session.flush()
    windows.open_all(END + timedelta(days=2))
    digest = db.session.scalars(db.select(Digest).filter_by(member_id=leen.id)).one()
    letter = digests.compose(digest)
    assert (len(letter.entries), len(letter.titles), letter.left_count) == (7, 1, 0)
    assert [item.title for item in letter.entries] == [f"Story {number}" for number in range(7, 0, -1)]


def test_taking_away_what_is_named_takes_the_item_away(gent, leen):
    other = make_space("Genk")
    ann = make_member("Ann", space=other)
    thread = make_thread(other, ann, title="Elsewhere", at=END - WEEK / 2)
    post = make_post(thread, ann, at=END - WEEK / 3)
    choice = DigestChoice(member_id=leen.id, frequency=Frequency.WEEKLY, chosen_at=LONG_AGO)
    choice.elsewhere = Delivery.NOTHING
    db.session.add(choice)
    db.session.flush()
    windows.open_all(END)
    digest = db.session.scalars(db.select(Digest).filter_by(member_id=leen.id)).one()
    assert digests.compose(digest).is_empty
    subscribed = {"member_id": leen.id, "delivery": Delivery.DIGEST}
    of_thread = {"member_id": leen.id, "thread_id": thread.id, "level": FollowLevel.ALL, "changed_at": END}
    of_space = {"member_id": leen.id, "space_id": other.id, "level": FollowLevel.ALL, "changed_at": END}
    rules = {
        "thread": Subscription(**subscribed, thread_id=thread.id),
        "space": Subscription(**subscribed, space_id=other.id),
        "axis": Subscription(**subscribed, axis=thread.axis),
        "followed": ThreadFollow(**of_thread, chosen=True),
        "wrote": ThreadFollow(**of_thread, chosen=False),
        "space_followed": SpaceFollow(**of_space),
        "mention": Mention(post_id=post.id, member_id=leen.id, handle="leen", revision=1),
    }
    stops = {"followed": "followed", "wrote": "followed", "space_followed": "followed", "mention": "mentions"}
    for rule, row in rules.items():
        db.session.add(row)
        db.session.flush()
        (item,) = digests.compose(digest).entries
        assert [one.rule for one in item.because] == [rule]
        # Of a mention only the post that has it, when nothing else of the thread is wanted.
        assert item.new_count == (1 if rule == "mention" else 2)
        if rule in stops:
            stop = NoticeChoice(member_id=leen.id, stop=stops[rule], delivery=Delivery.NOTHING)
            db.session.add(stop)
            db.session.flush()
            assert digests.compose(digest).is_empty, "what was stopped comes by no other letter"
            db.session.delete(stop)
        db.session.delete(row)
        db.session.flush()
        assert digests.compose(digest).is_empty


def test_answers_that_were_stopped_stand_where_any_thread_stands(gent, leen):
    """And whoever chose to follow a thread gets it where they want nothing else; whoever only wrote there does not."""
    ann = make_member("Ann", space=gent)
    thread = make_thread(gent, leen, title="Mine", at=LONG_AGO)
    make_post(thread, ann, at=END - WEEK / 3)
    db.session.add(DigestChoice(member_id=leen.id, frequency=Frequency.WEEKLY, chosen_at=LONG_AGO))
    db.session.flush()
    windows.open_all(END)
    digest = db.session.scalars(db.select(Digest).filter_by(member_id=leen.id)).one()
    (item,) = digests.compose(digest).for_you
    assert [one.rule for one in item.because] == ["own_space"]
    db.session.add(NoticeChoice(member_id=leen.id, stop="answers", delivery=Delivery.NOTHING))
    db.session.flush()
    letter = digests.compose(digest)
    assert (letter.for_you, [one.section for one in letter.threads]) == ([], ["revived"])
    db.session.add(Subscription(member_id=leen.id, space_id=gent.id, delivery=Delivery.NOTHING))
    follow = ThreadFollow(member_id=leen.id, thread_id=thread.id, level=FollowLevel.ALL, changed_at=END)
    follow.chosen = False
    db.session.add(follow)
    db.session.flush()
    assert digests.compose(digest).is_empty
    follow.chosen = True
    db.session.flush()
    (item,) = digests.compose(digest).threads
    assert [one.rule for one in item.because] == ["followed"]


def test_what_is_hidden_after_the_candidates_were_read_is_in_no_letter(gent, leen, karim_and_story):
    karim, thread, post = karim_and_story
    composer = Composer()
    windows.open_all(END)
    rows = db.session.scalars(db.select(Digest).where(Digest.member_id == leen.id)).all()
    assert [one().entries[0].words for one in digests.compose_many(rows, composer).values()] == ["A secret."]
    post.hidden_at = END
    db.session.flush()
    ((_id, make),) = digests.compose_many(rows, composer).items()
    assert [item.words for item in make().entries] == ["The story."]
    thread.audience, gent_role = Audience.SPACE, leen
    db.session.flush()
    for role in db.session.scalars(db.select(type(join(karim, gent))).filter_by(member_id=gent_role.id)):
        role.ended_at = END
    db.session.flush()
    ((_id, make),) = digests.compose_many(rows, composer).items()
    assert make().is_empty


@pytest.fixture
def karim_and_story(gent, leen):
    karim = make_member("Karim", space=make_space("Genk"))
    thread = make_thread(gent, karim, title="Told", body="The story.", at=END - WEEK / 2)
    post = make_post(thread, karim, "A secret.", at=END - WEEK / 3)
    db.session.add(DigestChoice(member_id=leen.id, frequency=Frequency.WEEKLY, chosen_at=LONG_AGO))
    db.session.flush()
    return karim, thread, post


def test_composing_for_many_asks_no_more_often_than_for_one(gent, count_queries):
    ann = make_member("Ann", space=gent)
    for number, day in itertools.product(range(4), range(1, 6)):
        make_thread(gent, ann, title=f"T{number}", at=END - timedelta(days=day))
    for number in range(30):
        member = make_member(f"L{number}", space=gent)
        chosen_at = END - timedelta(days=9)
        db.session.add(DigestChoice(member_id=member.id, frequency=Frequency.WEEKLY, chosen_at=chosen_at))
    db.session.flush()
    windows.open_all(END)
    rows = db.session.scalars(db.select(Digest).order_by(Digest.id)).all()
    with count_queries() as one:
        digests.compose_many(rows[:1], Composer())
    with count_queries() as many:
        made = digests.compose_many(rows, Composer())
    assert (len(made), many.count) == (30, one.count)
    assert one.count <= 12
