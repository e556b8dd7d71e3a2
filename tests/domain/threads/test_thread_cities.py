"""The cities of the week come from a small table, and stay right whatever happens to a post or a thread."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from forum.domain.moderation import hiding
from forum.domain.threads import lists, posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, Thread, ThreadCity
from tests import other_readers
from tests.factories import actor, make_member, make_post, make_space, make_thread


class Scene:
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
def scene(session):
    return Scene()


def test_a_reader_hears_the_cities_of_what_they_may_read(scene):
    assert scene.heard() == {"gent", "genk"}
    assert lists.cities_of_the_week(None) == []
    make_thread(scene.genk, scene.karim, audience=Audience.PUBLIC)
    assert lists.cities_of_the_week(None) == ["genk"]


def test_what_was_said_before_this_week_is_not_heard(scene):
    with clock.at(clock.now() + timedelta(days=8)):
        assert scene.heard() == set()
        make_post(scene.thread, scene.leen)
        assert scene.heard() == {"gent"}


def test_a_hidden_reply_is_not_heard_until_it_is_shown_again(scene):
    hiding.hide(actor(scene.moderator), scene.reply.id, reason="A name in it")
    assert scene.heard() == {"gent"}
    hiding.restore(actor(scene.moderator), scene.reply.id)
    assert scene.heard() == {"gent", "genk"}


def test_a_city_that_said_more_stays_with_its_last_standing_post(scene):
    with clock.at(clock.now() + timedelta(days=6)):
        later = make_post(scene.thread, scene.karim)
        hiding.hide(actor(scene.moderator), later.id, reason="A name in it")
        assert scene.heard() == {"gent", "genk"}
    with clock.at(clock.now() + timedelta(days=8)):
        assert scene.heard() == set(), "the hidden post does not make it sound younger"


def test_words_taken_back_are_not_heard_until_they_are_put_back(scene):
    posts.take_back(actor(scene.karim), scene.reply.id)
    assert scene.heard() == {"gent"}
    posts.put_back(actor(scene.karim), scene.reply.id)
    assert scene.heard() == {"gent", "genk"}


def test_a_narrowed_thread_is_heard_by_its_space_only(scene):
    other_readers.set_audience(actor(scene.moderator), scene.thread.id, audience=Audience.SPACE)
    assert scene.heard() == set()
    assert scene.heard(scene.leen) == {"gent", "genk"}


def test_a_hidden_thread_is_heard_by_its_moderators_only(scene):
    opening = select(Post.id).where(Post.thread_id == scene.thread.id, Post.number == 1)
    hiding.hide(actor(scene.moderator), db.session.scalars(opening).one(), reason="A name in it")
    assert scene.heard() == set()
    assert scene.heard(scene.moderator) == {"genk"}


def test_a_thread_in_another_space_is_heard_by_who_reads_that_one(scene):
    other_readers.set_audience(actor(scene.moderator), scene.thread.id, audience=Audience.SPACE)
    db.session.execute(update(Thread).where(Thread.id == scene.thread.id).values(space_id=scene.genk.id))
    assert scene.heard(scene.leen) == set()
    assert scene.heard(scene.karim) == {"gent", "genk"}


def test_an_erased_thread_leaves_no_city_behind(scene):
    db.session.execute(delete(Thread).where(Thread.id == scene.thread.id))
    assert db.session.scalar(select(func.count()).select_from(ThreadCity)) == 0


def test_somebody_who_speaks_for_no_city_is_heard_in_none(scene):
    lien = make_member("Lien", space=scene.gent)
    db.session.execute(update(Capacity).where(Capacity.member_id == lien.id).values(city=None))
    make_post(scene.thread, lien)
    assert scene.heard() == {"gent", "genk"}
