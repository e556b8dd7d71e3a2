"""What leaked from other forums when moderators acted: each way that was published, walked through every page there is.

S20 to S24 are classes of leaks among peers; a page is any address of the forum that can be asked for with what its
address needs.
"""

import itertools
from datetime import timedelta

import pytest
from flask import url_for

from forum.domain.held_posts import choosing, sending
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import deleting, hiding, leaving_out, narrowing, revisions
from forum.domain.regrouping import moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.spaces import memberships
from forum.domain.threads import posts
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import event_processing, worker
from forum.models.spaces import Audience, Role, SpaceKind
from forum.policy.errors import Forbidden, NotFound
from tests import other_readers
from tests.acts.act import found
from tests.acts.on_places import ACTS as ON_PLACES
from tests.acts.on_posts import ACTS as ON_POSTS
from tests.acts.on_threads import ACTS as ON_THREADS
from tests.acts.on_words import ACTS as ON_WORDS
from tests.factories import actor, join, make_member, make_post, make_space, make_thread, sign_in
from tests.policy import people
from tests.sweeps import few_of

ASKED, MARK = "veldkers", "zonnedauw"
WORDS = f"Her name is {ASKED} {MARK}."
UNREAD = "away, for the space"
# Pages that say what was typed in their address, or that only end a session.
SKIPPED = {"static", "accounts.sign_out", "search.suggestions"}


def met(app, member, **known):
    """The addresses of all pages on which somebody reads the mark; what `known` has is put in each of them."""
    browser = app.test_client()
    if member is not None:
        sign_in(browser, member)
    with app.test_request_context():
        addresses = [
            url_for(rule.endpoint, **dict(zip(sorted(rule.arguments), values, strict=True)))
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
            and rule.endpoint not in SKIPPED
            and rule.arguments <= known.keys()
            for values in itertools.product(*(_fitting(rule, known)[name] for name in sorted(rule.arguments)))
        ]
    db.session.commit()
    seen = {}
    for address in [*addresses, f"/search?q={ASKED}"]:
        answer = browser.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        seen[address] = answer.get_data(as_text=True)
    assert len(seen) > 40
    return {address for address, text in seen.items() if MARK in text.casefold()}


def _fitting(rule, known):
    """The first slug is that of a space, and names no thread; the others are of threads, and name no space."""
    slugs = known.get("slug", [])
    ours = slugs[:1] if "/spaces/" in rule.rule else slugs[1:]
    return known | {"slug": ours or slugs}


def after_undo():
    """Everything that waits for the ten minutes of undo has happened."""
    with clock.at(clock.now() + timedelta(minutes=11)):
        event_processing.process_due()
        worker.run_until_idle()
        db.session.commit()


def hidden(moderator, author, post):
    hiding.hide(actor(moderator), post.id, reason="A name.")


def deleted(moderator, author, post):
    deleting.delete(actor(moderator), post.id, reason="A name.")


def left_out(moderator, author, post):
    leaving_out.leave_out(actor(moderator), post.id, words=f"{ASKED} {MARK}", reason="A name.")


def edited_away(moderator, author, post):
    posts.edit(actor(author), post.id, body="Without a name.", seen_revision=1)
    revisions.hide(actor(moderator), post.id, 1, reason="A name.")


TAKEN_AWAY = {"hidden": hidden, "deleted": deleted, "left out": left_out, "version": edited_away}


@pytest.mark.parametrize("how", few_of(TAKEN_AWAY, "hidden", "left out"))
def test_s24_what_moderators_took_away_is_on_no_page_of_others(app, gent, leen, moderator, how):
    thread = make_thread(gent, leen, audience=Audience.PUBLIC, title="A street")
    karim = make_member("Karim", space=gent)
    post = make_post(thread, karim, WORDS)
    known = {
        "thread_id": [thread.id], "post_id": [post.id], "slug": [gent.slug, thread.slug], "number": [1, 2],
        "version": [1, 2], "handle": [karim.handle],
    }  # fmt: skip
    assert met(app, leen, **known), "it was there to be read"
    TAKEN_AWAY[how](moderator, karim, post)
    db.session.commit()
    for reader in (leen, make_member("Mia", space=make_space("Genk", city="genk")), None):
        assert met(app, reader, **known) == set()
    after_undo()
    assert met(app, leen, **known) == set()
    if how in ("deleted", "left out"):
        for reader in (moderator, karim):
            assert met(app, reader, **known) == set(), "sealed for everybody"


def test_s24_what_waits_to_appear_is_on_no_page_but_its_authors_and_moderators(app, gent, leen, moderator):
    thread, karim = make_thread(gent, leen, audience=Audience.PUBLIC), make_member("Karim", space=gent)
    tomorrow = days.today() + timedelta(days=1)
    choosing.choose(actor(moderator), gent.id, Choice(everybody_until=tomorrow))
    key = "2f4c1c0e-0000-4000-8000-000000000001"
    held = sending.reply(actor(karim), thread.id, body=WORDS, idempotency_key=key)
    known = {
        "thread_id": [thread.id], "slug": [gent.slug, thread.slug], "held_id": [held.id], "handle": [karim.handle],
        "number": [1, 2],
    }  # fmt: skip
    for reader in (leen, make_member("Mia", space=make_space("Genk", city="genk")), None):
        assert met(app, reader, **known) == set()
    assert met(app, karim, **known)
    assert met(app, moderator, **known)


def test_s20_who_is_told_of_a_move_never_hears_of_a_place_that_they_do_not_see(app, gent, leen, moderator):
    secret = make_space(f"Group {MARK}", kind=SpaceKind.GROUP, unlisted=True)
    join(moderator, secret)
    colleague = make_member("Els", space=gent, role=Role.MODERATOR)
    thread = make_thread(gent, leen, audience=Audience.SPACE, axis=None)
    known = {"thread_id": [thread.id], "slug": [gent.slug, thread.slug], "handle": [moderator.handle]}
    chosen = Chosen(secret.id)
    seen = moving.asked(actor(moderator), thread.id, chosen).digest
    moving.move(actor(moderator), thread.id, chosen, seen=seen, reason="It is theirs.")
    after_undo()
    for reader in (leen, colleague, make_member("Mia", space=make_space("Genk", city="genk")), None):
        assert met(app, reader, **known) == set()
    assert met(app, moderator, **known), "who belongs there reads its name"
    browser = app.test_client()
    sign_in(browser, colleague)
    assert browser.get(f"/threads/{thread.id}").status_code == 404
    assert f"theme-{thread.id}" not in browser.get("/desk").get_data(as_text=True)


def test_s21_moderators_do_nothing_where_they_do_not_read(session):
    town = people.build()
    acts = [act for act in (*ON_POSTS, *ON_THREADS, *ON_WORDS, *ON_PLACES) if UNREAD in act.states]
    assert acts
    for act in acts:
        cells = found(act, town)[UNREAD]
        assert {cells[code] for code in ("mod", "cur", "edi", "adm")} == {"0"}, act.name


def test_s22_nobody_gives_readers_to_what_they_do_not_see_or_to_the_words_of_others(gent, leen, moderator):
    genk = make_space("Genk", city="genk")
    mia = make_member("Mia", space=genk, role=Role.MODERATOR)
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    join(moderator, genk)
    for verb in (other_readers.set_audience, narrowing.ask_authors):
        with pytest.raises(NotFound):
            verb(actor(mia), thread.id, audience=Audience.PUBLIC)
    with pytest.raises(NotFound):
        moving.asked(actor(mia), thread.id, Chosen(genk.id))
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(moderator), thread.id, audience=Audience.PUBLIC)
    chosen = Chosen(genk.id)
    seen = moving.asked(actor(moderator), thread.id, chosen).digest
    with pytest.raises(Forbidden):
        moving.move(actor(moderator), thread.id, chosen, seen=seen, reason="Theirs.")


def test_s23_the_desk_says_nothing_of_a_space_once_its_moderator_is_none(app, gent, leen, moderator):
    genk = make_space("Genk", city="genk")
    join(moderator, genk, Role.MODERATOR)
    make_member("Mia", space=genk, role=Role.MODERATOR)
    thread = make_thread(
        genk, make_member("Kim", space=genk), audience=Audience.SPACE, axis=None, title=WORDS, slug="who"
    )
    known = {"thread_id": [thread.id], "slug": [genk.slug, thread.slug], "item_key": [f"theme-{thread.id}"]}
    assert "/desk" in met(app, moderator, **known)
    memberships.remove(
        actor(make_member("Els", space=genk, role=Role.MODERATOR)), genk.id, moderator.id, reason="Gone."
    )
    db.session.commit()
    assert met(app, moderator, **known) == set()


def test_side_door_2_who_read_it_before_it_was_closed_reads_it_nowhere_now(app, gent, leen, moderator):
    thread = make_thread(gent, leen, audience=Audience.NETWORK, title=WORDS, body=WORDS, slug="who")
    mia = make_member("Mia", space=make_space("Genk", city="genk"))
    known = {
        "thread_id": [thread.id], "slug": [gent.slug, thread.slug], "number": [1], "handle": [leen.handle],
        "version": [1],
    }  # fmt: skip
    assert met(app, mia, **known)
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    db.session.commit()
    assert met(app, mia, **known) == set()
    after_undo()
    assert met(app, mia, **known) == set()
