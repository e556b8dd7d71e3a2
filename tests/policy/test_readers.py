"""A statement that is built once says the same as one built for its reader."""

import pytest
from sqlalchemy import select

from forum.infra.db import db
from forum.models.threads import Thread
from forum.policy.readers import reader_param, reader_values
from forum.policy.visibility import READER_ID, RULES, sees, visible
from tests.policy import people
from tests.policy.test_complete import MODELS


@pytest.mark.parametrize("model", RULES, ids=lambda model: model.__name__)
def test_a_kept_statement_gives_everybody_the_same_rows(session, model):
    town = people.build()
    rows = MODELS[model][1](town).values()
    kept = {
        signed_in: select(model.id).where(sees(model, reader_param(signed_in))) for signed_in in (True, False)
    }
    for code, reader in town.people.items():
        by_kept = set(db.session.scalars(kept[reader is not None], reader_values(reader)))
        assert by_kept == set(db.session.scalars(visible(model, reader, model.id))), code
    everything = {row.id for row in rows}
    assert not everything <= set(db.session.scalars(kept[True], {READER_ID: 0})), (
        "the reader is in the question"
    )


def test_the_reader_is_filled_in_when_it_runs(session):
    member = people.build().member("mem")
    assert reader_param(signed_in=False) is None
    assert reader_values(None) == {}
    assert reader_values(member) == {READER_ID: member.id}
    kept = visible(Thread, reader_param(signed_in=True)).compile()
    assert kept.params.keys() >= {READER_ID}
    assert member.id not in kept.params.values()


def test_two_readers_fit_in_one_statement(session):
    town = people.build()
    rows = MODELS[Thread][1](town)
    both = select(Thread.id).where(sees(Thread, town.member("aut")), sees(Thread, town.member("gue")))
    found = set(db.session.scalars(both))
    assert rows["space"].id in found
    assert rows["space, hidden"].id not in found, "the author's, but not the guest's"
    assert rows["space, by a guest, hidden"].id not in found, "the guest's, but not the author's"
