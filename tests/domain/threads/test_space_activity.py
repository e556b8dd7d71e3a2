"""What goes on in each space: a closed one tells others nothing, and asking costs the same however much there is."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.domain.threads import read_marks, space_activity
from forum.infra.db import db
from forum.models.spaces import Audience, Role, SpaceKind
from tests.factories import actor, join, make_member, make_post, make_space, make_thread

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def later(days):
    return MONDAY + timedelta(days=days)


@pytest.fixture
def noor():
    """A member of another city."""
    return make_member("Noor", space=make_space("Aalst", city="aalst"))


def test_what_stays_inside_a_space_never_shows_as_its_activity(gent, leen, noor):
    group = make_space("Wonen", kind=SpaceKind.GROUP)
    guest = make_member("Hanne", space=group, role=Role.GUEST)
    join(leen, group)
    readers = (actor(leen), actor(noor), actor(guest), None)

    def told(space):
        return [space_activity.shared(reader).get(space.id) for reader in readers]

    for space in (gent, group):
        make_thread(space, leen, audience=Audience.SPACE, at=later(9))
        assert told(space) == [None] * 4
        public = make_thread(space, leen, audience=Audience.PUBLIC, at=later(1))
        assert told(space) == [later(1)] * 4
        make_thread(space, leen, audience=Audience.NETWORK, at=later(3))
        assert told(space) == [later(3), later(3), later(1), later(1)]
        make_post(public, leen, at=later(5))
        assert told(space) == [later(5)] * 4


def test_a_city_shares_what_its_people_tell_anywhere(gent, leen, noor):
    make_thread(make_space("Wonen", kind=SpaceKind.GROUP), leen, at=later(2))
    assert space_activity.shared(actor(noor))[gent.id] == later(2)
    make_post(make_thread(gent, leen, at=later(3)), noor, at=later(4))
    shared = space_activity.shared(actor(noor))
    assert shared[gent.id] == later(3)  # what others answer there is told by them
    assert max(shared.values()) == later(4)


def test_hidden_threads_and_unlisted_spaces_are_no_activity(gent, leen, noor, moderator):
    group = make_space("Wonen", kind=SpaceKind.GROUP)
    make_thread(group, leen, at=later(2)).hidden_at = later(3)
    secret = make_space("Stil", kind=SpaceKind.GROUP, unlisted=True)
    join(leen, secret)
    make_thread(secret, leen, audience=Audience.SPACE, at=later(2))
    db.session.flush()
    for reader in (actor(leen), actor(noor), actor(moderator)):
        assert space_activity.shared(reader) == {}


def test_it_is_looked_for_in_the_latest_threads_only(gent, leen, noor, monkeypatch):
    monkeypatch.setattr(space_activity, "LOOK_BACK", 2)
    space_activity._shared.cache_clear()
    make_thread(gent, leen, at=later(1))
    make_thread(gent, leen, audience=Audience.SPACE, at=later(2))
    assert space_activity.shared(actor(noor)) == {gent.id: later(1)}
    make_thread(gent, leen, audience=Audience.SPACE, at=later(3))
    assert space_activity.shared(actor(noor)) == {}
    space_activity._shared.cache_clear()


def test_news_of_a_space_is_for_who_belongs_to_it(gent, leen, noor):
    thread = make_thread(gent, leen, title="Who rings back?", audience=Audience.SPACE, at=later(1))
    join(noor, gent, Role.GUEST)
    news = space_activity.news(actor(noor))[gent.id]
    assert (news.title, news.speaker, news.is_reply) == ("Who rings back?", "Leen", False)
    assert (news.last_at, news.new_count, news.waiting, news.cities) == (later(1), 1, 1, ("gent",))
    assert space_activity.news(actor(leen))[gent.id].waiting == 0  # one's own story waits for others
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    reply = make_post(thread, karim, at=later(2))
    news = space_activity.news(actor(noor))[gent.id]
    assert (news.speaker, news.is_reply, news.new_count, news.waiting) == ("Karim", True, 2, 0)
    assert set(news.cities) == {"gent", "genk"}
    read_marks.mark_read(actor(noor), thread.id, first=1, last=2)
    reply.hidden_at = later(3)
    db.session.flush()
    news = space_activity.news(actor(noor))[gent.id]
    assert (news.speaker, news.is_reply, news.new_count, news.last_at) == ("Leen", False, 0, later(1))
    assert gent.id not in space_activity.news(actor(karim))


def test_a_space_where_nothing_stands_has_no_news(gent, leen):
    assert space_activity.news(actor(leen)) == {gent.id: space_activity.SpaceNews()}
    thread = make_thread(gent, leen)
    thread.withdrawn_at = MONDAY
    db.session.flush()
    assert space_activity.news(actor(leen)) == {gent.id: space_activity.SpaceNews()}


def test_where_older_threads_may_be_new_too_the_count_is_a_least_one(gent, leen, noor, monkeypatch):
    monkeypatch.setattr(space_activity, "RECENT", 2)
    space_activity._counts.cache_clear()
    join(noor, gent)

    def told():
        news = space_activity.news(actor(noor))[gent.id]
        return news.new_count, news.may_be_more

    first, second = (make_thread(gent, leen, at=later(day)) for day in (1, 2))
    assert told() == (2, False)
    third = make_thread(gent, leen, at=later(3))
    assert told() == (2, True)
    for thread in (second, third):
        read_marks.mark_read(actor(noor), thread.id, first=1, last=1)
    assert told() == (0, True)
    noor.all_read_at = later(1)
    db.session.flush()
    assert told() == (0, False), "all that is older was read"
    make_post(first, leen, at=later(4))
    assert told() == (1, True), "the second thread is now the one that is not looked at"
    space_activity._counts.cache_clear()


def test_waiting_stories_are_counted_up_to_ten(gent, leen, noor):
    join(noor, gent)
    for number in range(12):
        make_thread(gent, leen, title=f"Story {number}")
    assert space_activity.news(actor(noor))[gent.id].waiting == space_activity.MOST_WAITING == 10


def test_it_takes_three_queries_however_many_spaces_there_are(gent, leen, count_queries):
    def cost():
        who = actor(leen)
        with count_queries() as seen:
            space_activity.shared(who)
            space_activity.news(who)
        return seen.count

    few = cost()
    for number in range(6):
        group = make_space(f"Group {number}", kind=SpaceKind.GROUP)
        join(leen, group)
        make_post(make_thread(group, leen), make_member(f"P{number}", space=group))
    assert few == cost() == 3
