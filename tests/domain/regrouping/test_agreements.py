"""Words reach others when all who wrote them agree: to that very place, of the words as they are, and in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.desk import waiting
from forum.domain.moderation import narrowing, retitling, undo
from forum.domain.regrouping import agreements, answering, merging, moving, regroupings, said, splitting
from forum.domain.regrouping.moving import Chosen
from forum.domain.regrouping.splitting import Asked
from forum.domain.responses import responses
from forum.domain.summaries import summaries
from forum.domain.threads import page as thread_page
from forum.domain.threads import posts
from forum.infra import clock, days, workdays
from forum.infra.db import db
from forum.jobs import worker
from forum.models.mail import OutgoingMail
from forum.models.notifications import Notification
from forum.models.regrouping import Agreement, AgreementRound
from forum.models.responses import ResponseKind
from forum.models.spaces import Audience, Membership, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.actors import actor_of
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import other_readers
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

pytestmark = pytest.mark.both_databases


@pytest.fixture
def genk(moderator):
    space = make_space("Genk", city="genk")
    join(moderator, space)
    make_member("Mia", space=space)
    return space


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def thread(gent, leen, karim):
    found = make_thread(gent, leen, audience=Audience.SPACE)
    make_post(found, karim)
    return found


@pytest.fixture
def place(genk):
    return Chosen(genk.id, Audience.SPACE)


def own(member):
    return db.session.scalars(select(Agreement.id).where(Agreement.author_id == member.id)).one()


def say(member, agreed=True, **over):
    seen = answering.digest_of(actor(member), own(member))
    return answering.answer(actor(member), own(member), **{"agreed": agreed, "seen": seen, **over})


def go(member, thread, place):
    seen = moving.asked(actor(member), thread.id, place).digest
    return moving.move(actor(member), thread.id, place, seen=seen, reason="It belongs there.")


def stands(member, thread, place):
    return agreements.standing(actor(member), regroupings.move(thread, place.space_id, place.audience))


def work():
    db.session.commit()
    worker.run_until_idle()


def told():
    rows = select(Notification.member_id).where(Notification.kind == "agreement_asked")
    return sorted(db.session.scalars(rows))


def first(thread):
    return db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.number == 1)).one()


def test_a_thread_moves_to_others_once_all_of_its_authors_agree(
    gent, leen, karim, moderator, genk, thread, place
):
    for who in (leen, karim):
        with pytest.raises(Forbidden):
            moving.ask_authors(actor(who), thread.id, place)
    round_ = moving.ask_authors(actor(moderator), thread.id, place)
    assert moving.ask_authors(actor(moderator), thread.id, place).id == round_.id
    work()
    assert told() == sorted([leen.id, karim.id])
    say(leen)
    found = stands(moderator, thread, place)
    assert (found.agreed, found.number, found.is_agreed, found.is_this) == (1, 2, False, True)
    for answer in (None, False):
        if answer is not None:
            say(karim, answer)
        with pytest.raises(Forbidden):
            go(moderator, thread, place)
    say(karim)
    assert stands(moderator, thread, place).is_agreed
    assert go(moderator, thread, place).space_id == genk.id
    ended = db.session.get_one(AgreementRound, round_.id)
    assert (ended.ended_at is not None, ended.ending) == (True, "done")
    with pytest.raises(Conflict):
        say(karim, False)


def test_silence_is_no_and_an_answer_changes_until_the_term_is_over(leen, karim, moderator, thread, place):
    moving.ask_authors(actor(moderator), thread.id, place)
    say(leen)
    last = db.session.scalars(select(Agreement.last_day)).first()
    assert workdays.passed(days.today(), last) == 10
    with clock.at(clock.now() + timedelta(days=30)):
        with pytest.raises(Conflict):
            say(karim)
        found = stands(moderator, thread, place)
        assert (found.is_over, found.is_agreed) == (True, False)
        with pytest.raises(Forbidden):
            go(moderator, thread, place)
        agreements.take_back(actor(moderator), thread.id)
        assert stands(moderator, thread, place) is None


def test_it_holds_for_that_very_place_and_the_words_as_they_were(
    gent, leen, karim, moderator, genk, thread, place
):
    moving.ask_authors(actor(moderator), thread.id, place)
    work()
    say(leen)
    say(karim)
    wider = Chosen(genk.id, Audience.NETWORK)
    with pytest.raises(Forbidden):
        go(moderator, thread, wider)
    with pytest.raises(Conflict):  # one question at a time
        moving.ask_authors(actor(moderator), thread.id, wider)
    posts.edit(actor(leen), first(thread), title="A", body="Other words.", seen_revision=1)
    ann = make_member("Ann", space=gent)
    make_post(thread, ann)
    for _each in range(2):  # before the worker looked, and after it
        assert not stands(moderator, thread, place).is_agreed
        with pytest.raises(Forbidden):
            go(moderator, thread, place)
        work()
        agreements.look_again(thread.id)
        work()
    assert told() == sorted([leen.id, leen.id, karim.id, ann.id])
    seen = answering.digest_of(actor(leen), own(leen))
    posts.edit(actor(leen), first(thread), title="A", body="Yet other words.", seen_revision=2)
    agreements.look_again(thread.id)
    with pytest.raises(Conflict):
        say(leen, seen=seen)
    say(leen)
    say(ann)
    assert go(moderator, thread, place).space_id == genk.id


def test_whatever_changes_what_somebody_said_there_asks_them_again(
    gent, leen, karim, moderator, genk, thread, place
):
    """Else an agreement would be about other words, and nobody would ever be asked about these."""
    ann = make_member("Ann", space=gent)
    make_post(thread, ann)
    moving.ask_authors(actor(moderator), thread.id, place)
    work()
    after = make_thread(gent, ann, audience=Audience.SPACE)
    acts = {
        "a summary": lambda: summaries.save(actor(moderator), thread.id, typed="It stands. [1]", seen=0),
        "a response": lambda: respond(karim, ResponseKind.ALSO, "Here too."),
        "another kind": lambda: respond(karim, ResponseKind.APPLIED, "Here too."),
        "other words": lambda: respond(karim, ResponseKind.APPLIED, "We did."),
        "none": lambda: responses.take_back(actor(karim), thread.id),
        "a new title": lambda: retitling.retitle(actor(moderator), thread.id, title="B", reason="Plain."),
        "its old title": lambda: undo.undo(actor(moderator), latest_act()),
        "a post less": lambda: split(moderator, thread, 3),
        "a post more": lambda: undo.undo(actor(moderator), latest_act()),
        "another thread": lambda: merge(moderator, after, thread),
        "no other thread": lambda: undo.undo(actor(moderator), latest_act()),
    }
    for name, act in acts.items():
        act()
        work()
        words = said.by(thread.id)
        asked = dict(db.session.execute(select(Agreement.author_id, Agreement.digest)).all())
        assert {one: asked.get(one) for one in words} == words, name
        for one in set(words) & {leen.id, karim.id, ann.id}:
            row = db.session.scalars(select(Agreement).where(Agreement.author_id == one)).one()
            seen = answering.digest_of(actor_of(one), row.id)
            answering.answer(actor_of(one), row.id, agreed=True, seen=seen)


def respond(member, kind, sentence):
    thread_id = db.session.scalars(select(AgreementRound.thread_id)).one()
    responses.respond(actor(member), thread_id, kind=kind, sentence=sentence)


def latest_act():
    return db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id.desc())).first()


def split(member, thread, *numbers):
    wish = Asked(numbers, "Apart", Audience.SPACE)
    seen = splitting.planned(actor(member), thread.id, wish).digest
    splitting.split(actor(member), thread.id, wish, seen=seen, reason="It tells of somebody.")


def merge(member, thread, into):
    seen = merging.planned(actor(member), thread.id, into.id).digest
    merging.merge(actor(member), thread.id, into.id, seen=seen, reason="It tells of somebody.")


def test_who_is_suspended_agrees_to_nothing(leen, karim, moderator, thread, place):
    moving.ask_authors(actor(moderator), thread.id, place)
    say(leen)
    say(karim)
    karim.suspended_at = clock.now()
    db.session.flush()
    assert not stands(moderator, thread, place).is_agreed
    with pytest.raises(Forbidden):
        go(moderator, thread, place)


def test_everybody_meets_their_own_question_and_no_place_that_they_may_not_see(
    gent, leen, karim, moderator, thread
):
    stil = make_space("Stil", unlisted=True)
    join(moderator, stil)
    make_member("Sara", space=stil)
    moving.ask_authors(actor(moderator), thread.id, Chosen(stil.id, Audience.SPACE))
    for who in (moderator, leen):
        with pytest.raises(NotFound):
            answering.get(actor(who), own(karim))
        with pytest.raises(NotFound):
            answering.answer(actor(who), own(karim), agreed=True, seen="")
    question = answering.get(actor(karim), own(karim))
    assert (question.line.to, question.line.is_move, question.readers) == ("", True, None)
    assert [post.number for post in question.posts] == [2]
    work()
    letters = db.session.scalars(select(OutgoingMail)).all()
    assert letters
    assert not [letter for letter in letters if "Stil" in str(letter.payload)]
    join(karim, stil, Role.GUEST)
    question = answering.get(actor(karim), own(karim))
    assert (question.line.to, question.readers) == ("Stil", 1)


def test_more_people_read_a_thread_where_it_stands_by_the_same_agreement(
    gent, leen, karim, moderator, thread
):
    make_member("Far", space=make_space("Aalst"))
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(moderator), thread.id, audience=Audience.NETWORK)
    with pytest.raises(Forbidden):
        narrowing.ask_authors(actor(leen), thread.id, audience=Audience.NETWORK)
    narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
    say(leen)
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(moderator), thread.id, audience=Audience.NETWORK)
    say(karim)
    for who, audience in ((moderator, Audience.PUBLIC), (leen, Audience.NETWORK)):
        with pytest.raises(Forbidden):
            other_readers.set_audience(actor(who), thread.id, audience=audience)
    thread_now = other_readers.set_audience(actor(moderator), thread.id, audience=Audience.NETWORK)
    assert thread_now.audience == Audience.NETWORK
    # Back to fewer, the agreement is used up.
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(moderator), thread.id, audience=Audience.NETWORK)
    klein = make_space("Klein", widest=Audience.SPACE)
    small = make_thread(klein, leen, audience=Audience.SPACE)
    join(moderator, klein, Role.MODERATOR)
    with pytest.raises(Invalid):
        narrowing.ask_authors(actor(moderator), small.id, audience=Audience.NETWORK)


def test_it_waits_on_the_desk_of_the_space_until_it_is_done_or_taken_back(
    gent, leen, karim, moderator, thread, place
):
    there = make_member("Eva", space=make_space("Aalst"), role=Role.MODERATOR)

    def kinds(member):
        ids = [space_id for space_id, role in actor(member).roles.items() if role == Role.MODERATOR]
        return list(waiting.counts(waiting.everything(actor(member), ids, "agreements")))

    assert kinds(moderator) == []
    moving.ask_authors(actor(moderator), thread.id, place)
    assert (kinds(moderator), kinds(there)) == (["agreements"], [])
    with clock.at(clock.now() + timedelta(days=60)):
        assert kinds(moderator) == ["agreements"]
    agreements.take_back(actor(moderator), thread.id)
    assert kinds(moderator) == []


def test_what_the_asker_wrote_is_agreed_to_by_asking_and_by_nobody_else(gent, leen, moderator, genk, place):
    other = make_member("Otto", space=gent, role=Role.MODERATOR)
    join(other, genk)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    make_post(thread, moderator)
    moving.ask_authors(actor(moderator), thread.id, place)
    say(leen)
    assert stands(other, thread, place).is_agreed
    assert go(other, thread, place).space_id == genk.id
    assert thread_page.page(actor(other), thread.id)


def test_an_answer_is_about_words_that_were_looked_at(leen, karim, moderator, genk, thread, place):
    moving.ask_authors(actor(moderator), thread.id, place)
    for unseen in (None, "", "0" * 64):
        with pytest.raises(Conflict):
            answering.answer(actor(karim), own(karim), agreed=True, seen=unseen)
    assert db.session.get(Agreement, own(karim)).agreed is None
    assert say(karim).agreed


def test_who_no_longer_reads_a_thread_is_told_no_number_of_those_who_do(
    gent, leen, karim, moderator, genk, thread, place
):
    join(karim, genk)
    moving.ask_authors(actor(moderator), thread.id, place)
    assert answering.get(actor(karim), own(karim)).readers is not None
    membership = db.session.scalars(
        select(Membership).where(Membership.member_id == karim.id, Membership.space_id == gent.id)
    ).one()
    membership.ended_at = clock.now()
    db.session.flush()
    question = answering.get(actor(karim), own(karim))
    assert (question.line.title, question.line.to, question.readers) == ("", "Genk", None)
