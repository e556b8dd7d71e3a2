"""The doors to the one rule: whole rows or columns, one row by its number, and how many would read."""

import re

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import joinedload

from forum.infra.db import db
from forum.infra.paging import LARGEST
from forum.models.accounts import Member
from forum.models.search import TitleText
from forum.models.spaces import Audience, Membership, Space
from forum.models.threads import Thread
from forum.policy.errors import NotFound
from forum.policy.standing import in_good_standing
from forum.policy.visibility import audience, count_readers, get_visible, sees, visible
from tests.policy import people, thread_rows
from tests.policy.people import IN_GOOD_STANDING
from tests.policy.test_complete import MODELS


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_one_row_by_its_number_is_there_for_who_sees_it_only(session, model):
    town = people.build()
    rows = MODELS[model][1](town)
    theirs = {
        code: set(db.session.scalars(visible(model, reader, model.id)))
        for code, reader in town.people.items()
    }
    for code in ("vis", "xme", "mod", "omo"):
        for row in list(rows.values())[::5]:
            if row.id in theirs[code]:
                assert get_visible(model, town.people[code], row.id) is row
            else:
                with pytest.raises(NotFound):
                    get_visible(model, town.people[code], row.id)


@pytest.mark.parametrize("number", [None, 0, -1, LARGEST, LARGEST + 1, 2**63, 2**64])
def test_a_number_that_no_row_has_is_not_found(session, number):
    town = people.build()
    with pytest.raises(NotFound):
        get_visible(Thread, town.member("mod"), number)


def test_the_first_and_the_last_possible_number_are_numbers(session):
    town = people.build()
    thread = thread_rows.thread(town.here, town.member("aut"))
    for number in (1, LARGEST):
        db.session.execute(delete(TitleText))  # it belongs to the number before
        thread.id = number
        db.session.add(thread)
        db.session.flush()
        assert get_visible(Thread, town.member("mem"), number) is thread
    assert get_visible(Thread, town.member("mem"), LARGEST, joinedload(Thread.space)).space is town.here


def test_a_row_that_is_locked_is_read_anew(session):
    town = people.build()
    thread = thread_rows.thread(town.here, town.member("aut"))
    db.session.add(thread)
    db.session.flush()
    elsewhere = update(Thread).where(Thread.id == thread.id).values(title="Changed elsewhere")
    db.session.execute(elsewhere.execution_options(synchronize_session=False))
    assert get_visible(Thread, town.member("mem"), thread.id).title == "Who rings back?"
    assert get_visible(Thread, town.member("mem"), thread.id, lock=True).title == "Changed elsewhere"
    with pytest.raises(NotFound):
        get_visible(Thread, town.member("xme"), thread.id, lock=True)


def test_whole_rows_or_some_columns(session):
    town = people.build()
    rows = thread_rows.threads(town)
    guest = town.member("gue")
    assert rows["space"] in set(db.session.scalars(visible(Thread, guest)))
    columns = db.session.execute(visible(Thread, guest, Thread.id, Thread.audience)).all()
    assert (rows["space"].id, Audience.SPACE) in {tuple(row) for row in columns}
    assert rows["space, hidden"].id not in {row.id for row in columns}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_question_of_a_visitor_asks_nothing_about_people(session, model):
    of_people = re.compile(r"\b(member|membership|network_appointment)_\d")
    assert not of_people.search(str(visible(model, None)))
    assert of_people.search(str(visible(model, people.build().member("gue"))))


def test_the_rule_is_a_condition_in_a_query_that_joins(session):
    town = people.build()
    rows = thread_rows.threads(town)

    def spaces_with_threads(code: str) -> set[int]:
        query = select(Space.id).join(Thread, Thread.space_id == Space.id)
        return set(
            db.session.scalars(query.where(sees(Thread, town.people[code]), Thread.hidden_at.is_(None)))
        )

    assert rows["unlisted, space"].space_id not in spaces_with_threads("mod")
    assert spaces_with_threads("vis") == {town.here.id}
    assert spaces_with_threads("ogu") == {town.here.id, town.elsewhere.id}


def test_how_many_would_read_is_how_many_are_told(session):
    town = people.build()
    for space in (town.here, town.elsewhere, town.unlisted):
        for level in Audience:
            thread = thread_rows.thread(space, town.member("aut"), level)
            db.session.add(thread)
            db.session.flush()
            assert count_readers(space.id, level) == len(set(db.session.scalars(audience(thread)))), (
                space.slug,
                level,
            )


def test_how_many_read_in_numbers(session):
    town = people.build()
    here = {level: count_readers(town.here.id, level) for level in Audience}
    # Two of the noise people are full members of other spaces; three of them are in good standing.
    assert here == {
        Audience.SPACE: 5,
        Audience.NETWORK: 5 + 4 + 2,
        Audience.PUBLIC: len(IN_GOOD_STANDING) + 3,
    }
    assert count_readers(town.unlisted.id, Audience.SPACE) == 2
    assert count_readers(0, Audience.SPACE) == 0


def test_good_standing_is_confirmed_approved_and_not_suspended(session):
    people.build()
    found = set(db.session.scalars(select(Member.name).where(in_good_standing(Member))))
    assert found == IN_GOOD_STANDING | set(people.NOISE)


def test_an_unloaded_neighbour_raises(session):
    town = people.build()
    membership = db.session.scalars(visible(Membership, town.member("mem"))).first()
    assert membership is not None
    with pytest.raises(InvalidRequestError):
        _ = membership.space
    with pytest.raises(InvalidRequestError):
        _ = town.member("mem").capacities
