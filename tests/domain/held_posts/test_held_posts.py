"""What waits is nowhere until a moderator lets it appear; then it is as if its author sent it at that moment."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from forum.domain import draft_places
from forum.domain.audit import log as audit_log
from forum.domain.drafts import drafts
from forum.domain.held_posts import choosing, deciding, queue, sending, waiting
from forum.domain.held_posts.choosing import Choice
from forum.domain.moderation import hiding, locking, undo
from forum.domain.spaces import memberships
from forum.domain.threads import page as thread_page
from forum.domain.threads import post_store, posts
from forum.domain.threads.sendings import SentBefore
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity
from forum.models.events import Event
from forum.models.held import HeldBecause, HeldOutcome, HeldPost
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.models.threads import Post, Thread
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.notices import forget, react, told

pytestmark = pytest.mark.both_databases
SECRET = "Kwetsuurwoord staat hier."


@pytest.fixture
def thread(gent, leen):
    return make_thread(gent, leen)


@pytest.fixture
def noor(gent):
    """Who never wrote in Gent."""
    return make_member("Noor", space=gent)


@pytest.fixture
def newcomers(gent, moderator):
    choosing.choose(actor(moderator), gent.id, Choice(newcomers=True))


def reply(member, thread, body=SECRET, *, key=None, **more):
    return sending.reply(
        actor(member), thread.id, body=body, idempotency_key=key or str(uuid.uuid4()), **more
    )


def start(member, space, *, key=None, **over):
    values = {"title": "Titelgeheim", "body": SECRET, "need": Need.STORIES, "axis": Axis.SOLIDARITY}
    return sending.start(
        actor(member), space.id, audience=over.pop("audience", Audience.NETWORK), tags=["onthaal"],
        idempotency_key=key or str(uuid.uuid4()), **(values | over),
    )  # fmt: skip


def approve(moderator, held, seen=None):
    html = deciding.rendered(actor(moderator), held.id)
    return deciding.approve(actor(moderator), held.id, seen=seen or held.revision, html=html)


def refuse(moderator, held, reason="Noem niemand."):
    return deciding.refuse(actor(moderator), held.id, seen=held.revision, reason=reason)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_each_rule_holds_whom_it_names_and_nobody_else(gent, leen, moderator, noor, thread):
    guest = make_member("Gast", space=gent, role=Role.GUEST)
    stranger = make_member("Rik", space=make_space("Brugge", city="brugge"))
    make_post(thread, guest)
    make_post(thread, stranger)
    linked = "Zie [hier](https://voorbeeld.test/pagina)."
    people = {"leen": leen, "noor": noor, "gast": guest, "rik": stranger, "wouter": moderator}

    def held(choice, body="Zomaar."):
        choosing.choose(actor(moderator), gent.id, choice)
        found = {}
        for name, member in people.items():
            with db.session.begin_nested() as kept:
                sent = reply(member, thread, body)
                found[name] = sent.because if isinstance(sent, HeldPost) else None
                kept.rollback()
        return {name: because for name, because in found.items() if because}

    tomorrow = clock.now().date() + timedelta(days=1)
    assert held(Choice()) == {}
    assert held(Choice(newcomers=True)) == {"noor": HeldBecause.NEWCOMER}
    assert held(Choice(guests=True)) == {"gast": HeldBecause.GUEST}
    assert held(Choice(links=True)) == {}
    assert held(Choice(links=True), linked) == dict.fromkeys(
        ("leen", "noor", "gast", "rik"), HeldBecause.LINK
    )
    everybody = held(Choice(everybody_until=tomorrow))
    assert everybody == dict.fromkeys(("leen", "noor", "gast", "rik"), HeldBecause.EVERYBODY)
    make_post(thread, leen, linked)
    assert "leen" not in held(Choice(links=True), linked)
    hiding.hide(actor(moderator), make_post(thread, noor).id, reason="Spam.")
    assert held(Choice(newcomers=True)) == {"noor": HeldBecause.NEWCOMER}, "what is hidden counts as nothing"
    with pytest.raises(Invalid) as far:
        choosing.choose(actor(moderator), gent.id, Choice(everybody_until=tomorrow + timedelta(days=200)))
    assert far.value.field == "everybody_until"
    for member, error in ((leen, Forbidden), (make_member("Els", space=make_space("Aalst")), Forbidden)):
        with pytest.raises(error):
            choosing.choose(actor(member), gent.id, Choice())
    lines = audit_log.page(actor(moderator), gent.id).rows
    assert {line.action for line in lines} == {"holding", "hide"}
    assert lines[-1].changes == (("holding", "nobody", "newcomers"),)


def test_what_waits_is_in_no_table_of_posts_and_its_author_and_moderators_alone_read_it(
    gent, leen, moderator, noor, thread, newcomers
):
    posts_before, events = count(Post), count(Event)
    held = reply(noor, thread)
    story = start(noor, gent)
    assert isinstance(held, HeldPost)
    assert isinstance(story, HeldPost)
    assert (count(Post), count(Thread), count(Event)) == (posts_before, 1, events)
    db.session.refresh(thread)
    assert (thread.last_number, thread.post_count) == (1, 1)
    assert [one.body for one in waiting.own(actor(noor))] == [SECRET, SECRET]
    assert [one.id for one in waiting.in_thread(actor(noor), thread.id)] == [held.id]
    assert waiting.own(actor(leen)) == []
    assert waiting.in_thread(actor(leen), thread.id) == []
    assert not thread_page.page(actor(leen), thread.id).has_held
    assert thread_page.page(actor(noor), thread.id).has_held
    assert {one.id for one in queue.of_space(actor(moderator), gent.id)} == {held.id, story.id}
    elsewhere = make_member("Els", space=make_space("Aalst"), role=Role.MODERATOR)
    for member in (leen, elsewhere):
        with pytest.raises(Forbidden):
            queue.of_space(actor(member), gent.id)
        for ask in (queue.details, waiting.one):
            with pytest.raises(NotFound):
                ask(actor(member), held.id)
        for one in (held, story):
            with pytest.raises(NotFound):
                deciding.approve(actor(member), one.id, seen=1, html="<p>x</p>")
            with pytest.raises(NotFound):
                deciding.refuse(actor(member), one.id, seen=1, reason="x")
    for act in (waiting.throw_away, lambda who, at: waiting.change(who, at, title="", body="x", seen=1)):
        with pytest.raises(NotFound):
            act(actor(moderator), held.id)
    join_own = memberships_of(noor, gent, moderator)
    with pytest.raises(Forbidden):
        deciding.refuse(join_own, held.id, seen=1, reason="x")


def memberships_of(member, space, moderator):
    memberships.set_role(actor(moderator), space.id, member.id, role=Role.MODERATOR)
    return actor(member)


def test_it_appears_at_the_moment_of_approval_as_its_author_in_the_capacity_of_then(
    gent, leen, moderator, noor, thread, newcomers, monkeypatch
):
    target = make_post(thread, leen)
    before = clock.now()
    monkeypatch.setattr(clock, "now", lambda: before)
    held = reply(noor, thread, f"{SECRET} [quote 1: 0-5]", answers=target.number)
    spoken = held.capacity_id
    assert spoken is not None
    new = db.session.get(Capacity, spoken)
    db.session.add(
        Capacity(
            member_id=noor.id, function="Iets anders", level=new.level, body=new.body, city="gent",
            starts_on=before.date(), confirmed_at=before, confirmation=new.confirmation,
        )
    )  # fmt: skip
    later = make_post(thread, leen, "Intussen.")
    monkeypatch.setattr(clock, "now", lambda: before + timedelta(hours=3))
    post = approve(moderator, held)
    assert approve(moderator, held, seen=1) == post, "the same press, twice"
    assert (post.number, post.author_id, post.answers_id) == (later.number + 1, noor.id, target.id)
    assert (post.capacity_id, post.created_at) == (spoken, before + timedelta(hours=3))
    assert (held.body, held.outcome, held.post_id) == ("", HeldOutcome.APPROVED, post.id)
    db.session.refresh(thread)
    assert thread.last_post_at == post.created_at
    forget()
    react()
    assert sorted(told()) == [("Leen", "answer"), ("Noor", "post_appeared")]
    assert not isinstance(reply(noor, thread, "Nog iets."), HeldPost), "a post of theirs stands now"
    line = db.session.scalars(select(ModerationAction).order_by(ModerationAction.id.desc())).first()
    assert (line.action, line.post_number, line.subject_id) == (Action.APPROVE_POST, post.number, noor.id)
    assert SECRET not in line.reason
    story = start(make_member("Bo", space=gent), gent)
    opened = approve(moderator, story)
    told_thread = db.session.get(Thread, opened.thread_id)
    assert (told_thread.title, opened.number) == ("Titelgeheim", 1)
    assert told_thread.created_at == before + timedelta(hours=3)


def test_sent_twice_it_is_one_also_across_the_approval(gent, moderator, noor, thread, newcomers):
    held = reply(noor, thread, key="een")
    assert reply(noor, thread, key="een") == held
    assert reply(noor, thread, key="twee") == held, "the same words, as after “back”"
    assert reply(noor, thread, key="drie", once_more=True) != held
    with pytest.raises(Conflict):
        reply(noor, thread, "Iets anders.", key="een")
    story = start(noor, gent, key="vier")
    assert start(noor, gent, key="vier") == story
    assert start(noor, gent, key="vijf") == story
    post, opened = approve(moderator, held), approve(moderator, story)
    assert reply(noor, thread, key="een") == post
    assert start(noor, gent, key="vier").id == opened.thread_id
    with pytest.raises(SentBefore):
        reply(noor, thread, "Iets anders.", key="een")
    assert count(HeldPost) == 3


def test_it_goes_on_waiting_while_it_cannot_appear(gent, leen, moderator, noor, thread, newcomers):
    held, story = reply(noor, thread), start(noor, gent)
    locking.lock(actor(moderator), thread.id)
    with pytest.raises(Conflict, match="gesloten"):
        approve(moderator, held)
    locking.reopen(actor(moderator), thread.id)
    hiding.hide(actor(moderator), posts_of(thread)[0].id, reason="Even.")
    with pytest.raises(Conflict, match="niet meer lezen"):
        approve(moderator, held)
    hiding.restore(actor(moderator), posts_of(thread)[0].id)
    gent.widest_audience = gent.default_audience = Audience.SPACE
    with pytest.raises(Conflict, match="zoveel lezers"):
        approve(moderator, story)
    gent.widest_audience = Audience.NETWORK
    thread.audience = Audience.SPACE
    memberships.remove(actor(moderator), gent.id, noor.id, reason="Weg.")
    with pytest.raises(Conflict, match="niet meer lezen"):
        approve(moderator, held)
    with pytest.raises(Conflict, match="hoort niet meer"):
        approve(moderator, story)
    join(noor, gent)
    noor.suspended_at = clock.now()
    db.session.flush()
    with pytest.raises(Conflict, match="aanmelden"):
        approve(moderator, held)
    noor.suspended_at = None
    db.session.flush()
    assert held.outcome is None
    assert story.outcome is None
    posts.take_back(actor(leen), posts_of(thread)[0].id)
    assert [one.id for one in queue.of_space(actor(moderator), gent.id)] == [story.id]
    (own,) = [one for one in waiting.own(actor(noor)) if one.id == held.id]
    assert (own.title, own.body, own.thread_id) == ("", SECRET, None)
    with pytest.raises(Conflict, match="Kopieer"):
        waiting.take_back(actor(noor), held.id, enter=draft_places.places)
    posts.put_back(actor(leen), posts_of(thread)[0].id)
    assert approve(moderator, held).number == 2
    assert approve(moderator, story).number == 1


def posts_of(thread):
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.number)).all()


def test_its_author_changes_it_and_takes_it_back_as_a_draft(gent, moderator, noor, thread, newcomers):
    held, story = reply(noor, thread, key="een"), start(noor, gent)
    waiting.change(actor(noor), held.id, title="", body="Beter gezegd.", seen=1)
    with pytest.raises(Conflict, match="veranderd"):
        waiting.change(actor(noor), held.id, title="", body="Nog anders.", seen=1)
    with pytest.raises(Conflict, match="veranderd"):
        approve(moderator, held, seen=1)
    with pytest.raises(Invalid):
        waiting.change(actor(noor), story.id, title=" ", body="x", seen=1)
    for one, form in ((held, "reply"), (story, "story")):
        draft = waiting.take_back(actor(noor), one.id, enter=draft_places.places)
        assert draft.subject.form == form
        assert (one.body, one.title, one.outcome) == ("", "", HeldOutcome.TAKEN_BACK)
    texts = {draft.fields["body"] for draft in drafts.every(actor(noor), enter=draft_places.places)}
    assert texts == {"Beter gezegd.", SECRET}
    assert waiting.own(actor(noor)) == []
    assert queue.of_space(actor(moderator), gent.id) == []
    for act in (approve, refuse):
        with pytest.raises((Conflict, NotFound)):
            act(moderator, held)
    again = reply(noor, thread, key="een")
    assert again != held, "what was taken back can be sent again"
    waiting.throw_away(actor(noor), again.id)
    assert again.body == ""


def test_a_refusal_gives_a_reason_and_the_text_back_and_can_be_undone(
    gent, moderator, noor, thread, newcomers, monkeypatch
):
    held = reply(noor, thread, key="een")
    with pytest.raises(Invalid) as empty:
        refuse(moderator, held, " ")
    assert empty.value.field == "reason"
    other = make_member("Hanne", space=gent, role=Role.MODERATOR)
    act = acts_of(moderator, lambda: refuse(moderator, held))
    assert refuse(moderator, held) == held, "the same press, twice"
    for late in (approve, refuse):
        with pytest.raises(Conflict, match="Wouter heeft dit net geweigerd"):
            late(other, held)
    (own,) = waiting.own(actor(noor))
    assert (own.state, own.reason) == ("waiting", ""), "until it can no longer be undone"
    undo.undo(actor(moderator), act.id)
    assert held.outcome is None
    assert [one.id for one in queue.of_space(actor(other), gent.id)] == [held.id]
    react()
    assert told(clock.now() + timedelta(hours=1)) == []
    act = acts_of(other, lambda: refuse(other, held, "Noem geen namen."))
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    react()
    assert told() == [("Noor", "post_refused")]
    with pytest.raises(Conflict):
        undo.undo(actor(other), act.id)
    (own,) = waiting.own(actor(noor))
    assert (own.state, own.reason, own.body) == ("refused", "Noem geen namen.", SECRET)
    with pytest.raises(Conflict, match="het is niet verschenen"):
        reply(noor, thread, key="een")
    draft = waiting.take_back(actor(noor), held.id, enter=draft_places.places)
    assert draft.fields["body"] == SECRET
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=91))
    waiting.forget_decided()
    assert count(HeldPost) == 0


def acts_of(member, act):
    act()
    return undo.undoable.open_acts(actor(member))[0]


def test_an_edit_adds_no_first_link_where_that_of_somebody_waits(gent, moderator, noor, thread):
    post = make_post(thread, noor)
    choosing.choose(actor(moderator), gent.id, Choice(links=True))
    linked = {"body": "Zie https://voorbeeld.test", "seen_revision": 1}
    with pytest.raises(Invalid) as refused:
        sending.edit(actor(noor), post.id, **linked)
    assert refused.value.field == "body"
    assert post.revision == 1
    sending.edit(actor(noor), post.id, body="Zonder.", seen_revision=1)
    choosing.choose(actor(moderator), gent.id, Choice())
    sending.edit(actor(noor), post.id, body="Zie https://voorbeeld.test", seen_revision=2)
    assert post.revision == 3


def test_a_reply_appears_where_its_thread_was_merged_at_that_moment(
    gent, leen, moderator, noor, thread, monkeypatch
):
    choosing.choose(actor(moderator), gent.id, Choice(newcomers=True))
    held, other = reply(noor, thread, "Zomaar."), make_thread(gent, leen)
    html, lock = deciding.rendered(actor(moderator), held.id), post_store.locked_thread

    def merged_first(who, thread_id):
        """Somebody else who had the thread locked let what waits go along to another one."""
        monkeypatch.undo()
        db.session.execute(
            update(HeldPost.__table__).where(HeldPost.id == held.id).values(thread_id=other.id)
        )
        return lock(who, thread_id)

    monkeypatch.setattr(post_store, "locked_thread", merged_first)
    post = deciding.approve(actor(moderator), held.id, seen=1, html=html)
    assert (post.thread_id, post.thread.id) == (other.id, other.id)
