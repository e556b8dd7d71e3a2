"""All threads across spaces: each count is what its list holds, for whoever looks; what is closed counts for nobody."""

import random
from datetime import timedelta
from functools import cache, partial

import pytest
from sqlalchemy import select

from forum.domain.lessons import of_thread
from forum.domain.threads import following, overview, overview_counts
from forum.domain.threads.overview import KINDS, KNOWN, Choice
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Level, Member
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.spaces import Audience, Role
from forum.models.themes import NO_AXIS, Axis, Need
from forum.models.threads import Post, ReadAhead, ReadMark, Thread
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build
from tests.sweeps import few_of


def listed(reader, choice, limit=7):
    """The ids on all pages of the list."""
    cursor, found = None, []
    while True:
        page = overview.page(reader, choice, of_thread, cursor=cursor, limit=limit)
        found += [card.id for card in page.rows]
        if not (cursor := page.next_cursor):
            return found


def network(chance):
    """Spaces, people and threads at random, with one lesson; five readers of them, a visitor among them."""
    scenario = build(Audience.NETWORK)
    scenario.published()
    spaces = [
        scenario.space,
        make_space("Gent", city="gent", slug="gent"),
        make_space("Brugge", city="brugge", slug="brugge"),
    ]
    people = [
        make_member(f"Member {number}", space=space, city=space.city, level=chance.choice(list(Level)))
        for number, space in enumerate(spaces * 2)
    ]
    guest = make_member("Gust")
    join(guest, spaces[1], Role.GUEST)
    for number in range(25):
        thread = make_thread(
            chance.choice(spaces),
            chance.choice(people),
            title=f"Thread {number}",
            audience=chance.choice(list(Audience)),
            need=chance.choice(list(Need)),
            axis=chance.choice([*Axis, None, None]),
            tags=[tag for tag in ("trees", "benches") if chance.random() < 0.3],
        )
        for _number in range(chance.randint(0, 2)):
            make_post(thread, chance.choice(people))
        if chance.random() < 0.15:
            thread.hidden_at = clock.now()
        if chance.random() < 0.3:
            follow = {"level": chance.choice(list(FollowLevel)), "chosen": True, "changed_at": clock.now()}
            db.session.add(ThreadFollow(member_id=people[0].id, thread_id=thread.id, **follow))
    db.session.flush()
    return [None, *(actor(one) for one in (people[0], people[1], guest, scenario.curator))]


def at_random(chance, reader):
    """Some values of some kinds; of spaces and tags also one that nobody knows."""
    values = {**KNOWN, "space": {"gent", "brugge", "nowhere"}, "tag": {"trees", "benches", "none"}}
    wanted = {
        kind: chance.sample(sorted(values[kind]), min(len(values[kind]), chance.randint(1, 2)))
        for kind in KINDS
        if chance.random() < 0.25
    }
    return Choice.of(lambda kind: wanted.get(kind, ()), signed_in=reader is not None)


@pytest.mark.parametrize(("seed", "choices"), few_of([(0, 2), (0, 4), (1, 4), (2, 4)], (0, 2)))
def test_each_count_is_what_its_list_holds(session, seed, choices):
    chance = random.Random(seed)
    readers, looked = network(chance), 0
    for reader in readers:
        everything = set(listed(reader, Choice()))
        whole = cache(partial(listed, reader, limit=100))
        for choice in [Choice(), *(at_random(chance, reader) for _ in range(choices))]:
            counts = overview_counts.of(reader, choice, of_thread)
            rows = listed(reader, choice)
            assert counts.total == len(rows) == len(set(rows))
            assert set(rows) <= everything
            for kind in KINDS:
                for value, number in counts.by[kind].items():
                    alone = overview.Choice.of(
                        lambda each, kind=kind, value=value, choice=choice: (
                            ([value] if value else []) if each == kind else getattr(choice, each)
                        ),
                        signed_in=reader is not None,
                    )
                    assert number == len(whole(alone)), (kind, value, choice)
                    looked += 1
    assert looked > 200


@pytest.mark.parametrize("seed", few_of(range(3), 0))
def test_unread_are_the_threads_whose_cards_say_that_something_is_new(session, seed):
    chance = random.Random(seed)
    readers = [reader for reader in network(chance) if reader is not None]
    threads = session.scalars(select(Thread)).all()
    for reader in readers:
        everything = overview.page(reader, Choice(), of_thread, limit=99).rows
        begun = sorted(card.created_at for card in everything)
        session.get_one(Member, reader.id).all_read_at = chance.choice(begun[: len(begun) // 2])
        for thread in (each for each in threads if chance.random() < 0.5):
            last = chance.randint(0, thread.last_number)
            session.add(
                ReadMark(member_id=reader.id, thread_id=thread.id, last_number=last, read_at=clock.now())
            )
            if last + 2 <= thread.last_number and chance.random() < 0.7:
                ahead = {"first_number": last + 2, "last_number": thread.last_number}
                session.add(ReadAhead(member_id=reader.id, thread_id=thread.id, **ahead))
        first = chance.choice(threads)
        post = session.scalars(select(Post).where(Post.thread_id == first.id, Post.number == 1)).one()
        post.deleted_at, first.title = clock.now(), ""
        session.flush()
        new = {
            card.id for card in overview.page(reader, Choice(), of_thread, limit=99).rows if card.new_count
        }
        unread = Choice(state=("unread",))
        assert set(listed(reader, unread)) == new
        assert overview_counts.of(reader, unread, of_thread).total == len(new)
        assert 0 < len(new) < len(everything)


def test_a_thread_without_an_axis_is_under_none_and_what_is_hidden_waits_for_nobody(gent, leen, moderator):
    mine, hidden, other = (make_thread(gent, leen, axis=axis) for axis in (None, None, Axis.DENSITY))
    hidden.hidden_at = clock.now()
    db.session.flush()
    for chosen, found in (
        ((), [other.id, hidden.id, mine.id]),
        ((NO_AXIS,), [mine.id]),
        ((NO_AXIS, "kwalitatieve-densiteit"), [other.id, mine.id]),
        (tuple(Axis), [other.id]),
    ):
        choice = Choice(axis=chosen)
        assert sorted(listed(actor(moderator), choice)) == sorted(found), chosen
        counts = overview_counts.of(actor(moderator), choice, of_thread)
        assert (counts.total, counts.by["axis"]) == (len(found), {NO_AXIS: 1, "kwalitatieve-densiteit": 1})


@pytest.mark.both_databases
def test_who_mutes_a_space_follows_there_what_they_chose_alone(gent, leen):
    chosen, written, stopped = (make_thread(gent, leen) for _number in range(3))
    following.begin(leen.id, written.id)
    following.follow_thread(actor(leen), chosen.id, level=FollowLevel.ALL)
    following.follow_thread(actor(leen), stopped.id, level=FollowLevel.NOTHING)
    followed = Choice(state=("followed",))
    assert set(listed(actor(leen), followed)) == {chosen.id, written.id}
    following.follow_space(actor(leen), gent.id, level=FollowLevel.NOTHING)
    assert listed(actor(leen), followed) == [chosen.id]
    assert overview_counts.of(actor(leen), Choice(), of_thread).by["state"]["followed"] == 1


def test_who_may_not_read_a_thread_neither_sees_nor_counts_it(session):
    gent, brugge = (
        make_space("Gent", city="gent", slug="gent"),
        make_space("Brugge", city="brugge", slug="brugge"),
    )
    leen = make_member("Leen", space=gent, city="gent")
    closed = make_thread(gent, leen, audience=Audience.SPACE, tags=("secret",))
    outsider, insider = actor(make_member("Bart", space=brugge)), actor(leen)
    for chosen in (Choice(), Choice(space=("gent",)), Choice(tag=("secret",)), Choice(city=("gent",))):
        assert listed(insider, chosen) == [closed.id]
        for reader in (outsider, None):
            counts = overview_counts.of(reader, chosen, of_thread)
            assert listed(reader, chosen) == []
            assert (counts.total, counts.spaces, counts.tags) == (0, {}, {})


def test_beyond_the_newest_it_counts_at_least(session, monkeypatch):
    gent = make_space("Gent", city="gent", slug="gent")
    leen = make_member("Leen", space=gent)
    for need in (Need.FACTS, Need.FACTS, Need.STORIES, Need.STORIES):
        make_thread(gent, leen, need=need)
    monkeypatch.setattr(overview_counts, "MOST", 3)
    counts = overview_counts.of(actor(leen), Choice(need=("facts",)), of_thread)
    assert counts.total == 2
    assert counts.at_least == {"need"}, "the other filters leave four"
    assert counts.by["need"]["facts"] == 1
    assert db.session.query(Thread).count() == 4


def test_tags_are_counted_by_meaning_and_shown_as_the_newest_thread_spells_them(session):
    gent = make_space("Gent", city="gent", slug="gent")
    leen = make_member("Leen", space=gent, city="gent")
    old = make_thread(gent, leen, tags=("Bomen", "water"), at=clock.now() - timedelta(days=2))
    make_thread(gent, leen, tags=("bomen",))
    gone = make_thread(gent, leen, tags=("Zwart geheim",))
    gone.title = ""
    db.session.flush()
    counts = overview_counts.of(actor(leen), Choice(), of_thread)
    assert counts.by["tag"] == {"bomen": 2, "water": 1}
    assert counts.tags == {"bomen": "bomen", "water": "water"}
    chosen = overview_counts.of(actor(leen), Choice(tag=("water",), space=("gent",)), of_thread)
    assert (chosen.total, chosen.by["tag"]) == (1, {"bomen": 2, "water": 1})
    assert listed(actor(leen), Choice(tag=("water",))) == [old.id]
