"""Who widens their own thread and who writes there, at one moment or in turn: no words reach others unawares."""

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.held_posts import choosing, deciding, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.responses import responses
from forum.domain.threads import written_for
from forum.infra import days
from forum.infra.db import db
from forum.models.held import HeldPost
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.spaces import Audience, Role
from forum.models.threads import Post, Thread
from forum.policy.actors import actor_of
from forum.policy.errors import DomainError, Invalid
from tests import other_readers
from tests.factories import actor, make_member, make_space, make_thread, sign_in, submit
from tests.sweeps import few_of

TURNS, FEW = 20, 2


def reply(member, thread, readers, body="For us."):
    key = str(uuid.uuid4())
    return sending.reply(actor(member), thread.id, body=body, idempotency_key=key, readers=readers)


def hold_everybody(moderator, space_id):
    choosing.choose(actor(moderator), space_id, Choice(everybody_until=days.today() + timedelta(days=1)))


@pytest.mark.both_databases
def test_a_reply_that_was_begun_before_is_posted_once_its_writer_looked_again(client, gent, leen):
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    db.session.commit()
    sign_in(client, karim)
    address = f"/threads/{thread.id}/replies"
    began = written_for.readers_of(thread)
    assert f'name="readers" value="{began}"' in client.get(f"/threads/{thread.id}-{thread.slug}").text
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    db.session.commit()
    form = {"body": "For us.", "idempotency_key": str(uuid.uuid4()), "readers": began}
    refused = submit(client, address, form)
    assert refused.status_code == 422
    assert "Other people can read this thread than when you began." in refused.text
    assert "For us." in refused.text
    now = written_for.readers_of(thread)
    assert f'name="readers" value="{now}"' in refused.text
    assert submit(client, address, {**form, "readers": now}).status_code == 303
    assert submit(client, address, form).status_code == 303, "the same sending again leads to what stands"
    assert len(db.session.scalars(select(Post.id).where(Post.thread_id == thread.id)).all()) == 2


@pytest.mark.both_databases
def test_a_sentence_with_a_response_is_for_the_readers_of_its_form_too(client, gent, leen):
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    db.session.commit()
    sign_in(client, karim)
    address, began = f"/threads/{thread.id}/responses", written_for.readers_of(thread)
    assert submit(client, address, {"kind": "also"}).status_code == 303
    page = client.get(f"/threads/{thread.id}-{thread.slug}").text
    assert f'name="readers" value="{began}"' in page[page.index('class="echoes__say"') :]
    thread.audience = Audience.NETWORK
    db.session.commit()
    form = {"kind": "also", "sentence": "For us.", "readers": began}
    refused = submit(client, address, form)
    assert (refused.status_code, "Other people can read this thread" in refused.text) == (422, True)
    assert "For us." in refused.text
    assert not db.session.scalar(select(ThreadResponse.sentence))
    now = written_for.readers_of(thread)
    assert f'name="readers" value="{now}"' in refused.text
    assert submit(client, address, {**form, "readers": now}).status_code == 303
    assert submit(client, address, form).status_code == 303, "the same again changes nothing"
    assert db.session.scalar(select(ThreadResponse.sentence)) == "For us."


@pytest.mark.both_databases
def test_the_page_of_what_was_sent_before_keeps_for_whom_it_was_written(client, gent, leen):
    karim = make_member("Karim", space=gent)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    db.session.commit()
    sign_in(client, karim)
    address, began = f"/threads/{thread.id}/replies", written_for.readers_of(thread)
    form = {"body": "For us.", "idempotency_key": str(uuid.uuid4()), "readers": began}
    assert submit(client, address, form).status_code == 303
    again = submit(client, address, {**form, "body": "And for us."})
    assert (again.status_code, f'name="readers" value="{began}"' in again.text) == (409, True)


@pytest.mark.both_databases
def test_fewer_readers_than_when_it_was_begun_are_nothing_to_look_at(gent, leen, moderator):
    thread = make_thread(gent, leen)
    karim = make_member("Karim", space=gent)
    began = written_for.readers_of(thread)
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    assert reply(karim, thread, began).number == 2
    thread.space_id = make_space("Genk").id
    assert written_for.is_wider(thread, began)
    hold_everybody(moderator, gent.id)
    thread.space_id, thread.audience = gent.id, Audience.PUBLIC
    with pytest.raises(Invalid):
        reply(karim, thread, began, "And this.")
    assert not db.session.scalars(select(HeldPost.id)).all()


@pytest.fixture
def world(live_app):
    with live_app.app_context():
        gent = make_space("Gent", city="gent")
        leen, karim = (make_member(name, space=gent) for name in ("Leen", "Karim"))
        mo = make_member("Mo", space=gent, role=Role.MODERATOR)
        threads = {name: make_thread(gent, leen, audience=Audience.SPACE) for name in ("open", "held")}
        found = {"leen": leen.id, "karim": karim.id, "mo": mo.id}
        hold_everybody(mo, gent.id)
        found["waits"] = reply(karim, threads["held"], None).id
        choosing.choose(actor(mo), gent.id, Choice())
        found |= {name: one.id for name, one in threads.items()}
        found["readers"] = written_for.readers_of(threads["open"])
        db.session.commit()
        db.session.remove()
    return found


def writes(world):
    key = str(uuid.uuid4())
    sending.reply(
        actor_of(world["karim"]), world["open"], body="A", idempotency_key=key, readers=world["readers"]
    )


def responds(world):
    responses.respond(actor_of(world["karim"]), world["open"], kind=ResponseKind.ALSO)


def approves(world):
    mo = actor_of(world["mo"])
    deciding.approve(mo, world["waits"], seen=1, html=deciding.rendered(mo, world["waits"]))


BESIDE = {"writes": (writes, "open"), "responds": (responds, "open"), "approves": (approves, "held")}


@pytest.mark.live
@pytest.mark.both_databases
@pytest.mark.parametrize("turn", few_of(range(TURNS), *range(FEW)))
@pytest.mark.parametrize(("beside", "where"), BESIDE.values(), ids=BESIDE)
def test_whoever_is_first_the_other_is_told(live_app, world, beside, where, turn):
    start = threading.Barrier(2)
    refused = []

    def widens(world):
        other_readers.set_audience(actor_of(world["leen"]), world[where], audience=Audience.NETWORK)

    def run(work):
        with live_app.app_context():
            start.wait()
            try:
                work(world)
                db.session.commit()
            except DomainError:
                db.session.rollback()
                refused.append(work)
            finally:
                db.session.remove()

    both = [threading.Thread(target=run, args=(work,)) for work in (beside, widens)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    with live_app.app_context():
        thread = db.session.get_one(Thread, world[where])
        others = select(Post.id).where(Post.thread_id == thread.id, Post.author_id != world["leen"])
        wrote = db.session.scalar(others) is not None
        assert not (wrote and thread.audience == Audience.NETWORK), "their words were for the space"
        pressed = db.session.scalar(select(ThreadResponse.id)) is not None
        assert len(refused) == 1 or (pressed and thread.audience == Audience.NETWORK)
