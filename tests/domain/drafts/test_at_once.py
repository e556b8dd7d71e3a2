"""Saves of one form that arrive at the same moment, with the sending itself among them, on a database of their own."""

import threading
import time

import pytest
from sqlalchemy import func, select

from forum.domain import draft_places
from forum.domain.draft_places import REPLY, STORY
from forum.domain.drafts import acceptance, drafts
from forum.domain.drafts.views import Subject
from forum.domain.people import accounts
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.spaces import Space
from forum.policy.actors import actor_of
from forum.policy.errors import Invalid
from tests.factories import make_member, make_space, make_thread

pytestmark = pytest.mark.live
ENTER = draft_places.places


@pytest.fixture
def ground(live_app):
    with live_app.app_context():
        space = make_space("Gent", city="gent")
        leen = make_member("Leen", space=space)
        thread = make_thread(space, leen)
        db.session.commit()
        return leen.id, Subject(REPLY, thread.id)


def together(app, *verbs):
    """Run each in a thread and transaction of its own, all begun at once; return what went wrong."""
    start, wrong = threading.Barrier(len(verbs)), []

    def run(verb):
        with app.app_context():
            start.wait()
            try:
                verb()
                db.session.commit()
            except (drafts.AlreadySent, Invalid) as error:
                db.session.rollback()
                wrong.append(type(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_the_first_saves_of_one_sending_are_one_draft_and_none_outlives_it(live_app, ground):
    member_id, about = ground

    def save(number, key):
        who = actor_of(member_id)
        drafts.keep(who, about, key, {"body": f"Take {number}"}, revision=0, enter=ENTER)

    def send(key):
        acceptance.accept(actor_of(member_id), about, key, {}, revision=0)

    for turn in range(5):
        key = f"turn-{turn}"
        saves = [lambda number=number, key=key: save(number, key) for number in range(3)]
        together(live_app, *saves)
        with live_app.app_context():
            assert db.session.scalar(select(func.count(Draft.id)).where(Draft.idempotency_key == key)) == 1
        late = [lambda number=number, key=key: save(number + 5, key) for number in range(3)]
        together(live_app, *late, lambda key=key: send(key))
        with live_app.app_context():
            row = db.session.scalars(select(Draft).where(Draft.idempotency_key == key)).one()
            assert (row.sent_at is not None, row.fields, row.other_fields) == (True, {}, None)


def test_a_story_is_sent_while_its_draft_is_put_back_and_typed_on(live_app, ground):
    member_id, _about = ground
    with live_app.app_context():
        space_id = db.session.scalars(select(Space.id)).one()
    story = Subject(STORY, space_id)

    def send(key):
        who = actor_of(member_id)
        accounts.one_at_a_time(who)  # as `threads.start` begins
        time.sleep(0.02)
        acceptance.accept(who, story, key, {"body": "Told"}, revision=1)

    def type_on(key, number):
        drafts.keep(actor_of(member_id), story, key, {"body": f"Told {number}"}, revision=2, enter=ENTER)

    for turn in range(4):
        key = f"story-{turn}"
        with live_app.app_context():
            draft = drafts.keep(actor_of(member_id), story, key, {"body": "Told"}, revision=0, enter=ENTER)
            drafts.discard(actor_of(member_id), draft.id)
            db.session.commit()
        typing = [lambda key=key, number=number: type_on(key, number) for number in range(3)]
        assert set(together(live_app, lambda key=key: send(key), *typing)) <= {drafts.AlreadySent}
        with live_app.app_context():
            row = db.session.scalars(select(Draft).where(Draft.idempotency_key == key)).one()
            assert row.sent_at is not None


def test_two_new_drafts_at_once_do_not_pass_the_limit(live_app, ground, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 3)
    member_id, about = ground

    def begin(number):
        who = actor_of(member_id)
        drafts.keep(who, about, f"new-{number}", {"body": "New"}, revision=0, enter=ENTER)

    wrong = together(live_app, *(lambda number=number: begin(number) for number in range(6)))
    assert wrong == [Invalid] * 3
    with live_app.app_context():
        assert db.session.scalar(select(func.count(Draft.id))) == 3
