"""What is said beside the posts of a merged thread is read where they stand: short responses, and where it stands."""

import uuid

import pytest
from sqlalchemy import select

from forum.domain.moderation import leaving_out, undo
from forum.domain.regrouping import merging, splitting
from forum.domain.responses import page as responses_page
from forum.domain.responses import responses
from forum.domain.summaries import keepers, summaries
from forum.domain.summaries import page as summary_page
from forum.infra.db import db
from forum.models.drafts import Draft
from forum.models.notifications import Notification
from forum.models.responses import ResponseKind, ThreadResponse
from forum.models.spaces import Audience
from forum.models.summaries import SummaryVersion
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, NotFound
from tests.factories import LONG_AGO, actor, make_member, make_post, make_space
from tests.notices import react

pytestmark = pytest.mark.both_databases
ALSO, APPLIED = ResponseKind.ALSO, ResponseKind.APPLIED


@pytest.fixture
def ann(gent):
    return make_member("Ann", space=gent)


def merge(moderator, thread, target):
    plan = merging.planned(actor(moderator), thread.id, target.id)
    merging.merge(actor(moderator), thread.id, target.id, seen=plan.digest, reason="It tells of somebody.")
    return plan.beside


def undo_it(moderator):
    act = db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc())).first()
    undo.undo(actor(moderator), act.id)


def respond(member, thread, kind, sentence=""):
    return responses.respond(actor(member), thread.id, kind=kind, sentence=sentence)


def said(reader, thread):
    found = responses_page.of_thread(actor(reader), thread.id)
    return {kind: one.number for kind, one in found.counts.items() if one.number}, sorted(
        one.words for one in found.newest
    )


def write(member, thread, typed, seen=0):
    summaries.save(actor(member), thread.id, typed=typed, seen=seen)


def stands(thread):
    found = summary_page.of_thread(thread.id)
    if found is None:
        return None
    sentences = [(one.words, [cited.number for cited in one.citations]) for one in found.sentences]
    return found.number, found.replies_since, sentences


def versions(thread):
    query = select(SummaryVersion.number, SummaryVersion.last_number).order_by(SummaryVersion.number)
    return db.session.execute(query.where(SummaryVersion.thread_id == thread.id)).all()


def test_responses_go_along_and_are_back_after_an_undo(gent, leen, moderator, ann, thread, target):
    bob, eva = (make_member(name, space=gent) for name in ("Bob", "Eva"))
    for who, kind, words in ((ann, APPLIED, "We did."), (bob, ALSO, "Here too."), (leen, ALSO, "")):
        respond(who, thread, kind, words)
    respond(ann, target, ALSO, "So we do.")
    respond(bob, target, APPLIED)
    respond(eva, target, ALSO)
    before = [said(moderator, each) for each in (thread, target)]
    shown = merge(moderator, thread, target)
    assert (shown.responses, shown.twice, shown.has_summary) == (3, 2, False)
    # Of who responded to both the one there stands, unless only the other one has words.
    assert said(moderator, target) == ({"also": 4}, ["Here too.", "So we do."])
    assert responses_page.of_thread(actor(bob), target.id).own.words == "Here too."
    undo_it(moderator)
    assert [said(moderator, each) for each in (thread, target)] == before


def test_who_takes_back_what_they_said_of_the_one_still_says_what_they_said_of_the_other(
    gent, moderator, ann, thread, target
):
    respond(ann, thread, APPLIED, "We did.")
    respond(ann, target, ALSO)
    merge(moderator, thread, target)
    responses.take_back(actor(ann), target.id)
    undo_it(moderator)
    assert (said(ann, thread), said(ann, target)) == (({}, []), ({"also": 1}, []))


def test_nobody_who_could_not_read_a_response_reads_it_by_a_merge(gent, moderator, ann, thread, target):
    far = make_member("Far", space=make_space("Genk", city="genk"))
    thread.audience = Audience.SPACE
    db.session.flush()
    respond(ann, thread, ALSO, "For us alone.")
    merge(moderator, thread, target)
    with pytest.raises(NotFound):
        responses_page.story(actor(far), target.id)
    assert said(moderator, target) == ({"also": 1}, ["For us alone."])
    undo_it(moderator)
    assert (said(far, responses_page.story(actor(far), target.id)), said(ann, thread)) == (
        ({}, []),
        ({"also": 1}, ["For us alone."]),
    )


def test_what_was_said_since_is_not_done_as_it_was_shown(moderator, ann, thread, target):
    for act in (
        lambda: respond(ann, thread, ALSO),
        lambda: respond(ann, thread, APPLIED, "We did."),
        lambda: write(moderator, target, "Nobody rings back. [2]"),
    ):
        seen = merging.planned(actor(moderator), thread.id, target.id).digest
        act()
        with pytest.raises(Conflict):
            merging.merge(actor(moderator), thread.id, target.id, seen=seen, reason="It tells of somebody.")
    assert thread.merged_at is None


def test_where_a_thread_stands_is_read_where_its_posts_are(leen, moderator, thread, target):
    write(moderator, thread, "It is never done. [1, 2]")
    make_post(thread, leen, "And yet.")
    assert stands(thread) == (1, 1, [("It is never done.", [1, 2])])
    shown = merge(moderator, thread, target)
    assert (shown.has_summary, shown.other_has_summary) == (True, False)
    assert (stands(thread), stands(target)) == (None, (1, 1, [("It is never done.", [3, 4])]))
    undo_it(moderator)
    assert (stands(thread), stands(target)) == ((1, 1, [("It is never done.", [1, 2])]), None)


def test_of_two_summaries_the_one_there_stands_and_the_other_is_in_its_history(moderator, thread, target):
    write(moderator, thread, "It is never done. [1]")
    write(moderator, thread, "It is hardly ever done. [1]", seen=1)
    write(moderator, target, "Nobody rings back. [2]")
    before = [versions(thread), versions(target)]
    assert merge(moderator, thread, target).other_has_summary
    assert stands(target) == (3, 2, [("Nobody rings back.", [2])])
    changes, _more = summary_page.history(target)
    assert [change.summary.typed for change in changes] == [
        "Nobody rings back. [2]",
        "It is hardly ever done. [3]",
        "It is never done. [3]",
    ]
    undo_it(moderator)
    assert [versions(thread), versions(target)] == before


def told_of(thread):
    query = select(Notification.member_id).where(Notification.kind == "summary_asked")
    return db.session.scalars(query.where(Notification.thread_id == thread.id)).all()


def test_who_writes_where_it_stands_and_what_they_began_goes_along(moderator, ann, thread, target):
    make_post(thread, ann)
    keepers.ask(actor(moderator), thread.id, handle=ann.handle)
    draft = Draft(
        member_id=ann.id, idempotency_key=str(uuid.uuid4()), form="summary", subject_id=thread.id,
        fields={"text": "It is"}, changed_at=LONG_AGO, check_at=LONG_AGO,
    )  # fmt: skip
    db.session.add(draft)
    react()
    assert told_of(thread) == [ann.id]
    merge(moderator, thread, target)
    assert summaries.to_write(actor(ann), target.id) is target
    assert (draft.subject_id, told_of(target)) == (target.id, [ann.id])
    undo_it(moderator)
    db.session.refresh(draft)
    assert (draft.subject_id, told_of(target)) == (thread.id, [])
    assert keepers.of_thread(actor(moderator), target.id) == []


def test_a_response_is_never_at_two_threads(moderator, ann, thread, target):
    respond(ann, thread, ALSO)
    merge(moderator, thread, target)
    assert db.session.scalars(select(ThreadResponse.thread_id)).all() == [target.id]


def test_who_began_the_one_hears_no_more_of_a_response_that_was_taken_back(
    karim, moderator, ann, thread, target
):
    respond(ann, thread, ALSO)
    react()
    told = select(Notification.member_id).where(Notification.kind == "responded")
    assert db.session.scalars(told).all() == [karim.id]
    merge(moderator, thread, target)
    responses.take_back(actor(ann), target.id)
    assert db.session.scalars(told).all() == []


def test_words_left_out_of_a_post_that_was_split_off_go_from_what_was_merged_after_it(
    leen, moderator, ann, thread, target
):
    about = make_post(thread, leen, "My neighbour Jan Peeters never rings back.")
    write(moderator, thread, f"Jan Peeters never rings back. [{about.number}]")
    draft = Draft(
        member_id=ann.id, idempotency_key=str(uuid.uuid4()), form="summary", subject_id=thread.id,
        fields={"text": "Jan Peeters, again"}, changed_at=LONG_AGO, check_at=LONG_AGO,
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    wish = splitting.Asked((about.number,), "About a neighbour", Audience.SPACE)
    plan = splitting.planned(actor(moderator), thread.id, wish)
    new = splitting.split(actor(moderator), thread.id, wish, seen=plan.digest, reason="It tells of somebody.")
    merge(moderator, thread, target)
    assert "Jan Peeters" in str(stands(target))
    leaving_out.leave_out(actor(moderator), about.id, words="Jan Peeters", reason="It is a name.")
    db.session.refresh(draft)
    assert about.thread_id == new.id
    assert "Peeters" not in str((stands(target), draft.fields))
