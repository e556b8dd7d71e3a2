"""What a reply answers is named after a split or a merge too: with its place for who may see it, else not at all."""

import uuid

import pytest
from sqlalchemy import select

from forum.domain.moderation import undo
from forum.domain.regrouping import merging, splitting
from forum.domain.regrouping.splitting import Asked
from forum.domain.threads import page as thread_page
from forum.domain.threads import threads
from forum.infra.db import db
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct
from tests import other_readers
from tests.factories import actor, make_member, make_post, make_space, make_thread, sign_in

pytestmark = pytest.mark.both_databases


@pytest.fixture
def far():
    return make_member("Far", space=make_space("Genk", city="genk"))


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


@pytest.fixture
def thread(gent, leen, karim):
    found = make_thread(gent, leen)
    make_post(found, leen, "We ring.")
    threads.reply(actor(karim), found.id, body="So do we.", idempotency_key=str(uuid.uuid4()), answers=2)
    return found


def split(moderator, thread, *numbers, audience=Audience.NETWORK):
    wish = Asked(numbers, "Apart", audience)
    seen = splitting.planned(actor(moderator), thread.id, wish).digest
    return splitting.split(actor(moderator), thread.id, wish, seen=seen, reason="It tells of somebody.")


def answers(reader, thread):
    shown = thread_page.page(actor(reader) if reader else None, thread.id).posts
    return [one.answers for one in shown if one.answers]


def test_a_reply_answers_what_was_split_off_for_who_may_read_that(client, moderator, leen, far, thread):
    assert [(one.number, one.slug) for one in answers(far, thread)] == [(2, "")]
    new = split(moderator, thread, 2)
    (there,) = answers(far, thread)
    assert (there.thread_id, there.number, there.name, there.slug) == (new.id, 1, "Leen", new.slug)
    other_readers.set_audience(actor(moderator), new.id, audience=Audience.SPACE)
    assert (answers(far, thread), len(answers(leen, thread))) == ([], 1)
    db.session.commit()
    address = f"/threads/{thread.id}-{thread.slug}"
    for who, is_told in ((leen, True), (far, False)):
        sign_in(client, who)
        page = client.get(address).get_data(as_text=True)
        assert (f"/threads/{new.id}-{new.slug}#post-1" in page) is is_told
        assert ("to Leen, in another thread" in page) is is_told


def test_what_a_reply_answers_is_in_its_thread_again_after_an_undo_or_a_merge(moderator, far, thread):
    new = split(moderator, thread, 2)
    assert [(one.thread_id, one.number) for one in answers(far, thread)] == [(new.id, 1)]
    act = db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id.desc())).first()
    undo.undo(actor(moderator), act)
    assert [(one.thread_id, one.number, one.slug) for one in answers(far, thread)] == [(thread.id, 2, "")]
    new = split(moderator, thread, 2)
    seen = merging.planned(actor(moderator), new.id, thread.id).digest
    merging.merge(actor(moderator), new.id, thread.id, seen=seen, reason="It tells of somebody.")
    assert [(one.thread_id, one.number, one.slug) for one in answers(far, thread)] == [(thread.id, 4, "")]


def test_a_page_costs_one_query_more_where_any_answer_is_elsewhere(
    moderator, leen, karim, thread, count_queries
):
    def cost(found):
        thread_page.page(actor(leen), found.id)
        with count_queries() as seen:
            thread_page.page(actor(leen), found.id)
        return seen.count

    before = cost(thread)
    for _each in range(4):
        threads.reply(
            actor(karim), thread.id, body=f"And we {_each}.", idempotency_key=str(uuid.uuid4()), answers=2
        )
    one, five = cost(split(moderator, thread, 3)), cost(split(moderator, thread, 4, 5, 6, 7))
    assert one == five
    assert cost(thread) <= before + 1
