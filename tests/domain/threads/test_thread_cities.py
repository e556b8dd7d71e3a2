"""The cities of the week come from a small table, and stay right whatever happens to a post or a thread."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from forum.domain.moderation import hiding, narrowing
from forum.domain.threads import lists, posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, Thread, ThreadCity
from tests.factories import actor, make_member, make_post, make_space, make_thread


class Talk:
    """A thread of the network in Gent, with a reply from Genk; somebody of Aalst reads along."""

    def __init__(self):
        self.gent, self.genk = make_space("Gent", city="gent"), make_space("Genk", city="genk")
        self.leen = make_member("Leen", space=self.gent)
        self.moderator = make_member("Mo", space=self.gent, role=Role.MODERATOR, city="brugge")
        self.karim = make_member("Karim", space=self.genk)
        self.reader = make_member("Ann", space=make_space("Aalst", city="aalst"))
        self.thread = make_thread(self.gent, self.leen, audience=Audience.NETWORK)
        self.reply = make_post(self.thread, self.karim)

    def heard(self, member=None):
        """The cities that a reader hears this week."""
        return set(lists.cities_of_the_week(actor(member or self.reader)))


@pytest.fixture
def talk(session):
    return Talk()


def test_a_reader_hears_the_cities_of_what_they_may_read(talk):
    assert talk.heard() == {"gent", "genk"}
    assert lists.cities_of_the_week(None) == []
    make_thread(talk.genk, talk.karim, audience=Audience.PUBLIC)
    assert lists.cities_of_the_week(None) == ["genk"]


def test_what_was_said_before_this_week_is_not_heard(talk):
    with clock.at(clock.now() + timedelta(days=8)):
        assert talk.heard() == set()
        make_post(talk.thread, talk.leen)
        assert talk.heard() == {"gent"}


def test_a_hidden_reply_is_not_heard_until_it_is_shown_again(talk):
    hiding.hide(actor(talk.moderator), talk.reply.id, reason="A name in it")
    assert talk.heard() == {"gent"}
    hiding.restore(actor(talk.moderator), talk.reply.id)
    assert talk.heard() == {"gent", "genk"}


def test_a_city_that_said_more_stays_with_its_last_standing_post(talk):
    with clock.at(clock.now() + timedelta(days=6)):
        later = make_post(talk.thread, talk.karim)
        hiding.hide(actor(talk.moderator), later.id, reason="A name in it")
        assert talk.heard() == {"gent", "genk"}
    with clock.at(clock.now() + timedelta(days=8)):
        assert talk.heard() == set(), "the hidden post does not make it sound younger"


def test_words_taken_back_are_not_heard_until_they_are_put_back(talk):
    posts.take_back(actor(talk.karim), talk.reply.id)
    assert talk.heard() == {"gent"}
    posts.put_back(actor(talk.karim), talk.reply.id)
    assert talk.heard() == {"gent", "genk"}


def test_a_narrowed_thread_is_heard_by_its_space_only(talk):
    narrowing.set_audience(actor(talk.moderator), talk.thread.id, audience=Audience.SPACE)
    assert talk.heard() == set()
    assert talk.heard(talk.leen) == {"gent", "genk"}


def test_a_hidden_thread_is_heard_by_its_moderators_only(talk):
    opening = select(Post.id).where(Post.thread_id == talk.thread.id, Post.number == 1)
    hiding.hide(actor(talk.moderator), db.session.scalars(opening).one(), reason="A name in it")
    assert talk.heard() == set()
    assert talk.heard(talk.moderator) == {"genk"}


def test_a_thread_in_another_space_is_heard_by_who_reads_that_one(talk):
    narrowing.set_audience(actor(talk.moderator), talk.thread.id, audience=Audience.SPACE)
    db.session.execute(update(Thread).where(Thread.id == talk.thread.id).values(space_id=talk.genk.id))
    assert talk.heard(talk.leen) == set()
    assert talk.heard(talk.karim) == {"gent", "genk"}


def test_an_erased_thread_leaves_no_city_behind(talk):
    db.session.execute(delete(Thread).where(Thread.id == talk.thread.id))
    assert db.session.scalar(select(func.count()).select_from(ThreadCity)) == 0


def test_somebody_who_speaks_for_no_city_is_heard_in_none(talk):
    lien = make_member("Lien", space=talk.gent)
    db.session.execute(update(Capacity).where(Capacity.member_id == lien.id).values(city=None))
    make_post(talk.thread, lien)
    assert talk.heard() == {"gent", "genk"}
