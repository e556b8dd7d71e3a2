"""Who decides on an objection has the last word: the ten minutes of the act that it is about end with that."""

import pytest
from sqlalchemy import select

from forum.domain.moderation import (
    deleting,
    hiding,
    leaving_out,
    leaving_out_objections,
    measure_objections,
    objections,
    undo,
)
from forum.domain.spaces import deputies, measures
from forum.domain.spaces.measures import Decision
from forum.infra import days
from forum.infra.db import db
from forum.models.measures import MeasureKind
from forum.models.sealing import Sealing
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden
from tests.factories import actor, make_member, make_post, make_thread

pytestmark = pytest.mark.both_databases
DECIDED = "Iemand anders besliste hier intussen over."


@pytest.fixture
def noor(gent, leen, moderator):
    """The deputy of the space of one moderator."""
    noor = make_member("Noor", space=gent)
    deputies.name(actor(moderator), gent.id, handle=noor.handle)
    return noor


@pytest.fixture
def post(gent, leen, noor):
    return make_post(make_thread(gent, noor), leen, "My neighbour Jan Peeters drinks.")


def undone(who):
    act = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc()).limit(1)).one()
    again = undo.rendered(actor(who), act.id)
    return undo.undo(actor(who), act.id, again=again)


@pytest.mark.parametrize("verb", [hiding.hide, deleting.delete])
def test_what_stays_hidden_is_not_brought_back_by_who_hid_it(post, leen, moderator, noor, verb):
    verb(actor(moderator), post.id, reason="A name.")
    objections.make(actor(leen), post.id, words="It is not his name.")
    objections.keep_hidden(actor(noor), post.id, answer="It is.")
    with pytest.raises(Conflict, match=DECIDED):
        undone(moderator)
    assert post.hidden_at is not None
    other = make_post(post.thread, leen, "Another of Jan Peeters.")
    verb(actor(moderator), other.id, reason="A name.")
    objections.make(actor(leen), other.id, words="It is not his name.")
    undone(moderator)
    assert other.hidden_at is None, "nobody decided on it yet"


def test_nobody_objects_to_what_can_still_be_undone_of_words_and_measures(post, gent, leen, moderator, noor):
    leaving_out.leave_out(actor(moderator), post.id, words="Jan Peeters", reason="It is a name.")
    sealing_id = db.session.scalars(select(Sealing.id)).one()
    with pytest.raises(Forbidden):
        leaving_out_objections.make(actor(leen), sealing_id, words="It is not.")
    undone(moderator)
    mute = Decision(MeasureKind.MUTE, "Calm down.", days.today())
    measure = measures.take(actor(moderator), gent.id, leen.id, mute)
    with pytest.raises(Forbidden):
        measure_objections.make(actor(leen), measure.id, words="It was not me.")
    undone(moderator)
    assert measure.undone_at is not None
