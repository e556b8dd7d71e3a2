"""What hangs on posts that were merged or split: quotes, questions to authors, drafts, reports."""

import uuid

import pytest
from sqlalchemy import select

from forum.domain.desk.queues import reported
from forum.domain.held_posts import deciding
from forum.domain.moderation import deleting, hiding, leaving_out, narrowing, post_reports
from forum.domain.moderation.post_reports import Said
from forum.domain.regrouping import answering, moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.threads import page, post_store, threads
from forum.domain.threads.quotes import Quote
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import worker
from forum.models.drafts import Draft
from forum.models.post_reports import ReportReason
from forum.models.regrouping import Agreement, AgreementRound
from forum.models.spaces import Audience, Role
from forum.models.undo import UndoKind
from forum.policy.errors import NotFound
from tests import other_readers
from tests.attack.test_acts_after_one_another import held, merge, opening, split, try_undo
from tests.factories import actor, join, make_member, make_post, make_space, make_thread


@pytest.fixture
def karim(gent):
    return make_member("Karim", space=gent, city="gent")


@pytest.fixture
def genk(moderator):
    space = make_space("Genk", city="genk")
    join(moderator, space, Role.MODERATOR)
    return space


def quotes_of(post, reader=None):
    db.session.expire_all()
    shown = page.page(reader, post.thread_id)
    view = next(one for one in shown.posts if one.id == post.id)
    return (
        [part.words for part in view.html if isinstance(part, Quote)]
        if not isinstance(view.html, str)
        else []
    )


def test_a_quote_in_a_merged_post_comes_back_by_undo_as_it_was(gent, leen, karim, moderator):
    target = make_thread(gent, leen, body="Quite other words of Leen stand here.")
    make_post(target, leen, "Other words of Leen stand here too.")
    thread = make_thread(gent, leen, body="First we ring. Then we wait.")
    post = threads.reply(
        actor(karim),
        thread.id,
        body="[quote 1: 0-11]\nSo **Jan Pee**ters says.",
        idempotency_key=str(uuid.uuid4()),
    )
    before = quotes_of(post, actor(leen))
    assert before == ["First we ring"], before
    merge(moderator, thread, target)
    assert quotes_of(post, actor(leen)) == before
    leaving_out.leave_out(actor(moderator), post.id, words="Jan Peeters", reason="A name")
    undone = try_undo(moderator, UndoKind.LEAVE_OUT)
    assert quotes_of(post, actor(leen)) == (before if undone else [])


def test_who_wrote_in_a_merged_thread_is_asked_as_well(gent, leen, karim, moderator, genk):
    target = make_thread(gent, leen, audience=Audience.SPACE)
    make_post(target, leen)
    thread = make_thread(gent, karim, audience=Audience.SPACE)
    place = Chosen(genk.id, Audience.SPACE)
    make_member("Ann", space=genk)
    moving.ask_authors(actor(moderator), target.id, place)
    merge(moderator, thread, target)
    db.session.commit()
    worker.run_until_idle()
    asked = set(db.session.scalars(select(Agreement.author_id)))
    assert asked == {leen.id, karim.id}


def test_a_question_about_a_merged_thread_ends(gent, leen, karim, moderator, genk):
    target = make_thread(gent, leen, audience=Audience.SPACE)
    thread = make_thread(gent, karim, audience=Audience.SPACE)
    make_post(thread, leen)
    make_member("Ann", space=genk)
    moving.ask_authors(actor(moderator), thread.id, Chosen(genk.id, Audience.SPACE))
    merge(moderator, thread, target)
    assert db.session.scalar(select(AgreementRound.ended_at)) is not None, [
        (line.state, line.title) for line in answering.mine(actor(karim))
    ]


def test_a_split_undone_does_not_hide_posts_under_a_deleted_story(gent, leen, karim, moderator):
    thread = make_thread(gent, leen)
    make_post(thread, karim)
    split(moderator, thread, 2)
    deleting.delete(actor(moderator), opening(thread).id, reason="Why")
    assert not try_undo(moderator, UndoKind.SPLIT)


def test_two_copies_in_drafts_of_a_split_thread(gent, leen, karim, moderator):
    """Words left out of a moved post leave the drafts of summaries and replies in the thread where it stood."""
    thread = make_thread(gent, leen)
    post = make_post(thread, karim, "We asked Jan Peeters.")
    db.session.add(
        Draft(
            member_id=leen.id,
            idempotency_key="a",
            form="summary",
            subject_id=thread.id,
            fields={"typed": "Ask Jan Peeters."},
            changed_at=clock.now(),
            check_at=clock.now(),
            revision=1,
        )
    )
    db.session.flush()
    split(moderator, thread, 2)
    leaving_out.leave_out(actor(moderator), post.id, words="Jan Peeters", reason="A name")
    assert "Peeters" not in str(db.session.scalar(select(Draft.fields)))


def say(who):
    row = db.session.scalars(select(Agreement).where(Agreement.author_id == who.id)).one()
    answering.answer(actor(who), row.id, agreed=True, seen=answering.digest_of(actor(who), row.id))
    return answering.get(actor(who), row.id)


def test_an_agreement_without_deleted_words_does_not_carry_them_to_others(gent, leen, karim, moderator):
    elsewhere = make_member("Sofie", space=make_space("Hasselt", city="hasselt"))
    thread = make_thread(gent, leen, audience=Audience.SPACE)
    post = make_post(thread, karim, "Between us: the alderman knew.")
    deleting.delete(actor(moderator), post.id, reason="Gossip")
    narrowing.ask_authors(actor(moderator), thread.id, audience=Audience.NETWORK)
    say(leen)
    assert "alderman" not in str(say(karim)), "he was not shown the words"
    other_readers.set_audience(actor(moderator), thread.id, audience=Audience.NETWORK)
    try_undo(moderator, UndoKind.DELETE_POST)
    shown = page.page(actor(elsewhere), thread.id)
    assert "alderman" not in " ".join(str(one.html) for one in shown.posts)


def test_a_reported_post_under_a_deleted_story_waits_still(gent, leen, karim, moderator):
    colleague = make_member("Ann", space=gent, role=Role.MODERATOR)
    thread = make_thread(gent, leen)
    own = make_post(thread, moderator, "You are all stupid.")
    post_reports.report(actor(karim), own.id, Said(ReportReason.OTHER, "An insult."))

    def waits():
        return db.session.execute(reported.waiting(actor(colleague), [gent.id])).all()

    assert waits()
    deleting.delete(actor(moderator), opening(thread).id, reason="Why")
    assert waits()


def test_who_acts_on_a_post_while_its_thread_is_merged_acts_where_it_stands_now(
    gent, leen, karim, moderator, monkeypatch
):
    """They saw it in the thread that was, and wait for its lock while another moderator merges."""
    colleague = make_member("Els", space=gent, role=Role.MODERATOR)
    target, thread = make_thread(gent, leen), make_thread(gent, karim)
    post = make_post(thread, karim, "We rang twice.")
    locked, waited = post_store.locked_thread, []

    def merged_meanwhile(who, thread_id):
        if not waited:
            waited.append(thread_id)
            merge(moderator, thread, target)
        return locked(who, thread_id)

    monkeypatch.setattr(post_store, "locked_thread", merged_meanwhile)
    hiding.hide(actor(colleague), post.id, reason="A name.")
    db.session.refresh(post)
    assert (waited, post.thread_id, post.hidden_by_id) == ([thread.id], target.id, colleague.id)
    with pytest.raises(NotFound):
        hiding.hide(actor(make_member("Mia")), post.id, reason="A name.")


def test_who_lets_a_post_appear_while_its_thread_is_merged_does_so_where_it_waits_now(
    gent, leen, karim, moderator, monkeypatch
):
    colleague = make_member("Els", space=gent, role=Role.MODERATOR)
    target, thread = make_thread(gent, leen), make_thread(gent, karim)
    row = held(thread, karim)
    locked, waited = post_store.locked_thread, []

    def merged_meanwhile(who, thread_id):
        if not waited:
            waited.append(thread_id)
            merge(moderator, thread, target)
        return locked(who, thread_id)

    html = deciding.rendered(actor(colleague), row.id)
    monkeypatch.setattr(post_store, "locked_thread", merged_meanwhile)
    post = deciding.approve(actor(colleague), row.id, seen=row.revision, html=html)
    assert (waited, post.thread_id) == ([thread.id], target.id)
