"""Asking somebody to check a lesson: who can be asked, what becomes of the question, and what ends it."""

from datetime import timedelta

import pytest

from forum.domain.lessons import (
    lessons,
    review_answers,
    review_letters,
    review_over,
    review_requests,
    review_set_aside,
    review_states,
    undo,
)
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.review_candidates import NAMES_MOST
from forum.domain.lessons.workbench import asking, desk
from forum.infra import clock, days, fitting, workdays
from forum.infra.db import db
from forum.models.accounts import Capacity, Member
from forum.models.events import Event
from forum.models.lessons import LessonReview, LessonState, ReviewBasis, ReviewRequest
from forum.models.spaces import Audience, Membership, Role, Space
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import reviewed
from tests.factories import actor, join, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build

EVERY = list(Audience)


@pytest.fixture
def scenario(session):
    return build()


def offered(scenario, lesson):
    """The groups and the names for each audience."""
    return {
        one.audience: (one.moderators, one.editors, [who.byline.name for who in one.people])
        for one in asking.offered(scenario.actor("curator"), lesson.id, EVERY)
    }


def send(scenario, lesson, audience=Audience.NETWORK, **over):
    return lessons.submit(scenario.actor("curator"), lesson.id, audience=audience, **over)


def gent_id(scenario):
    """The space of the reviewer."""
    return db.session.scalar(
        db.select(Membership.space_id).where(Membership.member_id == scenario.reviewer.id)
    )


def requests():
    return db.session.scalars(db.select(ReviewRequest).order_by(ReviewRequest.id)).all()


def wrote(scenario, member, *, audience=Audience.NETWORK):
    """Let somebody say something in a thread of their own, elsewhere."""
    space = make_space(member.name)
    join(member, space)
    make_thread(space, member, title="Elsewhere", audience=audience)


def test_each_audience_has_a_group_and_names_only_of_people_the_asker_meets(scenario):
    lesson = scenario.draft()
    assert offered(scenario, lesson) == {
        Audience.SPACE: (1, 0, ["Sien"]),
        Audience.NETWORK: (1, 1, []),
        Audience.PUBLIC: (0, 1, []),
    }, "Wout and Els have never written anything that Cas can read"
    make_post(scenario.thread, scenario.reviewer)
    wrote(scenario, scenario.editor, audience=Audience.SPACE)
    assert offered(scenario, lesson)[Audience.NETWORK] == (1, 1, ["Wout"])
    assert offered(scenario, lesson)[Audience.PUBLIC] == (0, 1, [])
    wrote(scenario, scenario.editor)
    assert offered(scenario, lesson)[Audience.NETWORK] == (1, 1, ["Els", "Wout"])
    with pytest.raises(Invalid):
        send(scenario, lesson, asked_id=scenario.second.id)
    for stranger in ("reader", "author"):
        with pytest.raises(NotFound):
            asking.offered(scenario.actor(stranger), lesson.id, EVERY)


def test_nobody_is_missed_behind_many_whom_the_rule_refuses(scenario, monkeypatch):
    monkeypatch.setattr(fitting, "PAGE", 2)
    lesson, gent = scenario.draft(), db.session.get_one(Space, gent_id(scenario))
    for number in range(3):  # they come first in every list, and moderate the city that the lesson is from
        both = make_member(f"Aart {number}", space=gent, role=Role.MODERATOR)
        join(both, scenario.space, Role.MODERATOR)
        wrote(scenario, both)
    wrote(scenario, scenario.reviewer)
    assert offered(scenario, lesson)[Audience.NETWORK] == (1, 1, ["Wout"])
    curator = scenario.actor("curator")
    for typed in ("wou", "@" + scenario.reviewer.handle, scenario.reviewer.handle.upper()):
        found = asking.find(curator, lesson.id, Audience.NETWORK, typed)
        assert [one.byline.name for one in found] == ["Wout"], typed
    assert asking.find(curator, lesson.id, Audience.NETWORK, "aart") == []
    drafts = [scenario.draft(text=f"Claim {number}") for number in range(3)]
    for one in (lesson, *drafts):
        send(scenario, one)
    everybody = len(review_requests.waiting(scenario.actor("editor")))
    assert (everybody, len(desk.waiting_for(scenario.actor("editor")))) == (4, 4)
    assert (
        review_requests.waiting(
            actor(db.session.scalars(db.select(Member).where(Member.name == "Aart 0")).one())
        )
        == []
    )


def test_where_no_other_moderator_is_a_member_who_is_not_quoted_is_named(scenario):
    lesson = scenario.draft()
    nel = make_member("Nel", space=scenario.space)
    make_member("Gust", space=scenario.space, role=Role.GUEST)
    with pytest.raises(Invalid) as refusal:
        send(scenario, lesson, Audience.SPACE, asked_id=nel.id)
    assert refusal.value.field == "reviewer", "while Sien moderates too"
    db.session.execute(
        db.update(Membership).where(Membership.member_id == scenario.second.id).values(ended_at=clock.now())
    )
    assert offered(scenario, lesson)[Audience.SPACE] == (0, 0, ["Nel"])
    for nobody in (None, scenario.author.id, scenario.reviewer.id, scenario.curator.id, 2**62, 10**30, -1):
        with pytest.raises(Invalid) as refusal:
            send(scenario, lesson, Audience.SPACE, asked_id=nobody)
        assert refusal.value.field == "reviewer"
    assert requests() == []
    send(scenario, lesson, Audience.SPACE, asked_id=nel.id, note="Is it fair?")
    reviewed.publish(actor(nel), lesson.id)
    assert lesson.state == LessonState.PUBLISHED
    assert db.session.scalars(db.select(LessonReview.basis)).one() == ReviewBasis.NAMED


def test_sent_to_somebody_it_is_asked_once_with_a_term_and_a_note(scenario):
    lesson = scenario.draft()
    make_post(scenario.thread, scenario.reviewer)
    for _twice in range(2):
        send(scenario, lesson, asked_id=scenario.reviewer.id, note=" Look at\n claim 1. ")
    (request,) = requests()
    assert (request.asked_id, request.asked_by_id) == (scenario.reviewer.id, scenario.curator.id)
    assert (request.note, request.due_on) == ("Look at\nclaim 1.", workdays.after(days.today(), 10))
    (line,) = review_requests.waiting(scenario.actor("reviewer"))
    assert (line.lesson_id, line.asked_by, line.by_name) == (lesson.id, "Cas", True)
    for name in ("editor", "curator", "second", "reader", "author"):
        assert review_requests.waiting(scenario.actor(name)) == [], name
    with pytest.raises(Forbidden):
        review_requests.decline(scenario.actor("editor"), lesson.id)


def test_sent_again_to_somebody_else_it_is_not_taken_for_the_same(scenario):
    wrote(scenario, scenario.reviewer)
    lesson = scenario.draft()
    for _twice in range(2):
        send(scenario, lesson)
    with pytest.raises((Conflict, Forbidden)):
        send(scenario, lesson, asked_id=scenario.reviewer.id)
    assert [one.asked_id for one in requests()] == [None]


def test_the_group_hears_of_it_until_it_is_settled(scenario):
    lesson = scenario.draft()
    send(scenario, lesson)
    for name in ("reviewer", "editor"):
        assert [one.by_name for one in review_requests.waiting(scenario.actor(name))] == [False], name
    assert review_requests.waiting(scenario.actor("second")) == []
    lessons.send_back(scenario.actor("reviewer"), lesson.id, note="Say more.")
    assert review_requests.waiting(scenario.actor("editor")) == []
    assert requests()[0].ended_at is not None
    send(scenario, lesson)
    undo.ask_back(scenario.actor("curator"), lesson.id)
    assert review_requests.waiting(scenario.actor("editor")) == []
    send(scenario, lesson)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    assert [one.ended_at is not None for one in requests()] == [True, True, True]
    with pytest.raises(Conflict):
        review_requests.ask(scenario.actor("curator"), lesson.id, asked_id=None)


def test_one_of_the_group_puts_it_away_for_herself_until_it_is_asked_anew(scenario):
    lesson, editor = scenario.draft(), scenario.actor("editor")
    send(scenario, lesson)
    (request,) = requests()
    for _twice in range(2):
        review_set_aside.put_away(editor, lesson.id)
    assert review_requests.waiting(editor) == []
    assert review_letters.question(scenario.editor, request.id) is None
    assert [one.lesson_id for one in review_requests.waiting(scenario.actor("reviewer"))] == [lesson.id]
    assert review_letters.question(scenario.reviewer, request.id) is not None
    assert [one.id for one in desk.waiting_for(editor)] == [lesson.id], (
        "on the workbench it can be found again"
    )
    for name, error in (("curator", Forbidden), ("second", Forbidden), ("reader", NotFound)):
        with pytest.raises(error):
            review_set_aside.put_away(scenario.actor(name), lesson.id)
    with clock.at(clock.now() + timedelta(days=30)):
        review_requests.ask(scenario.actor("curator"), lesson.id, asked_id=None)
        assert [one.lesson_id for one in review_requests.waiting(editor)] == [lesson.id]
        review_set_aside.put_away(editor, lesson.id)
        reviewed.publish(editor, lesson.id)
        with pytest.raises(Conflict):
            review_set_aside.put_away(scenario.actor("reviewer"), lesson.id)


def test_a_question_asked_again_is_a_new_one_and_sent_twice_it_is_one(scenario):
    lesson, curator, editor = scenario.draft(), scenario.actor("curator"), scenario.actor("editor")
    send(scenario, lesson, note="Look at claim 1.")
    asked = db.select(db.func.count()).where(Event.name == "review.requested")

    def ask(note, days_later=0):
        with clock.at(clock.now() + timedelta(days=days_later)):
            request = review_requests.ask(curator, lesson.id, asked_id=None, note=note)
            return request.note, len(review_requests.waiting(editor)), db.session.scalar(asked)

    assert ask("Look at claim 1.") == ("Look at claim 1.", 1, 1), "the form was sent twice"
    for _twice in range(2):
        assert ask("And claim 2.") == ("And claim 2.", 1, 2)
    review_set_aside.put_away(editor, lesson.id)
    assert review_requests.waiting(editor) == []
    with clock.at(clock.now() + timedelta(seconds=1)):
        assert ask("And claim 2.") == ("And claim 2.", 1, 3)
    assert ask("And claim 2.", days_later=1) == ("And claim 2.", 1, 4)
    assert len(requests()) == 1


def test_whoever_is_alone_leaves_it_to_nobody(session):
    scenario = build(Audience.SPACE)
    lesson, second = scenario.draft(), scenario.actor("second")
    send(scenario, lesson, Audience.SPACE)
    with pytest.raises(Conflict):
        review_set_aside.put_away(second, lesson.id)
    assert not asking.in_review(second, lesson.id).question.has_others
    assert [one.lesson_id for one in review_requests.waiting(second)] == [lesson.id]
    make_member("Thijs", space=scenario.space, role=Role.MODERATOR)
    assert asking.in_review(second, lesson.id).question.has_others
    review_set_aside.put_away(second, lesson.id)
    assert review_requests.waiting(second) == []


def test_only_who_was_asked_about_the_last_version_hears_that_it_is_over(scenario):
    nel = make_member("Nel", space=make_space("Genk", city="genk"), city="genk")
    make_post(scenario.thread, nel)
    lesson, curator, told = scenario.draft(), scenario.actor("curator"), review_over.was_asked
    send(scenario, lesson)
    assert not told(scenario.actor("reviewer"), lesson.id), "it waits still"
    undo.ask_back(curator, lesson.id)
    late = make_member("Late", space=make_space("Lier", city="lier"), city="lier", role=Role.MODERATOR)
    since = clock.now() + timedelta(days=100)
    db.session.execute(db.update(Membership).where(Membership.member_id == late.id).values(since_at=since))
    asked = {"reviewer": True, "editor": True, "author": False, "reader": False, "second": False}
    assert {name: told(scenario.actor(name), lesson.id) for name in asked} == asked
    assert not told(actor(late), lesson.id), "they were nobody yet"
    send(scenario, lesson, asked_id=nel.id)
    undo.ask_back(curator, lesson.id)
    assert told(actor(nel), lesson.id)
    assert not told(scenario.actor("reviewer"), lesson.id), "somebody else was asked since"
    send(scenario, lesson, asked_id=nel.id)
    review_requests.decline(actor(nel), lesson.id)
    assert not told(actor(nel), lesson.id)
    undo.ask_back(curator, lesson.id)
    assert not told(actor(nel), lesson.id)


def test_whoever_declines_reads_nothing_more_and_somebody_else_is_asked(scenario):
    nel = make_member("Nel", space=make_space("Genk", city="genk"), city="genk")
    make_post(scenario.thread, nel)
    lesson = scenario.draft()
    send(scenario, lesson, asked_id=nel.id)
    with pytest.raises(NotFound):
        review_requests.ask(scenario.actor("reader"), lesson.id, asked_id=None)
    for _twice in range(2):
        assert review_requests.decline(actor(nel), lesson.id).asked_id == nel.id
    names = db.session.scalars(db.select(Event.name).where(Event.name == "review.declined")).all()
    assert len(names) == 1
    with pytest.raises(NotFound):
        reviewed.publish(actor(nel), lesson.id)
    beside = asking.in_review(scenario.actor("second"), lesson.id)
    assert ([line.state for line in beside.asked], beside.is_stuck) == ([review_states.DECLINED], True)
    with pytest.raises(Invalid):
        review_requests.ask(scenario.actor("second"), lesson.id, asked_id=nel.id)
    review_requests.ask(scenario.actor("second"), lesson.id, asked_id=None)
    beside = asking.in_review(scenario.actor("second"), lesson.id)
    assert ([line.name for line in beside.asked], beside.is_stuck) == (["Nel", ""], False)


def test_a_capacity_that_ended_makes_the_question_one_for_somebody_else(scenario):
    nel = make_member("Nel", space=make_space("Genk", city="genk"), city="genk")
    make_post(scenario.thread, nel)
    lesson = scenario.draft()
    send(scenario, lesson, asked_id=nel.id)
    assert review_requests.waiting(actor(nel)) != []
    db.session.execute(
        db.update(Capacity)
        .where(Capacity.member_id == nel.id)
        .values(ends_on=days.today(), ended_by_id=nel.id)
    )
    assert review_requests.waiting(actor(nel)) == []
    beside = asking.in_review(scenario.actor("curator"), lesson.id)
    assert ([line.state for line in beside.asked], beside.is_stuck) == ([review_states.UNABLE], True)


def suspend(member):
    member.suspended_at = clock.now()


def end_capacity(member):
    db.session.execute(
        db.update(Capacity)
        .where(Capacity.member_id == member.id)
        .values(ends_on=days.today(), ended_by_id=member.id)
    )


@pytest.mark.parametrize("lost", [suspend, end_capacity, None])
def test_what_somebody_can_no_longer_check_waits_for_them_alone_no_longer(scenario, lost):
    nel = make_member("Nel", space=make_space("Genk", city="genk"), city="genk")
    make_post(scenario.thread, nel)
    lesson = scenario.draft()
    send(scenario, lesson, asked_id=nel.id)
    editor, curator = scenario.actor("editor"), scenario.actor("curator")
    with pytest.raises(Forbidden):
        reviewed.publish(editor, lesson.id)
    assert (desk.waiting_for(editor), review_answers.waiting(curator)) == ([], [])
    if lost is not None:
        lost(nel)
        db.session.flush()
    late = clock.now() + timedelta(days=0 if lost else 20)
    with clock.at(late):
        assert [one.id for one in desk.waiting_for(editor)] == [lesson.id]
        (told,) = review_answers.waiting(curator)
        assert (told.lesson_id, told.name, told.how) == (lesson.id, "Nel", "unable" if lost else "silent")
        reviewed.publish(editor, lesson.id)
        assert review_answers.waiting(curator) == []


def test_a_masked_source_is_published_once_its_reviewer_says_that_nobody_recognises_it(session):
    scenario = build(Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    send(scenario, lesson)
    (line,) = review_requests.waiting(scenario.actor("reviewer"))
    assert line.asked_by == "een moderator van een stad", "their name would lead to the city"
    for answer in (None, True):
        with pytest.raises(Invalid) as refusal:
            reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=answer)
        assert refusal.value.field == "unknown"
    assert lesson_reviews.last_return(lesson.id) is None
    reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
    assert lesson.state == LessonState.PUBLISHED


def test_somebody_is_found_by_name_among_those_who_can_be_asked(scenario):
    lesson = scenario.draft()
    genk = make_space("Genk", city="genk")
    for name in ("Zoë Peeters", "Zoë Claes"):
        make_post(scenario.thread, make_member(name, space=genk, city="genk"))
    make_member("Zoë Onbekend", space=genk, city="genk")
    make_post(scenario.thread, make_member("Zoë van hier", space=scenario.space, city="aalst"))

    def found(typed, audience=Audience.NETWORK):
        return [one.byline.name for one in asking.find(scenario.actor("curator"), lesson.id, audience, typed)]

    assert found("zoe") == ["Zoë Claes", "Zoë Peeters"]
    assert found("peet") == ["Zoë Peeters"]
    assert found("zoe", Audience.PUBLIC) == found("z") == found("%") == found("onbekend") == []
    assert found("sien", Audience.SPACE) == ["Sien"]
    assert found("zoe", Audience.SPACE) == [], "Sien moderates too"


def test_who_can_be_asked_costs_the_same_in_a_large_network(scenario, count_queries):
    lesson, curator = scenario.draft(), scenario.actor("curator")
    with count_queries() as few:
        asking.offered(curator, lesson.id, EVERY)
    genk = make_space("Genk", city="genk")
    for number in range(NAMES_MOST + 3):
        moderator = make_member(f"Nel {number}", space=genk, city="genk", role=Role.MODERATOR)
        make_post(scenario.thread, moderator)
    with count_queries() as many:
        offered_ = asking.offered(curator, lesson.id, EVERY)
    assert [len(one.people) for one in offered_] == [1, NAMES_MOST, 0]
    assert many.count == few.count
    again = asking.offered(curator, lesson.id, EVERY, again=moderator.id)
    assert again[1].people[0].id == moderator.id, "who sent it back is offered first"
    assert len(again[1].people) == NAMES_MOST
