"""What a dry run says of readers is what the rule of reading says before the act and after it."""

import random

import pytest
from sqlalchemy import select

from forum.domain.regrouping import dry_run, regroupings, sight
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.spaces import Audience, Role
from forum.models.threads import Thread
from forum.policy.actors import actor_of
from forum.policy.thread_readers import Place, reads_there
from forum.policy.visibility import audience, visible
from tests.domain.regrouping import worlds
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.sweeps import few_of

ACTS = 10


def readers(thread):
    return set(db.session.scalars(audience(thread).with_only_columns(Member.id)))


def read_at(place):
    return set(db.session.scalars(select(Member.id).where(reads_there(place))))


def open_to_visitors(thread):
    return db.session.scalar(visible(Thread, None, Thread.id).where(Thread.id == thread.id)) is not None


def chosen(chance, world, thread):
    """A move or other readers where it stands, as the space to which it goes allows them."""
    moves = chance.random() < 0.5
    space = (
        chance.choice(world.spaces) if moves else db.session.get_one(type(world.spaces[0]), thread.space_id)
    )
    level = chance.choice([level for level in Audience if level.rank <= space.widest_audience.rank])
    make = (thread, space.id, level) if moves else (thread, level)
    return regroupings.move(*make) if moves else regroupings.readers(*make)


# Twenty acts in `make test`, two hundred in all.
@pytest.mark.parametrize("number", few_of(range(20), 0, 1))
def test_lost_and_gained_are_the_difference_of_the_audiences_before_and_after(session, chance, number):
    chance = random.Random(f"{chance.random()} {number}")
    world = worlds.build(chance)
    who = next(person for member in world.people if (person := actor_of(member.id)) is not None)
    for _each in range(ACTS):
        thread = chance.choice(world.threads)
        one = chosen(chance, world, thread)
        before, was_open = readers(thread), open_to_visitors(thread)
        said = sight.of(who, one.before, one.after)
        assert readers(thread) == before, "a dry run writes nothing"
        assert read_at(one.before) == before
        thread.space_id, thread.audience = one.after.space_id, one.after.audience
        db.session.flush()
        after, is_open = readers(thread), open_to_visitors(thread)
        assert set(said.lost.ids) == before - after
        assert set(said.gained.ids) == after - before
        assert (said.before, said.after) == (len(before), len(after))
        assert (said.visitors_lose, said.visitors_gain) == (
            was_open and not is_open,
            is_open and not was_open,
        )


def test_people_are_named_to_who_may_know_them_and_are_a_number_to_others(gent, leen, moderator):
    stil = make_space("Stil", unlisted=True)
    sara, gust = make_member("Sara", space=stil), make_member("Gust", space=gent, role=Role.GUEST)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    into = regroupings.move(thread, stil.id, Audience.SPACE)
    seen = dry_run.of(actor(moderator), into).sight
    assert (seen.gained.number, seen.gained.names, seen.lost.number, seen.lost.names) == (1, (), 3, ())
    join(moderator, stil)
    seen = dry_run.of(actor(moderator), into).sight
    assert (seen.gained.names, seen.lost.names) == ((sara.name,), (gust.name, leen.name))
    for number in range(25):
        make_member(f"Member {number:02}", space=gent)
    seen = dry_run.of(actor(moderator), into).sight
    assert (len(seen.lost.names), seen.lost.unnamed) == (20, 7)


def test_whose_words_go_to_others_is_said_also_of_words_that_nobody_reads_now(gent, leen, moderator):
    karim = make_member("Karim", space=gent)
    make_member("Far", space=make_space("Aalst"))
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    hidden = make_post(thread, karim)
    hidden.hidden_at, hidden.html = hidden.created_at, ""
    db.session.flush()
    wider = dry_run.of(actor(leen), regroupings.readers(thread, Audience.NETWORK))
    assert wider.others == (karim.id,)
    same = dry_run.of(actor(leen), regroupings.readers(thread, Audience.SPACE))
    assert (same.others, same.sight.is_wider) == ((), False)


def test_a_dry_run_costs_the_same_for_few_and_for_many(gent, leen, moderator, count_queries):
    thread = make_thread(gent, leen)
    for _each in range(2):
        make_post(thread, make_member("Ann", space=gent))
    narrow = regroupings.readers(thread, Audience.SPACE)
    who = actor(moderator)
    with count_queries() as few:
        dry_run.of(who, narrow)
    for number in range(15):
        make_post(thread, make_member(f"Far {number}", space=make_space(f"City {number}")))
    with count_queries() as many:
        assert dry_run.of(who, narrow).sight.lost.number == 15
    assert many.count <= few.count + 1 <= 16  # names are looked up where there are any


def test_the_digest_is_of_the_readers_the_words_and_the_act(gent, leen, moderator):
    thread = make_thread(gent, leen)
    who, digests = actor(moderator), []

    def look(level=Audience.SPACE):
        digests.append(dry_run.of(who, regroupings.readers(thread, level)).digest)
        return digests[-1]

    assert look() == look()
    digests.clear()
    look()
    make_member("Far", space=make_space("Aalst"))
    look()
    make_post(thread, leen)
    look()
    look(Audience.PUBLIC)
    assert len(set(digests)) == 4


def test_a_place_reads_as_the_row_that_it_is_of(session, chance):
    world = worlds.build(chance)
    for thread in world.threads:
        place = Place.of(thread)
        assert read_at(place) == readers(thread)
