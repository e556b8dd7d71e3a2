"""An act that touches lessons takes effect at once; for ten minutes it can be undone, and nobody is told before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.consents import removals, settling
from forum.domain.doctor import words as doctor_words
from forum.domain.lessons import claims, impact, lessons, weakened
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.workbench import draft
from forum.domain.moderation import hiding, taking_back, undo
from forum.domain.threads import page as thread_page
from forum.infra import clock
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt, RemovalKind
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience, Role
from forum.models.undo import UndoableAct
from forum.policy.errors import Conflict, Invalid, NotFound
from tests import other_readers, reviewed
from tests.factories import actor, make_member, make_post
from tests.lesson_scenario import WORDS, build
from tests.sweeps import once

TEN = timedelta(minutes=10)


def out(scenario, audience=Audience.NETWORK):
    """A published lesson on one excerpt, under each consent that it needs."""
    lesson = scenario.draft()
    if audience.rank > scenario.thread.audience.rank:
        scenario.agree(lesson, audience=audience, masking=Masking.FUNCTION, shown_as="a field worker")
    lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
    by = {Audience.SPACE: "second", Audience.NETWORK: "reviewer", Audience.PUBLIC: "editor"}[audience]
    reviewed.publish(scenario.actor(by), lesson.id, recognised=False)
    return lesson


def readers(scenario):
    guest = make_member("Gust", space=scenario.space, role=Role.GUEST)
    return {
        "author": scenario.actor("author"),
        "curator": scenario.actor("curator"),
        "member": actor(make_member("Mia", space=scenario.space)),
        "guest": actor(guest),
        "elsewhere": scenario.actor("reader"),
        "visitor": None,
    }


def seen(people, lesson, number=None):
    """What each reader gets: words, or why not; nothing where they may not read the lesson."""
    found = {}
    for name, person in people.items():
        try:
            page = lesson_page.page(person, lesson.public_id, number)
        except NotFound:
            continue
        found[name] = [one.words or one.withheld for claim in page.claims for one in claim.excerpts]
    return found


def latest():
    return db.session.scalars(select(UndoableAct).order_by(UndoableAct.id.desc())).first()


def first_excerpt(lesson):
    return db.session.scalars(select(Excerpt).order_by(Excerpt.id)).first()


ACTS = {
    "narrow": (
        "curator",
        lambda who, scenario, lesson: other_readers.set_audience(
            who, scenario.thread.id, audience=Audience.SPACE
        ),
        "",
    ),
    "hide": (
        "curator",
        lambda who, scenario, lesson: hiding.hide(who, scenario.post.id, reason="A name"),
        "hidden",
    ),
    "take back": (
        "author",
        lambda who, scenario, lesson: taking_back.take_back(who, scenario.post.id),
        "deleted",
    ),
    "object": (
        "author",
        lambda who, scenario, lesson: removals.take_out(who, first_excerpt(lesson).id),
        "removed",
    ),
}


@pytest.mark.parametrize("audience", once(Audience, Audience.NETWORK))
@pytest.mark.parametrize("act", ACTS)
def test_what_each_reader_gets_before_and_after_and_undone(session, act, audience):
    scenario = build(Audience.NETWORK if audience == Audience.SPACE else audience)
    lesson, people = out(scenario, audience), readers(scenario)
    by, do, withheld = ACTS[act]
    before = seen(people, lesson)
    assert all(got == [WORDS] for got in before.values())
    inside = {"author", "curator", "member", "guest"}
    wider = {
        Audience.SPACE: set(),
        Audience.NETWORK: {"elsewhere"},
        Audience.PUBLIC: {"elsewhere", "visitor"},
    }
    assert set(before) == inside | wider[audience]
    who = scenario.actor(by)
    do(who, scenario, lesson)
    after = seen(people, lesson)
    assert all(got == [withheld or WORDS] for got in after.values())
    assert (lesson.weakened_at is not None) == bool(withheld)
    assert [one.id for one in weakened.waiting(scenario.actor("curator"))] == (
        [lesson.id] if withheld else []
    )
    if act != "object":
        assert thread_page.page(who, scenario.thread.id).has_acts
    stranger = scenario.actor("reader")
    with pytest.raises(NotFound):
        undo.undo(stranger, latest().id)
    undo.undo(who, latest().id)
    undo.undo(who, latest().id)  # pressed twice
    assert seen(people, lesson) == before
    assert (lesson.weakened_at, scenario.thread.audience) == (
        None,
        Audience.NETWORK if audience == Audience.SPACE else audience,
    )
    assert list(doctor_words.consents()) == []


def test_after_ten_minutes_nothing_is_undone(session):
    scenario = build()
    lesson = out(scenario)
    for by, do, _withheld in ACTS.values():
        act_before = latest()
        do(scenario.actor(by), scenario, lesson)
        act = latest()
        assert act is not act_before
        with clock.at(act.until), pytest.raises(Conflict):
            undo.undo(scenario.actor(by), act.id)
        undo.undo(scenario.actor(by), act.id)


def test_a_narrower_audience_stays_once_somebody_wrote_for_it(session):
    scenario = build()
    other_readers.set_audience(scenario.actor("curator"), scenario.thread.id, audience=Audience.SPACE)
    make_post(scenario.thread, scenario.author, "Between us.")
    with pytest.raises(Conflict):
        undo.undo(scenario.actor("curator"), latest().id)
    assert scenario.thread.audience == Audience.SPACE


def test_what_was_taken_out_is_settled_in_a_new_version_and_sealed_in_the_old(session):
    scenario = build(Audience.SPACE)
    lesson, people = out(scenario), readers(scenario)
    author = scenario.actor("author")
    (own,) = removals.mine(author)
    assert (own.view.words, own.said, own.by_consent) == (WORDS, WORDS, True)
    with pytest.raises(NotFound):
        removals.take_out(scenario.actor("curator"), own.id)
    act = removals.take_out(author, own.id)
    assert removals.take_out(author, own.id).id == act.id
    assert [one.undo.id for one in removals.mine(author)] == [act.id]
    assert settling.settle_due(db.session.flush) == 0
    lessons.revise(scenario.actor("curator"), lesson.id)
    with clock.at(act.until):
        assert settling.settle_due(db.session.flush) == 1
        assert settling.settle_due(db.session.flush) == 0
    assert all(got == [] for got in seen(people, lesson).values())
    assert all(got == ["removed"] for got in seen(people, lesson, "1.0").values())
    lesson = db.session.get_one(Lesson, lesson.id)
    current = db.session.get_one(LessonVersion, lesson.current_id)
    working = db.session.get_one(LessonVersion, lesson.working_id)
    assert (current.number, current.sequence, working.sequence) == ("1.1", 2, 3)
    excerpt = db.session.scalars(select(Excerpt)).one()
    assert (excerpt.words, excerpt.sha256, excerpt.removal) == ("", "", RemovalKind.WITHDRAWN)
    consent = db.session.scalars(select(Consent)).one()
    assert (consent.words, consent.shown_as, consent.agreed) == ("", "", False)
    assert (lesson.weakened_at is not None, removals.mine(author)) == (True, [])
    curator = scenario.actor("curator")
    claim = db.session.scalars(select(Claim).where(Claim.version_id == working.id)).one()
    with pytest.raises(Invalid):
        claims.quote(curator, claim.id, post_id=scenario.post.id, words=WORDS, stance="supports")
    for check in (doctor_words.quoted, doctor_words.agreed, doctor_words.consents):
        assert list(check()) == []


def test_what_a_new_version_was_begun_without_comes_back_when_it_is_undone(session):
    scenario = build()
    lesson, curator, author = out(scenario), scenario.actor("curator"), scenario.actor("author")
    act = removals.take_out(author, removals.mine(author)[0].id)
    version = lessons.revise(curator, lesson.id)
    workbench = draft.workbench(curator, lesson.id)
    one = workbench.claims[0].excerpts[0].quote
    assert (one.words, workbench.facts.excerpt_count, workbench.facts.heard) == ("", 0, 0), (
        "out of sight at once"
    )
    with pytest.raises(Invalid):
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    undo.undo(author, act.id)
    one = draft.workbench(curator, lesson.id).claims[0].excerpts[0].quote
    assert one.words == WORDS
    again = removals.take_out(author, removals.mine(author)[0].id)
    with clock.at(again.until):
        settling.settle_due(db.session.flush)
    assert draft.workbench(curator, lesson.id).claims[0].excerpts == []
    assert db.session.get_one(LessonVersion, version.id).number is None


def test_where_a_masked_source_came_from_stays_unknown_when_it_is_taken_out(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)  # masked
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    author, lesson_id = scenario.actor("author"), lesson.id
    act = removals.take_out(author, removals.mine(author)[0].id)
    kept = []
    for moment in (act.at, act.until):
        with clock.at(moment):
            settling.settle_due(db.session.flush)
        lesson = db.session.get_one(Lesson, lesson_id)
        versions = db.session.scalars(select(LessonVersion).where(LessonVersion.lesson_id == lesson_id))
        kept.append([(version.cities, version.masked) for version in versions])
    assert kept == [[([], True)], [([], True), ([], True)]]
    assert list(doctor_words.consents()) == []


def test_nor_does_a_later_act_or_version_name_a_city_that_somebody_was_masked_for(session):
    scenario = build(Audience.SPACE)
    mia = make_member("Mia", space=scenario.space)
    post = make_post(scenario.thread, mia, "We rang twice. Half of them came back. Nobody asked why.")
    lesson, curator = scenario.draft(), scenario.actor("curator")
    claim = db.session.scalars(select(Claim).where(Claim.version_id == lesson.working_id)).one()
    scenario.agree(lesson)  # masked
    for words in ("We rang twice", "Nobody asked why"):
        claims.quote(curator, claim.id, post_id=post.id, words=words, stance="supports")
        scenario.agree_to(post, lesson, words, masking=Masking.NAME, city_shown=True, shown_as="Mia")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    versions = select(LessonVersion).where(LessonVersion.lesson_id == lesson.id).order_by(LessonVersion.id)

    def named():
        return [(version.cities, version.masked) for version in db.session.scalars(versions)]

    author = scenario.actor("author")
    first = removals.take_out(author, removals.mine(author)[0].id)
    with clock.at(first.until):
        settling.settle_due(db.session.flush)
    second = removals.take_out(actor(mia), removals.mine(actor(mia))[0].id)
    assert named() == [([], True), ([], True)]
    undo.undo(actor(mia), second.id)
    assert named() == [([], True), ([], True)]
    lessons.revise(curator, lesson.id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    assert [cities for cities, _masked in named()] == [[], [], []]
    assert list(doctor_words.consents()) == []


def test_an_erased_account_leaves_no_text_in_lessons(session):
    scenario = build()
    lesson, people = out(scenario), readers(scenario)
    settling.erase(scenario.author.id)
    assert all(got == ["removed"] for got in seen(people, lesson, "1.0").values())
    assert db.session.scalars(select(Excerpt)).one().removal == RemovalKind.ERASED


def test_the_question_before_an_act_says_which_lessons_lose_what_as_far_as_the_actor_may_know(session):
    scenario = build()
    lesson = out(scenario)
    curator = scenario.actor("curator")
    (loss,) = impact.of_post(curator, scenario.post.id)
    assert (loss.public_id, loss.excerpts, loss.bare) == (lesson.public_id, 1, (1,))
    (loss,) = impact.of_thread(curator, scenario.thread.id)
    assert (loss.excerpts, loss.bare) == (0, ())
    assert impact.of_post(curator, scenario.posts()[1].id) == []
    lesson.audience = Audience.SPACE
    db.session.flush()
    assert impact.of_post(scenario.actor("reader"), scenario.post.id) == []
