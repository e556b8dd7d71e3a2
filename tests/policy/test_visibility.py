"""The one rule, both directions: what may she see, and who may see this."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError

from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member, NetworkRole
from forum.models.spaces import Audience, Membership, Role, Space, SpaceKind
from forum.models.threads import Post, Thread
from forum.policy.errors import NotFound
from forum.policy.visibility import audience, count_readers, get_visible, visible
from tests.factories import join, make_member, make_post, make_space, make_thread


@pytest.fixture
def town(session):
    """Two cities, a group with a guest, and one thread of each width in the first city."""
    antwerp, ghent = make_space("Antwerpen"), make_space("Gent")
    group = make_space("Wonen", kind=SpaceKind.GROUP)
    people = {
        "insider": make_member("Insider", space=antwerp),
        "moderator": make_member("Moderator", space=antwerp, role=Role.MODERATOR),
        "guest inside": make_member("Guest inside", space=antwerp, role=Role.GUEST),
        "member elsewhere": make_member("Elsewhere", space=ghent),
        "moderator elsewhere": make_member("Other moderator", space=ghent, role=Role.MODERATOR),
        "guest elsewhere": make_member("Guest", space=group, role=Role.GUEST),
        "editor": make_member("Editor", network_role=NetworkRole.EDITOR),
        "former": make_member("Former", space=ghent),
        "suspended": make_member("Suspended", space=antwerp, suspended_at=clock.now()),
        "unapproved": make_member("Unapproved", approved_at=None),
        "visitor": None,
    }
    ended = join(people["former"], antwerp)
    ended.ended_at = clock.now()
    threads = {width: make_thread(antwerp, people["insider"], audience=width) for width in Audience}
    make_thread(ghent, people["member elsewhere"], audience=Audience.SPACE)  # noise: must never be counted in
    db.session.commit()
    return antwerp, people, threads


READERS = {
    Audience.SPACE: {"insider", "moderator", "guest inside"},
    Audience.NETWORK: {
        "insider", "moderator", "guest inside", "member elsewhere", "moderator elsewhere", "editor", "former",
    },
}  # fmt: skip


def test_who_reads_a_thread_of_each_width(town):
    _space, people, threads = town
    for width, thread in threads.items():
        readers = {
            name
            for name, person in people.items()
            if db.session.scalars(visible(Thread, person).where(Thread.id == thread.id)).one_or_none()
        }
        assert readers == READERS.get(width, set(people)), width


def test_both_directions_agree(town):
    space, people, threads = town
    for thread in threads.values():
        told = set(db.session.scalars(audience(thread)))
        for name, person in people.items():
            if person is None or name in {"suspended", "unapproved"}:
                continue
            sees = db.session.scalars(visible(Thread, person).where(Thread.id == thread.id)).one_or_none()
            assert (sees is not None) == (person in told), (thread.audience, name)
        assert people["suspended"] not in told
        assert count_readers(space.id, thread.audience) == len(told)


def test_a_hidden_thread_stays_with_its_author_and_the_moderators(town):
    _space, people, threads = town
    thread = threads[Audience.NETWORK]
    thread.hidden_at = clock.now()
    db.session.flush()
    assert {p.name for p in db.session.scalars(audience(thread))} == {"Insider", "Moderator"}
    post = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    assert {p.name for p in db.session.scalars(audience(post))} == {"Insider", "Moderator"}
    assert get_visible(Post, people["moderator"], post.id) is post
    with pytest.raises(NotFound):
        get_visible(Post, people["member elsewhere"], post.id)


def test_a_withdrawn_thread_is_gone_for_moderators_too(town):
    _space, _people, threads = town
    thread = threads[Audience.NETWORK]
    thread.withdrawn_at = clock.now()
    db.session.flush()
    assert {p.name for p in db.session.scalars(audience(thread))} == {"Insider"}


def test_an_author_who_left_keeps_no_key(town):
    space, people, _threads = town
    thread = make_thread(space, people["former"], audience=Audience.SPACE)
    make_post(thread, people["insider"])
    with pytest.raises(NotFound):
        get_visible(Thread, people["former"], thread.id)
    assert get_visible(Thread, people["insider"], thread.id) is thread


def test_who_meets_the_name_of_a_space(town):
    space, people, threads = town
    hidden = make_space("Secret", unlisted=True)
    join(people["guest elsewhere"], hidden)

    def sees(name, one):
        return bool(db.session.scalars(visible(Space, people[name]).where(Space.id == one.id)).one_or_none())

    assert sees("visitor", space), "something public stands in it"
    threads[Audience.PUBLIC].audience = Audience.NETWORK
    db.session.flush()
    assert not sees("visitor", space)
    assert sees("member elsewhere", space)
    assert not sees("unapproved", space)
    assert not sees("moderator", hidden)
    assert not sees("editor", hidden)
    assert sees("guest elsewhere", hidden)


def test_who_belongs_to_a_space_is_for_its_own_people(town):
    space, people, _threads = town

    def rows(name):
        found = visible(Membership, people[name]).where(Membership.space_id == space.id)
        return len(db.session.scalars(found).all())

    assert rows("insider") == 4
    assert rows("member elsewhere") == rows("visitor") == rows("former") == 0


def test_an_unloaded_neighbour_raises(town):
    _space, people, threads = town
    thread = get_visible(Thread, people["insider"], threads[Audience.SPACE].id)
    with pytest.raises(InvalidRequestError):
        _ = thread.space
    member = db.session.get(Member, people["insider"].id)
    with pytest.raises(InvalidRequestError):
        _ = member.capacities
