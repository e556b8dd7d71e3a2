"""Who is told of what happens in threads: by verbs and the worker, as rows, and as mails that are planned."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.inbox.notice_letter import compose
from forum.domain.mailing import notices
from forum.domain.moderation import hiding, locking, revisions, undo
from forum.domain.spaces import memberships
from forum.domain.threads import classification, followed, following, posts, read_marks
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import calendar
from forum.models.accounts import Member
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.mail import OutgoingMail
from forum.models.maintenance import RestoredCopy
from forum.models.notifications import Notification
from forum.models.spaces import Audience, Role
from forum.models.subscriptions import Delivery, QuietHours, Subscription
from forum.models.undo import UndoableAct
from forum.policy.errors import NotFound
from forum.reactions import posts as post_reactions
from tests import other_readers
from tests.factories import LONG_AGO, actor, join, make_member, make_space
from tests.notices import choose, forget, handles, mails, react, reply, start, told

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def ann(gent):
    return make_member("Ann", space=gent)


@pytest.fixture
def bert(gent):
    return make_member("Bert", space=gent)


@pytest.fixture
def thread(gent, ann):
    made = start(ann, gent)
    react()
    assert told() == [], "nobody hears of what they did themselves"
    return made


def test_an_answer_is_told_once_however_many_reasons_there_are(thread, gent, ann, bert):
    following.follow_space(actor(ann), gent.id, level=FollowLevel.ALL)
    db.session.add(Subscription(member_id=ann.id, space_id=gent.id, delivery=Delivery.AT_ONCE))
    reply(bert, thread, handles(ann))
    react()
    react()
    assert told() == [("Ann", "mention")]
    reply(bert, thread)
    react()
    reply(ann, thread)
    react()
    assert told()[1:] == [("Ann", "answer"), ("Bert", "followed")], "who answers follows, unasked"
    assert len(mails()) == 2, "of an answer at once; of what one follows in the digest"
    mail, row = mails()[0], db.session.scalars(db.select(Notification).order_by(Notification.id)).first()
    assert (mail.member_id, mail.next_try_at) == (ann.id, row.mail_at)
    assert row.mail_at - row.created_at >= notices.BUNDLED
    assert {mail.next_try_at for mail in mails()} == {row.mail_at}, "the second goes with the first"


def test_only_who_may_read_it_and_has_an_account_in_use_is_told(thread, gent, ann, bert):
    elsewhere = make_space("Aalst", city="aalst")
    people = {
        "Far": make_member("Far", space=elsewhere),
        "Guest": make_member("Guest", space=elsewhere, role=Role.GUEST),
        "Pending": make_member("Pending", approved_at=None),
        "Suspended": make_member("Suspended", space=gent, suspended_at=LONG_AGO),
        "Left": make_member("Left"),
        "Muted": make_member("Muted", space=gent),
        "Only answers": make_member("Only answers", space=gent),
        "Only the thread": make_member("Only the thread", space=gent),
    }
    for person in people.values():
        level = FollowLevel.NOTHING if person.name == "Only the thread" else FollowLevel.ALL
        db.session.add(
            following.SpaceFollow(member_id=person.id, space_id=gent.id, level=level, changed_at=LONG_AGO)
        )
    following.follow_thread(actor(people["Muted"]), thread.id, level=FollowLevel.NOTHING)
    following.follow_thread(actor(people["Only answers"]), thread.id, level=FollowLevel.ANSWERS)
    following.follow_thread(actor(people["Only the thread"]), thread.id, level=FollowLevel.ALL)
    reply(bert, thread, handles(people["Muted"], people["Guest"], bert))
    react()
    assert told() == [("Ann", "answer"), ("Far", "followed"), ("Only the thread", "followed")]
    shown = {one: followed.of_thread(actor(one), thread.id) for one in (people["Muted"], people["Far"], bert)}
    assert [(choice.level, choice.space_level) for choice in shown.values()] == [
        (FollowLevel.NOTHING, FollowLevel.ALL),
        (None, FollowLevel.ALL),
        (FollowLevel.ALL, None),
    ]
    with pytest.raises(NotFound):
        following.follow_thread(actor(people["Guest"]), thread.id, level=FollowLevel.ALL)
    with pytest.raises(NotFound):
        following.follow_space(actor(people["Guest"]), make_space(unlisted=True).id, level=FollowLevel.ALL)


def elsewhere_of(member):
    space = make_space("Ieper", city=None)
    join(member, space)
    return space


def test_a_choice_of_ones_own_is_not_changed_by_writing(thread, ann, bert):
    following.follow_thread(actor(bert), thread.id, level=FollowLevel.NOTHING)
    reply(bert, thread)
    react()
    forget()
    reply(ann, thread)
    react()
    assert told() == []
    rows = {row.member_id: (row.level, row.chosen) for row in db.session.scalars(db.select(ThreadFollow))}
    assert rows == {ann.id: (FollowLevel.ALL, False), bert.id: (FollowLevel.NOTHING, True)}


def test_who_mutes_a_space_hears_nothing_of_threads_there_that_they_did_not_choose(thread, gent, ann, bert):
    reply(bert, thread)
    react()
    mail = mails()[0]
    following.follow_space(actor(ann), gent.id, level=FollowLevel.NOTHING)
    choice = followed.of_thread(actor(ann), thread.id)
    assert (choice.level, choice.space_level, followed.threads(actor(ann))) == (None, FollowLevel.NOTHING, [])
    with clock.at(mail.next_try_at):
        assert compose(ann, mail.id) is None
    forget()
    reply(bert, thread, "And then?")
    reply(ann, thread)
    react()
    assert told() == [("Bert", "followed")], "also after they wrote there again"
    following.follow_thread(actor(ann), thread.id, level=FollowLevel.ALL)
    reply(bert, thread, "Once more.")
    react()
    assert told()[1:] == [("Ann", "answer")]


def test_a_changed_post_tells_only_whom_it_did_not_address_before(thread, ann, bert):
    carl = make_member("Carl", space=make_space("Aalst", city="aalst"))
    post = reply(bert, thread)
    react()
    posts.edit(actor(bert), post.id, body=handles(ann, carl), seen_revision=1)
    react()
    assert told() == [("Ann", "answer"), ("Carl", "mention")]
    posts.edit(actor(bert), post.id, body=handles(carl, ann), seen_revision=2)
    react()
    assert len(told()) == 2


def test_thousands_of_followers_are_told_in_turns_each_once(thread, gent, bert, monkeypatch):
    monkeypatch.setattr(post_reactions, "AT_ONCE", 2)
    names = [f"Follower {number}" for number in range(5)]
    for name in names:
        following.follow_space(actor(make_member(name, space=gent)), gent.id, level=FollowLevel.ALL)
    reply(bert, thread)
    react()
    assert told() == [("Ann", "answer"), *((name, "followed") for name in names)]
    assert len({row.event_id for row in db.session.scalars(db.select(Notification))}) == 1
    for follower in db.session.scalars(db.select(Member).where(Member.name.in_(names))).all():
        following.follow_thread(actor(follower), thread.id, level=FollowLevel.ALL)
    forget()
    locking.lock(actor(make_member("Mod", space=gent, role=Role.MODERATOR)), thread.id)
    react()
    assert sorted(told(clock.now() + TEN_MINUTES)) == sorted(
        (name, "thread_locked") for name in ("Ann", "Bert", *names)
    )


def test_a_post_that_is_gone_by_then_tells_nobody(thread, gent, bert):
    taken = reply(bert, thread)
    posts.take_back(actor(bert), taken.id)
    react()
    assert told() == []


def test_an_author_hears_why_their_post_was_hidden_unless_it_is_undone(thread, gent, ann, bert):
    moderator = make_member("Mia", space=gent, role=Role.MODERATOR)
    post = reply(bert, thread)
    following.follow_thread(actor(bert), thread.id, level=FollowLevel.NOTHING)
    react()
    forget()
    hiding.hide(actor(moderator), post.id, reason="A name")
    react()
    assert told() == [], "for ten minutes it can be undone"
    assert told(clock.now() + TEN_MINUTES) == [("Bert", "post_hidden")], "also who muted the thread"
    act = db.session.scalars(db.select(UndoableAct)).one()
    undo.undo(actor(moderator), act.id)
    react()
    assert told(clock.now() + TEN_MINUTES) == [], "undone, it leaves no trace"
    hiding.hide(actor(moderator), post.id, reason="A name")
    undo.undo(actor(moderator), last_act())
    react()
    assert told(clock.now() + TEN_MINUTES) == [], "also where the worker comes late"
    hiding.hide(actor(moderator), post.id, reason="A name")
    react()
    with clock.at(clock.now() + TEN_MINUTES):
        hiding.restore(actor(moderator), post.id)
        react()
        assert told() == [("Bert", "post_hidden"), ("Bert", "post_restored")]


def test_an_author_hears_that_a_version_was_hidden_unless_it_is_undone_or_out_of_their_reach(
    thread, gent, bert
):
    moderator = make_member("Mia", space=gent, role=Role.MODERATOR)
    post = reply(bert, thread)
    for number in (1, 2, 3):
        posts.edit(actor(bert), post.id, body=f"Text {number}.", seen_revision=number)
    following.follow_thread(actor(bert), thread.id, level=FollowLevel.NOTHING)
    react()
    forget()
    later = clock.now() + TEN_MINUTES
    revisions.hide(actor(bert), post.id, 1, reason="Mine")
    react()
    assert told(later) == [], "not of what they hid themselves"
    revisions.hide(actor(moderator), post.id, 2, reason="A name")
    undo.undo(actor(moderator), last_act())
    react()
    assert told(later) == [], "undone, it leaves no trace"
    revisions.hide(actor(moderator), post.id, 2, reason="A name")
    react()
    assert told() == [], "for ten minutes it can be undone"
    later = clock.now() + TEN_MINUTES
    assert told(later) == [("Bert", "version_hidden")], "also who muted the thread"
    undo.undo(actor(moderator), last_act())
    assert told(later) == []
    thread.audience = Audience.SPACE
    memberships.remove(actor(moderator), gent.id, bert.id, reason="Left")
    forget()
    revisions.hide(actor(moderator), post.id, 3, reason="A name")
    react()
    later = clock.now() + TEN_MINUTES
    assert ("Bert", "version_hidden") not in told(later), "they may not see the thread any more"


STANDING = {
    "guest": (lambda author, place: setattr(place, "role", Role.GUEST), True),
    "guest whose time is over": (
        lambda author, place: (setattr(place, "role", Role.GUEST), setattr(place, "ends_at", LONG_AGO)),
        False,
    ),
    "pending": (lambda author, place: setattr(author, "approved_at", None), False),
    "suspended": (lambda author, place: setattr(author, "suspended_at", LONG_AGO), False),
    "former member": (lambda author, place: setattr(place, "ended_at", LONG_AGO), False),
}


@pytest.mark.parametrize("standing", STANDING)
def test_of_a_hidden_version_in_a_closed_space_hears_only_who_may_still_read_there(gent, standing):
    change, hears = STANDING[standing]
    moderator, author = make_member("Mia", space=gent, role=Role.MODERATOR), make_member("Gast")
    place = join(author, gent)
    closed = start(author, gent, audience=Audience.SPACE)
    post = reply(author, closed)
    posts.edit(actor(author), post.id, body="Another text.", seen_revision=1)
    change(author, place)
    db.session.flush()
    react()
    forget()
    revisions.hide(actor(moderator), post.id, 1, reason="A name")
    react()
    heard = told(clock.now() + TEN_MINUTES)
    assert heard == ([("Gast", "version_hidden")] if hears else [])


def last_act():
    return db.session.scalars(db.select(UndoableAct.id).order_by(UndoableAct.id.desc()).limit(1)).one()


def test_who_follows_a_thread_hears_what_moderators_do_with_it(thread, gent, ann, bert):
    moderator = make_member("Mia", space=gent, role=Role.MODERATOR)
    far = make_member("Far", space=make_space("Aalst", city="aalst"))
    following.follow_thread(actor(far), thread.id, level=FollowLevel.ALL)
    following.follow_thread(actor(bert), thread.id, level=FollowLevel.ANSWERS)
    locking.lock(actor(moderator), thread.id)
    react()
    heard = [("Ann", "thread_locked"), ("Far", "thread_locked")]
    assert (told(), told(clock.now() + TEN_MINUTES)) == ([], heard)
    locking.reopen(actor(moderator), thread.id)
    react()
    assert told(clock.now() + TEN_MINUTES) == [], "opened again within ten minutes, nobody hears of either"
    with clock.at(clock.now() - timedelta(hours=1)):
        locking.lock(actor(moderator), thread.id)
        react()
    forget()
    following.follow_thread(actor(ann), thread.id, level=FollowLevel.NOTHING)
    locking.reopen(actor(moderator), thread.id)
    react()
    assert told() == [("Far", "thread_reopened")]
    forget()
    following.follow_thread(actor(ann), thread.id, level=FollowLevel.ANSWERS)
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    react()
    assert (told(), told(clock.now() + TEN_MINUTES)) == ([], [("Ann", "thread_narrowed")])
    narrowed = db.select(UndoableAct.id).where(UndoableAct.kind == "narrow")
    undo.undo(actor(moderator), db.session.scalars(narrowed).one())
    react()
    assert told(clock.now() + TEN_MINUTES) == []


def test_who_follows_a_thread_hears_that_it_moved_if_they_read_it_there(thread, gent, ann, bert):
    ieper = elsewhere_of(ann)
    far = make_member("Far", space=make_space("Aalst", city="aalst"))
    for member in (bert, far):
        following.follow_thread(actor(member), thread.id, level=FollowLevel.ALL)
    join(bert, ieper)
    classification.move(actor(ann), thread.id, ieper.id, audience=Audience.SPACE)
    react()
    assert told() == [("Bert", "thread_moved")]


def test_a_role_is_told_to_whom_it_was_given_or_taken_from(gent, ann):
    moderator = make_member("Mia", space=gent, role=Role.MODERATOR)
    memberships.set_role(actor(moderator), gent.id, ann.id, role=Role.MODERATOR)
    react()
    memberships.remove(actor(moderator), gent.id, ann.id, reason="moved")
    react()
    assert told() == [("Ann", "role_given")]
    assert told(clock.now() + timedelta(minutes=10)) == [("Ann", "role_given"), ("Ann", "role_taken")]
    rows = db.session.scalars(db.select(Notification.space_id).order_by(Notification.id)).all()
    assert rows == [gent.id, None], "without a role they may not know the space any more"


@pytest.mark.parametrize(
    ("stops", "subscribed", "answers", "followed"),
    [
        ({}, None, True, False),
        # A post of her own thread is one in what she follows, too.
        ({"answers": Delivery.NOTHING}, Delivery.AT_ONCE, True, True),
        ({"answers": Delivery.NOTHING}, None, False, False),
        ({"followed": Delivery.AT_ONCE}, None, True, True),
        ({"followed": Delivery.NOTHING}, Delivery.AT_ONCE, True, False),
        ({}, Delivery.DIGEST, True, False),
        ({}, Delivery.NOTHING, False, False),
    ],
)
def test_how_it_reaches_the_mailbox(thread, ann, bert, stops, subscribed, answers, followed):
    reply(bert, thread)
    react()
    db.session.execute(db.delete(OutgoingMail))
    for member in (ann, bert):
        choose(member, **stops)
        if subscribed:
            db.session.add(Subscription(member_id=member.id, thread_id=thread.id, delivery=subscribed))
    carl = make_member("Carl", space=make_space("Aalst", city="aalst"))
    reply(carl, thread)
    react()
    reached = [mail.member_id for mail in mails()]
    assert reached == [ann.id] * answers + [bert.id] * followed
    assert told()[1:] == [("Ann", "answer"), ("Bert", "followed")], "in the house it stands all the same"


def test_quiet_hours_are_those_of_the_members_own_day(thread, ann, bert):
    db.session.add(QuietHours(member_id=ann.id, from_hour=22, until_hour=7))
    db.session.flush()
    with clock.at(datetime(2027, 1, 5, 21, 30, tzinfo=UTC)):
        reply(bert, thread)
        react()
    assert mails()[0].next_try_at == datetime(2027, 1, 6, 6, 0, tzinfo=UTC), "half past ten in Brussels"


def test_after_a_year_it_is_forgotten(thread, ann, bert):
    with clock.at(clock.now() - timedelta(days=366)):
        reply(bert, thread)
        react()
    assert len(told()) == 1
    reply(bert, thread)
    react()
    calendar.forget_notifications()
    assert told() == [("Ann", "answer")]


def test_a_restored_copy_mails_nothing_of_before(thread, ann, bert):
    reply(bert, thread)
    react()
    restored_at = clock.now()
    db.session.add(
        RestoredCopy(id=1, backup_made_at=LONG_AGO, restored_at=restored_at, released_at=restored_at)
    )
    later = reply(bert, thread, "This one is new.")
    react()
    with clock.at(clock.now() + TEN_MINUTES):
        made = compose(ann, mails()[-1].id)
    rows = db.session.scalars(db.select(Notification.id).where(Notification.post_id == later.id)).all()
    assert (made.ids, made.more) == (tuple(rows), 0)


def test_a_post_that_was_opened_before_the_worker_came_is_told_as_read(gent, ann, bert):
    carl = make_member("Carl", space=gent)
    thread = start(ann, gent)
    following.follow_thread(actor(carl), thread.id, level=FollowLevel.ALL)
    reply(bert, thread)
    read_marks.mark_read(actor(ann), thread.id, first=1, last=2)
    react()
    rows = db.session.execute(db.select(Notification.member_id, Notification.read_at)).all()
    assert {row.member_id: row.read_at is not None for row in rows} == {ann.id: True, carl.id: False}
