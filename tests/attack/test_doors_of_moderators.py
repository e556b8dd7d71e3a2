"""Side doors 3, 11, 13, 15 and 20 of other forums, where moderators act: each tried by who may and by who may not.

What leaves as e-mail is read where a server on loopback took it.
"""

import uuid
from datetime import timedelta

import pytest

from forum.domain.digests import windows
from forum.domain.held_posts import choosing, deciding, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import hiding, leaving_out, pinning, retitling
from forum.domain.regrouping import moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.threads import following, posts, threads
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import worker
from forum.models.following import FollowLevel
from forum.models.spaces import Audience, Role, Space
from forum.models.threads import Thread
from tests import other_readers
from tests.acts import on_places
from tests.acts.places import Place
from tests.attack.test_side_doors_of_moderation import ASKED, MARK, TAKEN_AWAY, WORDS, after_undo, met
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.letter_check import parts
from tests.sweeps import few_of

# Places in a text are counted without its spaces.
SIGNS = len("".join(WORDS.split()))


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent)


def letters_to(smtp, member):
    """Everything that was sent to somebody: subjects, plain texts and HTML."""
    own = [one.message for one in smtp.received if member.email in one.recipients]
    return "\n".join("\n".join((letter["Subject"], *parts(letter))) for letter in own)


def everything_leaves():
    """What waits for undo is told, and a week later each digest leaves."""
    after_undo()
    with clock.at(clock.now() + timedelta(days=8)):
        windows.open_all(clock.now())
        db.session.commit()
        worker.run_until_idle()
        db.session.commit()


def reply(member, thread, body):
    return threads.reply(actor(member), thread.id, body=body, idempotency_key=str(uuid.uuid4()))


def told_of(member, thread):
    """They hear of everything in it."""
    following.follow_thread(actor(member), thread.id, level=FollowLevel.ALL)


def apart(moderator, author, post):
    """The post is a thread of its own now, which its space alone reads."""
    thread = db.session.get_one(Thread, post.thread_id)
    return on_places.split(actor(moderator), Place(thread, post))


PARENT_GONE = {**TAKEN_AWAY, "split": apart}


@pytest.mark.parametrize("how", few_of(PARENT_GONE, "split"))
def test_side_door_15_no_quote_shows_what_moderators_took_away(
    app, gent, leen, moderator, karim, mia, smtp, how
):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC, title="A street")
    post = make_post(thread, karim, WORDS)
    for reader in (leen, mia):
        told_of(reader, thread)
    ruben = make_member("Ruben", space=gent)
    quoting = reply(ruben, thread, f"[quote 2: 0-{SIGNS}]\nSo it went here, @{mia.handle}.")
    known = {
        "thread_id": [thread.id], "post_id": [post.id, quoting.id], "slug": [gent.slug, thread.slug], "number": [2, 3],
        "handle": [ruben.handle],
    }  # fmt: skip
    page = f"/threads/{thread.id}-{thread.slug}"
    db.session.commit()
    shown = app.test_client().get(page).text
    assert shown.count(MARK) == 2, "in the post, and in the quote of it"
    PARENT_GONE[how](moderator, karim, post)
    db.session.commit()
    everything_leaves()
    assert "So it went here" in letters_to(smtp, mia)
    assert MARK not in letters_to(smtp, mia)
    assert MARK not in letters_to(smtp, leen) or how == "split"
    for reader in (mia, None):
        assert met(app, reader, **known) == set()
    reads = met(app, leen, **known)
    assert page not in reads, "no quote of it is left"
    assert bool(reads) is (how == "split"), "where it stands now she may read it"


def narrowed(moderator, thread, _post, _writers):
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    return thread


def split_off(moderator, _thread, post, writers):
    return apart(moderator, writers[-1], post)


def moved(moderator, thread, _post, writers):
    away = make_space("Hasselt", city="hasselt")
    join(moderator, away, Role.MODERATOR)
    for member in writers:
        join(member, away)
    chosen = Chosen(away.id, Audience.SPACE)
    seen = moving.asked(actor(moderator), thread.id, chosen).digest
    return moving.move(actor(moderator), thread.id, chosen, seen=seen, reason="It is theirs.")


@pytest.mark.parametrize("close", few_of([narrowed, split_off, moved], split_off))
def test_side_door_3_what_changes_where_one_no_longer_reads_is_told_to_who_still_does(
    app, gent, leen, moderator, karim, mia, smtp, close
):
    thread = make_thread(gent, leen, audience=Audience.NETWORK, title="A street")
    post = make_post(thread, karim, "We asked around.")
    for reader in (leen, mia):
        told_of(reader, thread)
    place = close(moderator, thread, post, (leen, karim))
    told_of(leen, place)
    space = db.session.get_one(Space, place.space_id)
    posts.edit(actor(karim), post.id, body=f"{WORDS} Did @{mia.handle} hear?", seen_revision=1)
    hiding.hide(actor(moderator), post.id, reason=f"A name: {MARK}.")
    hiding.restore(actor(moderator), post.id)
    retitling.retitle(actor(moderator), place.id, title=f"About {MARK}", reason="Clearer.")
    pinning.pin(actor(moderator), place.id)
    choosing.choose(actor(moderator), space.id, Choice(everybody_until=days.today() + timedelta(days=1)))
    key, body = str(uuid.uuid4()), f"{WORDS} And @{mia.handle} and @{leen.handle}?"
    held = sending.reply(actor(karim), place.id, body=body, idempotency_key=key)
    html = deciding.rendered(actor(moderator), held.id)
    deciding.approve(actor(moderator), held.id, seen=held.revision, html=html)
    leaving_out.leave_out(actor(moderator), post.id, words=ASKED, reason=f"It says {MARK}.")
    everything_leaves()
    known = {
        "thread_id": [thread.id, place.id], "post_id": [post.id], "slug": [space.slug, "a-street"],
        "number": [1, 2, 3], "version": [1, 2], "handle": [karim.handle],
    }  # fmt: skip
    assert met(app, mia, **known) == set()
    assert "/notifications" in met(app, leen, **known)
    assert MARK not in letters_to(smtp, mia)
    assert MARK in letters_to(smtp, leen)
