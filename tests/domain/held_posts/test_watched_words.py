"""Watched words: any form of the word and nothing beyond it, pointed out or holding the post; never for members."""

import uuid

import pytest
from sqlalchemy import select

from forum.domain.held_posts import deciding, matching, pointing, queue, sending, watching
from forum.domain.moderation import hiding
from forum.domain.spaces import memberships
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.held import HeldBecause, HeldPost, PointedOut, Watch
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Role
from forum.models.threads import Post
from forum.policy.errors import Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_space, make_thread
from tests.notices import react

pytestmark = pytest.mark.both_databases


def watch(member, space, word, kind=Watch.HOLD):
    watching.add(actor(member), space.id if space else None, word=word, watch=kind)


def reply(member, thread, body):
    return sending.reply(actor(member), thread.id, body=body, idempotency_key=str(uuid.uuid4()))


@pytest.mark.parametrize(
    ("word", "sentence", "found"),
    [
        ("idioot", "Wat een idioten zijn dat.", True),
        ("idioot", "Wat een IDIOOT.", True),
        ("idioot", "Dat is idioterie.", False),
        ("hoer", "De hoeraatjes klinken, hoera!", False),
        ("hoer", "De hoeren van de straat.", True),
        ("kanker", "Het kankercentrum van Gent is open.", False),
        ("stad", "Wij zijn stadsdichters.", False),
        ("crétin", "Quel cretin, ce monsieur qui est dans la ville.", True),
        ("scammer", "These are the scammers that we have seen in the city.", True),
        ("scam", "Niemand weet wat escamoteren is.", False),
    ],
)
def test_a_word_is_found_in_its_forms_and_inside_no_other(app, word, sentence, found):
    assert matching.among([word], [sentence]) == ([word] if found else [])


def test_a_word_lets_a_post_wait_and_its_author_never_reads_which(gent, leen, moderator):
    thread = make_thread(gent, leen)
    editor = make_member("Eva", network_role=NetworkRole.EDITOR)
    watch(moderator, gent, "Zwendel")
    watch(editor, None, "oplichter")
    other = make_thread(make_space("Genk"), leen)
    held = reply(leen, thread, "Dat zijn zwendels.")
    assert isinstance(held, HeldPost)
    assert held.because == HeldBecause.WORD
    assert [(one.word, one.because) for one in queue.of_space(actor(moderator), gent.id)] == [
        ("zwendel", HeldBecause.WORD)
    ]
    assert not isinstance(reply(leen, other, "Dat zijn zwendels."), HeldPost)
    assert isinstance(reply(leen, other, "Dat zijn oplichters."), HeldPost)
    assert not isinstance(reply(moderator, thread, "Geen oplichters of zwendel hier."), HeldPost)
    quoted = f"[quote {thread.last_number}: 0-40]\n\nDaar ben ik het mee eens."
    assert not isinstance(reply(leen, thread, quoted), HeldPost), "a quotation is nobody else's word"
    html = deciding.rendered(actor(moderator), held.id)
    post = deciding.approve(actor(moderator), held.id, seen=1, html=html)
    react()
    assert db.session.scalars(select(PointedOut)).all() == [], "it was looked at a moment ago"
    assert held.word == ""
    assert post.number
    for member in (leen, moderator):
        with pytest.raises(Forbidden):
            watching.every(actor(member), None)
    for member in (leen, editor):
        with pytest.raises(Forbidden):
            watching.every(actor(member), gent.id)
        with pytest.raises(Forbidden):
            watch(member, gent, "iets")
    lines = db.session.scalars(select(ModerationAction).where(ModerationAction.action == Action.WATCH_WORDS))
    assert {(line.space_id, line.reason) for line in lines} == {(gent.id, "added"), (None, "added")}


def test_a_post_is_pointed_out_once_and_seen_by_one_of_the_moderators(gent, leen, moderator):
    thread = make_thread(gent, leen)
    watch(moderator, gent, "zwendel", Watch.POINT_OUT)
    watch(moderator, gent, "smeerlap")
    post = reply(leen, thread, "Zwendel, zeg ik.")
    assert isinstance(post, Post)
    react()
    (one,) = pointing.of_space(actor(moderator), gent.id)
    assert (one.word, one.number, one.author_name) == ("zwendel", post.number, "Leen")
    elsewhere = make_member("Els", space=make_space("Aalst"), role=Role.MODERATOR)
    for member in (leen, elsewhere):
        with pytest.raises(NotFound):
            pointing.seen(actor(member), one.id)
    memberships.set_role(actor(moderator), gent.id, leen.id, role=Role.MODERATOR)
    with pytest.raises(NotFound):
        pointing.seen(actor(leen), one.id)
    assert pointing.of_space(actor(leen), gent.id) == [], "their own waits for another moderator"
    memberships.set_role(actor(moderator), gent.id, leen.id, role=Role.MEMBER)
    for _twice in range(2):
        pointing.seen(actor(moderator), one.id)
    assert pointing.of_space(actor(moderator), gent.id) == []
    sending.edit(actor(leen), post.id, body="Zwendel van een smeerlap.", seen_revision=1)
    react()
    assert [one.word for one in pointing.of_space(actor(moderator), gent.id)] == ["smeerlap"]
    hiding.hide(actor(moderator), post.id, reason="Schelden.")
    assert pointing.of_space(actor(moderator), gent.id) == []
    reply(moderator, thread, "Zwendel is een woord.")
    react()
    assert pointing.of_space(actor(moderator), gent.id) == []


def test_words_are_kept_once_and_removed_and_a_sentence_tries_them(gent, moderator):
    for word in ("", "twee woorden", "!!!"):
        with pytest.raises(Invalid) as refused:
            watch(moderator, gent, word)
        assert refused.value.field == "word"
    watch(moderator, gent, "Zwendel", Watch.POINT_OUT)
    watch(moderator, gent, "zwendel")
    (one,) = watching.every(actor(moderator), gent.id)
    assert (one.word, one.watch) == ("zwendel", Watch.HOLD)
    assert watching.tried(actor(moderator), gent.id, "Al die zwendels!") == [one]
    assert watching.tried(actor(moderator), gent.id, "Niets.") == []
    for _twice in range(2):
        watching.remove(actor(moderator), gent.id, one.id)
    assert watching.every(actor(moderator), gent.id) == []
    for number in range(watching.MOST):
        watch(moderator, gent, f"woord{number}")
    with pytest.raises(Invalid):
        watch(moderator, gent, "eentje")


def test_a_word_that_grows_in_small_letters_is_measured_as_it_is_kept(gent, moderator):
    with pytest.raises(Invalid) as refused:
        watch(moderator, gent, "İ" * 60)
    assert refused.value.field == "word"
