"""Responses to a story: one for each member, taken back by them, counted by confirmed city, told to the author once."""

import pytest
from sqlalchemy import delete, func, select

from forum.domain.audit import log as audit_log
from forum.domain.mailing import unread_notices
from forum.domain.moderation import hiding as post_hiding
from forum.domain.moderation import locking, taking_back
from forum.domain.moderation import undo as undoing
from forum.domain.people import capacities
from forum.domain.responses import hiding, responses
from forum.domain.responses import page as responses_page
from forum.domain.threads import classification
from forum.domain.threads import page as thread_page
from forum.infra import clock, rates
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Member
from forum.models.following import FollowLevel, ThreadFollow
from forum.models.moderation import Action, ModerationAction
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.spaces import Audience, Role
from forum.models.threads import Post
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import other_readers
from tests.factories import LONG_AGO, actor, join, make_member, make_post, make_space, make_thread
from tests.notices import react, told

pytestmark = pytest.mark.both_databases
ALSO, DIFFERENT, APPLIED = ResponseKind.ALSO, ResponseKind.DIFFERENT, ResponseKind.APPLIED


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen)


def respond(member, thread, kind=ALSO, sentence=None):
    return responses.respond(actor(member), thread.id, kind=kind, sentence=sentence)


def seen(reader, thread):
    return responses_page.of_thread(actor(reader) if reader else None, thread.id)


def counted(thread, reader=None):
    return {
        kind: (one.number, sorted(one.cities))
        for kind, one in seen(reader, thread).counts.items()
        if one.number
    }


def opening(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.number == 1)).one()


def test_a_member_has_one_response_and_changes_it_or_takes_it_back(thread):
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    first = respond(karim, thread, ALSO, "  Ook bij   ons. ")
    assert seen(karim, thread).own.words == "Ook bij ons."
    assert respond(karim, thread, APPLIED).id == first.id
    own = seen(karim, thread).own
    assert (own.kind, own.words) == ("applied", "Ook bij ons."), "the sentence stays where none was sent"
    respond(karim, thread, APPLIED, "")
    assert seen(karim, thread).own.words == ""
    assert counted(thread) == {"applied": (1, ["genk"])}
    responses.take_back(actor(karim), thread.id)
    responses.take_back(actor(karim), thread.id)
    assert counted(thread) == {}
    assert seen(karim, thread).own is None


def test_they_are_counted_by_the_city_that_was_confirmed(thread):
    water = make_space("Water")
    two = [make_member(name, space=water, city="genk") for name in ("Karim", "Ann")]
    unconfirmed = make_member("Bo", space=water, city="aalst")
    held = db.session.scalars(select(Capacity).where(Capacity.member_id == unconfirmed.id)).one()
    held.confirmed_at = held.confirmation = None
    researcher = make_member("Hanne", space=water, body=Body.ACADEMIC, city="gent")
    for member in (*two, unconfirmed, researcher):
        respond(member, thread)
    assert counted(thread) == {"also": (4, ["genk"])}
    assert seen(None, thread).counts["also"].elsewhere == 2
    capacities.confirm(held, Confirmation.MODERATOR, by_id=two[0].id)
    assert counted(thread) == {"also": (4, ["aalst", "genk"])}
    respond(make_member("Cis", space=water, city="brugge"), thread, DIFFERENT)
    respond(make_member("Dirk", space=water, city="hasselt"), thread, APPLIED)
    assert seen(None, thread).recognised == ("aalst", "genk", "hasselt"), "who says it is different does not"


def test_who_may_respond(gent, leen, moderator, thread):
    pending = make_member("Pending", approved_at=None)
    guest = make_member("Guest", space=make_space("Water"), role=Role.GUEST)
    inside = make_member("Inside", space=gent, role=Role.GUEST)
    former = make_member("Former", city="genk")
    join(former, gent).ended_at = clock.now()
    elsewhere = make_member("Karim", space=make_space("Genk", city="genk"))
    db.session.flush()
    for member in (moderator, inside, elsewhere):
        respond(member, thread)
    for member, refusal in ((leen, Forbidden), (pending, NotFound), (guest, NotFound), (former, NotFound)):
        with pytest.raises(refusal):
            respond(member, thread)
    closed = make_thread(gent, leen, audience=Audience.SPACE)
    with pytest.raises(NotFound):
        respond(elsewhere, closed)
    with pytest.raises(NotFound):
        responses.take_back(actor(elsewhere), closed.id)
    public = make_thread(gent, leen, audience=Audience.PUBLIC)
    respond(guest, public)
    with pytest.raises(Forbidden):
        respond(pending, public)


def test_a_closed_thread_takes_none_but_lets_them_be_taken_back(moderator, thread):
    karim = make_member("Karim", city="genk")
    join(karim, make_space("Genk", city="genk"))
    respond(karim, thread)
    locking.lock(actor(moderator), thread.id)
    with pytest.raises(Forbidden):
        respond(karim, thread, APPLIED)
    responses.take_back(actor(karim), thread.id)
    assert counted(thread) == {}


def test_a_sentence_has_one_line_and_a_limit(thread):
    karim = make_member("Karim", space=make_space("Genk"))
    most = ThreadResponse.SENTENCE_MAX
    respond(karim, thread, ALSO, "é" * most)
    with pytest.raises(Invalid) as error:
        respond(karim, thread, ALSO, "é" * (most + 1))
    assert error.value.field == "sentence"
    assert respond(karim, thread, ALSO, "Two\nlines").sentence == "Two lines"


def test_pressing_all_day_is_stopped(app, thread, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    monkeypatch.setattr(responses, "MOST", "2 per hour")
    karim = make_member("Karim", space=make_space("Genk"))
    rates.reset()
    for kind in (ALSO, APPLIED):
        respond(karim, thread, kind)
    with pytest.raises(rates.TooOften):
        respond(karim, thread, ALSO)


def test_they_go_out_of_sight_with_the_story_and_come_back_with_it(gent, leen, moderator, thread):
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    make_post(thread, moderator)
    respond(karim, thread, ALSO, "Ook bij ons.")
    assert thread_page.page(actor(karim), thread.id).has_responses
    taking_back.take_back(actor(leen), opening(thread).id)
    for reader in (leen, moderator, karim):
        assert not thread_page.page(actor(reader), thread.id).has_responses
        with pytest.raises(NotFound):
            responses_page.story(actor(reader), thread.id)
    taking_back.put_back(actor(leen), opening(thread).id)
    post_hiding.hide(actor(moderator), opening(thread).id, reason="Names a client.")
    for reader in (leen, moderator):
        assert not thread_page.page(actor(reader), thread.id).has_responses
    with pytest.raises(NotFound):
        responses_page.story(actor(karim), thread.id)
    post_hiding.restore(actor(moderator), opening(thread).id)
    assert thread_page.page(actor(karim), thread.id).has_responses
    assert seen(moderator, thread).newest[0].words == "Ook bij ons."


def test_who_responded_keeps_the_readers_that_there_were(gent, leen, moderator):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    genk = make_space("Genk", city="genk")
    join(leen, genk)
    ann = make_member("Ann", space=gent)
    respond(ann, thread)
    with pytest.raises(Forbidden):
        other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    with pytest.raises(Forbidden):
        classification.move(actor(leen), thread.id, genk.id, audience=Audience.SPACE)
    assert not thread_page.page(actor(leen), thread.id).may_move
    responses.take_back(actor(ann), thread.id)
    other_readers.set_audience(actor(leen), thread.id, audience=Audience.NETWORK)
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.SPACE)
    act = db.session.scalars(select(UndoableAct).where(UndoableAct.actor_id == moderator.id)).one()
    respond(ann, thread)
    with pytest.raises(Conflict):
        undoing.undo(actor(moderator), act.id)


def test_a_hidden_sentence_is_read_by_its_author_and_moderators_and_still_counts(
    gent, leen, moderator, thread
):
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    other = make_member("Other", space=make_space("Aalst"), role=Role.MODERATOR)
    said = respond(karim, thread, ALSO, "Mevrouw De Wit ook.")
    for member in (leen, karim, other):
        with pytest.raises(Forbidden):
            hiding.hide(actor(member), said.id, reason="No.")
    with pytest.raises(Invalid):
        hiding.hide(actor(moderator), said.id, reason=" ")
    hiding.hide(actor(moderator), said.id, reason="Names a client.")
    with pytest.raises(Conflict):
        hiding.hide(actor(moderator), said.id, reason="Again.")
    for member in (leen, karim, other):  # who may not hide it finds none that is hidden
        for asked in (hiding.to_hide, hiding.restore):
            with pytest.raises(NotFound):
                asked(actor(member), said.id)
    assert counted(thread) == {"also": (1, ["genk"])}
    words = ["Mevrouw De Wit ook."]
    for reader, read in ((None, []), (leen, []), (karim, words), (moderator, words)):
        who = actor(reader) if reader else None
        assert [one.words for one in responses_page.sentences(who, thread).rows] == read
        assert seen(reader, thread).newest == []
        assert seen(reader, thread).sentence_count == 0
    assert (seen(karim, thread).own.words, seen(karim, thread).own.reason) == (
        "Mevrouw De Wit ook.",
        "Names a client.",
    )
    with pytest.raises(Forbidden):
        respond(karim, thread, ALSO, "Mevrouw De Wit dus.")
    respond(karim, thread, DIFFERENT)
    hiding.restore(actor(moderator), said.id)
    with pytest.raises(Conflict):
        hiding.restore(actor(moderator), said.id)
    assert [one.words for one in seen(leen, thread).newest] == ["Mevrouw De Wit ook."]
    lines = audit_log.page(actor(moderator), gent.id).rows
    assert [(line.action, line.subject_name, line.reason) for line in lines] == [
        ("restore", "Karim", ""), ("hide", "Karim", "Names a client."),
    ]  # fmt: skip
    assert db.session.scalar(select(func.count()).where(ModerationAction.action == Action.HIDE)) == 1


def test_there_is_nothing_to_hide_in_a_response_without_words_or_where_one_does_not_read(
    gent, leen, moderator
):
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    silent = respond(make_member("Ann", space=gent), thread)
    said = respond(make_member("Bert", space=gent), thread, ALSO, "Ook.")
    with pytest.raises(NotFound):
        hiding.hide(actor(moderator), silent.id, reason="No.")
    outsider = make_member("Karim", space=make_space("Genk"), role=Role.MODERATOR)
    for verb in (hiding.to_hide, hiding.restore):
        with pytest.raises(NotFound):
            verb(actor(outsider), said.id)


def test_the_author_is_told_once_until_they_looked(gent, leen, thread):
    people = [make_member(name, space=make_space("Genk", city="genk")) for name in ("Karim", "Ann", "Bo")]
    for member in people[:2]:
        respond(member, thread)
    react()
    assert told() == [("Leen", "responded")]
    respond(people[0], thread, APPLIED)
    react()
    assert len(told()) == 1, "and not of a change"
    unread_notices.read_thread(actor(leen), thread.id, last=1)
    respond(people[2], thread)
    react()
    assert told() == [("Leen", "responded")] * 2
    for member in people:
        responses.take_back(actor(member), thread.id)
    react()
    assert told() == [("Leen", "responded")], "what nobody says any more is not told, but what was read stays"


@pytest.mark.parametrize("reason", ["muted", "withdrawn", "taken back"])
def test_nobody_is_told_who_muted_it_or_of_what_is_gone(leen, moderator, thread, reason):
    make_post(thread, moderator)
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    respond(karim, thread)
    if reason == "muted":
        db.session.add(
            ThreadFollow(
                member_id=leen.id,
                thread_id=thread.id,
                level=FollowLevel.NOTHING,
                chosen=True,
                changed_at=LONG_AGO,
            )
        )
    elif reason == "withdrawn":
        taking_back.take_back(actor(leen), opening(thread).id)
    else:
        responses.take_back(actor(karim), thread.id)
    react()
    assert told() == []


def test_whose_sentence_was_hidden_is_told_unless_it_was_put_back_before_they_read_it(
    leen, moderator, thread
):
    karim = make_member("Karim", space=make_space("Genk", city="genk"))
    said = respond(karim, thread, ALSO, "Mevrouw De Wit ook.")
    react()
    hiding.hide(actor(moderator), said.id, reason="Names a client.")
    react()
    assert ("Karim", "response_hidden") in told()
    hiding.restore(actor(moderator), said.id)
    react()
    assert told() == [("Leen", "responded")]
    hiding.hide(actor(moderator), said.id, reason="Names a client.")
    react()
    unread_notices.read_thread(actor(karim), thread.id, last=1)
    hiding.restore(actor(moderator), said.id)
    react()
    assert [one for one in told() if one[0] == "Karim"] == [
        ("Karim", "response_hidden"),
        ("Karim", "response_restored"),
    ]


def test_they_are_read_in_one_query_however_many_there_are(leen, thread, count_queries):
    for number in range(5):
        respond(
            make_member(f"Ann {number}", space=make_space("Genk", city="genk")),
            thread,
            ALSO,
            f"Ook {number}.",
        )
    db.session.flush()
    who = actor(leen)
    with count_queries() as few:
        shown = responses_page.of_thread(who, thread.id)
    assert few.count == 1
    assert [one.words for one in shown.newest] == ["Ook 4.", "Ook 3.", "Ook 2."]
    assert shown.sentence_count == 5
    first = responses_page.sentences(actor(leen), thread)
    assert [one.words for one in first.rows] == [f"Ook {number}." for number in (4, 3, 2, 1, 0)]


def test_a_member_whose_row_is_deleted_leaves_none(thread):
    karim, ann = (make_member(name, space=make_space("Genk", city="genk")) for name in ("Karim", "Ann"))
    respond(karim, thread, ALSO, "Ook.")
    respond(ann, thread, ALSO, "Bij ons ook.")
    db.session.execute(delete(Member).where(Member.id == karim.id))
    assert [one.words for one in seen(None, thread).newest] == ["Bij ons ook."]
    assert counted(thread) == {"also": (1, ["genk"])}
