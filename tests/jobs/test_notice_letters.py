"""A mail about notices: one event or a bundle, as it is true when it leaves, with no more than its space allows."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.domain.digests import digests
from forum.domain.inbox import notice_sentences, notices
from forum.domain.inbox.notice_letter import hold
from forum.domain.mailing import mail_queue, notice_choices
from forum.domain.mailing.kinds import KINDS
from forum.domain.moderation import hiding
from forum.domain.threads import lists, mentions
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters, sending, worker
from forum.jobs.letter_content import NothingToSend
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.notifications import Notification
from forum.models.spaces import Audience, MailPolicy, Membership, Role, Space
from forum.models.subscriptions import Delivery, Subscription
from forum.models.threads import Post, Thread
from tests import letter_check
from tests.factories import actor, make_member, make_post, make_space, make_thread
from tests.jobs.test_letters import notice_mail
from tests.letter_check import parts
from tests.notices import choose, reply, start, tell_by_mail

SAID = "The tap was closed. Nobody knew who had the key."


@pytest.fixture
def story(aalst, dirk):
    return make_thread(aalst, dirk, title="The cleaners knew first")


def letter(mail):
    message = letters.letter_for(mail).message
    assert letter_check.faults(message, stoppable=True) == []
    return message


def test_one_answer_is_a_mail_of_its_own_that_leads_to_the_very_post(story, dirk, ruben):
    message = letter(notice_mail(dirk, make_post(story, ruben, SAID)))
    plain, _html = parts(message)
    assert message["Subject"] == "Ruben replied in “The cleaners knew first”"
    assert message["List-Id"] == "<answers.forum.test>"
    assert "Ruben replied to your story in Aalst" in plain
    assert f"> {SAID}" in plain
    assert f"/threads/{story.id}-the-cleaners-knew-first#post-2\n" in plain
    assert "You get this e-mail because you started the thread." in plain
    assert "What stops: e-mails about answers to a story of yours. Everything else keeps coming." in plain


def test_several_go_into_one_mail_and_a_retry_holds_the_same(aalst, story, dirk, ruben):
    posts = [make_post(story, ruben, f"Word {number}") for number in range(3)]
    first = notice_mail(dirk, *posts)
    made = letters.letter_for(first)
    assert made.message["Subject"] == "Ruben replied in “The cleaners knew first”, and 2 more"
    assert hold(first.id, made.notices)
    later = make_post(story, ruben, "A later word")
    mail_queue.queue_mail("notices", key="notices.2", lane=Lane.NOTICE, member_id=dirk.id)
    second = db.session.scalars(select(OutgoingMail).where(OutgoingMail.key == "notices.2")).one()
    with pytest.raises(NothingToSend, match="nothing left"):
        letters.letter_for(second)
    event_id = db.session.scalars(select(Notification.event_id)).first()
    db.session.execute(
        update(Notification).where(Notification.event_id == event_id).values(read_at=clock.now())
    )
    again = letters.letter_for(first)
    assert (again.notices, again.message["Message-ID"]) == (made.notices, made.message["Message-ID"])
    tell_by_mail(dirk, later)
    assert "A later word" in parts(letter(second))[0]
    assert not hold(second.id, made.notices), "they are in the first"
    _mute(dirk, ruben, later)
    tell_by_mail(dirk, make_post(make_thread(aalst, ruben), ruben, "Of another thread"))
    with pytest.raises(NothingToSend, match="nothing left"):
        letters.letter_for(first)  # a mailbox that has its Message-ID already may drop what is new in it


def test_an_answer_comes_once_by_mail_until_its_reader_stops_that(aalst, dirk, ruben, sent, client):
    space_member = make_member("Ann", space=aalst)
    story = start(dirk, aalst)

    def answer(author, words=SAID):
        reply(author, story, words)
        db.session.commit()
        worker.run_until_idle()
        with clock.at(clock.now() + timedelta(minutes=4)):
            worker.run_until_idle()
        subjects = [message["Subject"] for message in sent]
        sent_before, sent[:] = list(sent), []
        return subjects, sent_before

    subjects, messages = answer(ruben)
    assert subjects == ["Ruben replied in “Who rings back?”"]
    address = messages[0]["List-Unsubscribe"].strip("<>").removeprefix("http://forum.test")
    assert client.get(address).status_code == 200
    assert answer(space_member)[0] == ["Ann replied in “Who rings back?”"], "looking stops nothing"
    assert client.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert answer(space_member, "And then?")[0] == []
    kinds = list(db.session.scalars(select(Notification.kind).where(Notification.member_id == dirk.id)))
    assert sorted(kinds) == ["answer"] * 3 + ["mail_changed"], (
        "at home all of it stands, and that it was stopped"
    )


def test_the_mails_of_one_member_tell_each_event_once(story, dirk, ruben, sent, monkeypatch):
    """Also when a second worker made its mail before the first one was sent."""
    first = notice_mail(dirk, make_post(story, ruben, SAID))
    mail_queue.queue_mail("notices", key="notices.2", lane=Lane.NOTICE, member_id=dirk.id)
    made = {}

    def made_together(sender, mail, following):
        if not made:
            made.update({one.id: letters.letter_for(one) for one in db.session.scalars(select(OutgoingMail))})
        return made.pop(mail.id, None) or letters.letter_for(mail)

    monkeypatch.setattr(sending.Sender, "_make", made_together)
    worker.run_until_idle()
    states = [mail.state for mail in db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))]
    assert (len(sent), states) == (1, [MailState.SENT, MailState.CANCELLED])
    assert set(db.session.scalars(select(Notification.mail_id))) == {first.id}


def test_who_is_mentioned_has_the_name_of_today_wherever_first_words_stand(aalst, dirk, count_queries):
    """In lists, at home, under /notifications, in a notice and in a digest; a handle of anybody else stays a word."""
    ruben, wim, ann = (make_member(name, space=aalst) for name in ("Ruben", "Wim", "Ann"))
    outside = make_member("Eva", space=make_space("Genk", city="genk"))
    ends = f"@{outside.handle} @nobody-here"

    def begun(title, body):
        with clock.at(clock.now() - timedelta(hours=3)):
            return start(ruben, aalst, title=title, body=body, audience=Audience.SPACE)

    story = begun("Who rings back?", f"Ask @{wim.handle.upper()}, {ends}")
    opening = db.session.scalars(select(Post).where(Post.thread_id == story.id)).one()
    aalst.mail_policy = MailPolicy.FULL
    mail = notice_mail(dirk, opening, kind="followed")

    def places():
        who = actor(dirk)
        return [
            lists.latest(who).rows[0].summary,
            notices.page(who).rows[0].lines[0].words,
            notices.unread(who, 1)[0].lines[0].words,
            parts(letters.letter_for(mail).message)[0].partition("> ")[2].partition("\n")[0],
            digests.preview(actor(ann)).entries[0].words,
        ]

    wim.name = "Willem <b>"
    db.session.flush()
    assert places() == [f"Ask @Willem <b>, {ends}"] * 5
    assert "@Willem &lt;b&gt;, " in parts(letters.letter_for(mail).message)[1]
    wim.suspended_at = clock.now()
    db.session.flush()
    assert places() == [f"Ask @{wim.handle.upper()}, {ends}"] * 5
    wim.suspended_at = None
    begun("Another", f"And @{wim.handle} there")
    who = actor(dirk)
    with count_queries() as seen:
        assert lists.latest(who).rows[0].summary == "And @Willem <b> there"
    assert seen.count == 2, "all of a page at once"
    with count_queries() as seen:
        assert mentions.in_plain({opening.id: "no such sign"}) == {opening.id: "no such sign"}
    assert seen.count == 0


def test_two_kinds_are_stopped_together_and_each_alone(aalst, story, dirk, ruben, client):
    other = make_thread(aalst, ruben, title="Another")
    tell_by_mail(dirk, make_post(story, ruben, SAID))
    mail = notice_mail(dirk, make_post(other, ruben, "See @dirk"), kind="mention")
    message = letter(mail)
    assert message["Subject"] == "Ruben mentioned you in “Another”, and 1 more"
    assert (message["List-Id"], message["References"]) == ("<notices.forum.test>", None)
    both = message["List-Unsubscribe"].strip("<>").removeprefix("http://forum.test")
    plain, _html = parts(message)
    said = [
        f"e-mails about {what}"
        for what in ("posts in which somebody mentions you", "answers to a story of yours")
    ]
    foot = plain.partition("\n-- \n")[2]
    assert all(foot.count(one) == 1 for one in (*said, "Everything else keeps coming.")), "once is enough"
    alone = [re.search(f"\n{one}:\n(.*)\n", plain)[1].removeprefix("http://forum.test") for one in said]
    db.session.commit()
    assert "; ".join(said) in client.get(both, headers={"Accept-Language": "en"}).text
    assert notice_choices.stopped_by(dirk.id) == set(), "looking stops nothing"
    assert client.post(alone[0], data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert notice_choices.stopped_by(dirk.id) == {"mentions"}
    assert letter(mail)["List-Id"] == "<answers.forum.test>"
    assert "unsubscribed already" not in client.get(both, headers={"Accept-Language": "en"}).text
    assert client.post(both, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert notice_choices.stopped_by(dirk.id) == {"mentions", "answers"}, "what is in it, and no other"
    assert "unsubscribed already" in client.get(both, headers={"Accept-Language": "en"}).text
    with pytest.raises(NothingToSend):
        letters.letter_for(mail)


def _mute(dirk, ruben, post):
    values = {"member_id": dirk.id, "thread_id": post.thread_id, "changed_at": clock.now()}
    db.session.add(ThreadFollow(**values, level=FollowLevel.NOTHING, chosen=True))


def _unsubscribe(dirk, ruben, post):
    axis = db.session.get_one(Thread, post.thread_id).axis
    db.session.add(Subscription(member_id=dirk.id, axis=axis, delivery=Delivery.NOTHING))


def _read(dirk, ruben, post):
    db.session.execute(update(Notification).values(read_at=clock.now()))


def _leave(dirk, ruben, post):
    db.session.execute(update(Membership).where(Membership.member_id == dirk.id).values(ended_at=clock.now()))


def _hide(dirk, ruben, post):
    space_id = db.session.get_one(Thread, post.thread_id).space_id
    keeper = make_member("Keeper", space=db.session.get_one(Space, space_id), role=Role.MODERATOR)
    hiding.hide(actor(keeper), post.id, reason="Names a client")


def _wait(dirk, ruben, post):
    db.session.execute(update(Notification).values(shown_at=clock.now() + timedelta(minutes=10)))


def _later(dirk, ruben, post):
    db.session.execute(update(Notification).values(mail_at=clock.now() + timedelta(hours=8)))


@pytest.mark.parametrize("change", [_mute, _unsubscribe, _read, _leave, _hide, _wait, _later])
def test_what_is_over_when_it_would_leave_is_not_mailed(aalst, dirk, ruben, change):
    post = make_post(make_thread(aalst, ruben, audience=Audience.SPACE), ruben, SAID)
    mail = notice_mail(dirk, post, kind="followed")
    assert SAID.split(".")[0] not in parts(letter(mail))[0]
    change(dirk, ruben, post)
    db.session.flush()
    with pytest.raises(NothingToSend, match="nothing left"):
        letters.letter_for(mail)


@pytest.mark.parametrize(
    ("policy", "audience", "named", "words"),
    [
        (None, Audience.SPACE, True, False),
        (None, Audience.NETWORK, True, True),
        (MailPolicy.FULL, Audience.SPACE, True, True),
        (MailPolicy.TITLE, Audience.NETWORK, True, False),
        (MailPolicy.LINK, Audience.NETWORK, False, False),
    ],
)
def test_a_mail_holds_no_more_of_a_space_than_it_allows(aalst, dirk, ruben, policy, audience, named, words):
    aalst.mail_policy = policy
    thread = make_thread(aalst, dirk, title="The cleaners knew first", audience=audience)
    message = letter(notice_mail(dirk, make_post(thread, ruben, SAID)))
    whole = "\n".join([str(message["Subject"]), *parts(message)])
    assert ["cleaners" in whole, "Ruben" in whole, "closed" in whole] == [named, named, words]
    what = ("the text", "it") if named else ("title and text", "them")
    why = f"Read {what[0]} on the site: Aalst keeps {what[1]} out of e-mails."
    assert [why in part for part in parts(message)] == [not words, not words]
    if not named:
        assert message["Subject"] == "There is a reply to your story in Aalst"
        assert f"http://forum.test/threads/{thread.id}\n" in parts(message)[0]


def test_the_longest_bundle_is_shown_whole_by_mail_clients(aalst, dirk, ruben):
    aalst.mail_policy = MailPolicy.FULL
    posts = [
        make_post(make_thread(aalst, dirk, title=f"{number} {'é' * 150}"), ruben, "été 🙂 " * 2_000)
        for number in range(13)
    ]
    message = letter(notice_mail(dirk, *posts))
    assert "3 more are not in this e-mail" in parts(message)[0]


ABOUT_LESSONS = {
    "applied", "lesson_confirmed", "ready_to_confirm", "report_asked", "foretelling_due", "still_true", "overdue",
    "signalled", "lesson_ended", "signal_answered", "evidence_brought", "disputed", "evidence_accepted",
    "evidence_declined", "dispute_settled", "unknown_answered", "nomination_published",
    "taken_up",
}  # fmt: skip


def test_every_kind_without_a_letter_of_its_own_has_its_sentence(aalst, dirk, ruben):
    post = make_post(make_thread(aalst, dirk, title="The cleaners knew first"), ruben, SAID)
    # Some of it is for moderators alone.
    db.session.execute(
        update(Membership).where(Membership.member_id == dirk.id).values(role=Role.MODERATOR, ends_at=None)
    )
    # What nobody can choose to get is told at home alone.
    mailed = [kind for kind in KINDS.values() if kind.stop or kind.default != Delivery.NOTHING]
    bundled = [kind.name for kind in mailed if kind.in_house and not kind.letters]
    # Of a role there is one more sentence for each.
    told = {name.partition(".")[0] for name in notice_sentences._SENTENCES}
    assert set(bundled) == told == set(notice_sentences._WHY)
    db.session.flush()
    notice_mail(dirk, post)
    choose(dirk, followed=Delivery.AT_ONCE)
    for kind in bundled:
        of_space = (
            {"thread_id": None, "post_id": None, "space_id": aalst.id}
            if kind.startswith(notice_sentences._OF_SPACE)
            else {}
        )
        row = {"kind": kind, "thread_id": post.thread_id, "post_id": post.id, "space_id": None} | of_space
        db.session.execute(update(Notification).values(row))
        mail = db.session.scalars(select(OutgoingMail)).one()
        message = letters.letter_for(mail).message
        assert letter_check.faults(message, stoppable=KINDS[kind].stop is not None) == []
        # Where a lesson comes from may not be its reader's to know, nor any more where a post is that they reported.
        unnamed = {*ABOUT_LESSONS, "report_settled"}
        assert ("Aalst" in parts(message)[0]) is (kind not in unnamed), kind
    db.session.execute(update(Notification).values(kind="role_taken", space_id=None))
    mail = db.session.scalars(select(OutgoingMail)).one()
    assert letters.letter_for(mail).message["Subject"] == "You no longer have a role in a space"
