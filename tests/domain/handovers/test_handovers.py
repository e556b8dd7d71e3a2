"""What a moderator holds goes to a successor, piece by piece: who may, what changes, and what four eyes still want."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.audit import log as audit_log
from forum.domain.consents import rounds
from forum.domain.handovers import answers, holdings, offers
from forum.domain.inbox import waiting
from forum.domain.lessons import lessons, review_requests
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons import undo as lesson_undo
from forum.domain.people import accounts
from forum.domain.spaces import invitations, memberships
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member, NetworkRole
from forum.models.consents import ConsentRequest
from forum.models.handovers import Ending, HandOver
from forum.models.lessons import LessonReview, LessonState, ReviewRequest
from forum.models.spaces import Audience, Invitation, Role, Space
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests import consent_scenario, reviewed
from tests.factories import actor, join, make_member, make_post, make_space
from tests.lesson_scenario import build
from tests.notices import react, told


@pytest.fixture
def scenario(session):
    return build()


def held_by(member, space):
    """The items that one member holds in a space, as they see them."""
    mine = {one.id: one for one in holdings.page(actor(member)).rows}[space.id].own
    return [(one.kind, one.item_id) for one in mine]


def offered_to(member, space):
    mine = {one.id: one for one in holdings.page(actor(member)).rows}[space.id].offered
    return [(one.kind, one.item.title) for one in mine]


def give(giver, space, items, successor):
    """Offer, and return the ids of the offers."""
    return offers.offer(actor(giver), space.id, items, successor_id=successor.id)


def lesson_in(scenario, **more):
    lesson = scenario.draft(**more)
    db.session.flush()
    return lesson


def test_a_lesson_goes_to_who_accepts_it_and_nothing_changes_before(scenario):
    lesson = lesson_in(scenario)
    assert held_by(scenario.curator, scenario.space) == [("lesson", lesson.id)]
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    assert give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second) == [], "once"
    assert lesson.curator_id == scenario.curator.id
    assert waiting.of(scenario.actor("second")).hand_overs == 1
    assert offered_to(scenario.second, scenario.space) == [("lesson", "Put talking in the roster")]
    react()
    assert ("Sien", "hand_over_offered") in told()
    answers.accept(scenario.actor("second"), offer_id)
    assert answers.accept(scenario.actor("second"), offer_id).ending == Ending.ACCEPTED, "twice is once"
    assert lesson.curator_id == scenario.second.id
    assert held_by(scenario.second, scenario.space) == [("lesson", lesson.id)]
    assert held_by(scenario.curator, scenario.space) == []
    assert waiting.of(scenario.actor("second")).hand_overs == 0
    react()
    assert ("Cas", "hand_over_accepted") in told()
    (line,) = audit_log.page(scenario.actor("second"), scenario.space.id).rows
    assert (line.action, line.actor_name, line.subject_name, line.handed_over, line.reason) == (
        "hand_over", "Sien", "Cas", "lesson", "",
    )  # fmt: skip


def test_a_declined_or_withdrawn_offer_leaves_it_where_it_was(scenario):
    lesson = lesson_in(scenario)
    item = ("lesson", lesson.id)
    (first,) = give(scenario.curator, scenario.space, [item], scenario.second)
    answers.decline(scenario.actor("second"), first)
    answers.decline(scenario.actor("second"), first)
    react()
    assert ("Cas", "hand_over_declined") in told()
    with pytest.raises(Conflict):
        answers.accept(scenario.actor("second"), first)
    (second,) = give(scenario.curator, scenario.space, [item], scenario.second)
    offers.withdraw(scenario.actor("curator"), second)
    offers.withdraw(scenario.actor("curator"), second)
    with pytest.raises(Conflict):
        answers.accept(scenario.actor("second"), second)
    with pytest.raises(Conflict):
        answers.decline(scenario.actor("second"), second)
    assert lesson.curator_id == scenario.curator.id
    (third,) = give(scenario.curator, scenario.space, [item], scenario.second)
    answers.accept(scenario.actor("second"), third)
    with pytest.raises(Conflict, match="intussen aanvaard"):
        offers.withdraw(scenario.actor("curator"), third)


def test_who_may_offer_accept_decline_and_take_back(scenario):
    """Guest, member, pending, suspended, former moderator, moderator elsewhere, editor, administrator."""
    space, lesson = scenario.space, lesson_in(scenario)
    item = [("lesson", lesson.id)]
    suspended = make_member("Sus", space=space, role=Role.MODERATOR)
    suspended.suspended_at = clock.now()
    former = make_member("Fons", space=space, role=Role.MODERATOR)
    memberships.set_role(scenario.actor("curator"), space.id, former.id, role=Role.MEMBER)
    pending = make_member("Pia")
    pending.approved_at = None
    outsiders = [
        make_member("Gust", space=space, role=Role.GUEST), scenario.author, pending, suspended, former,
        scenario.reviewer, scenario.editor, make_member("Ad", network_role=NetworkRole.ADMIN),
    ]  # fmt: skip
    db.session.flush()
    acting = [one for one in outsiders if one is not suspended]  # who is suspended does nothing at all
    for one in acting:
        with pytest.raises((Forbidden, NotFound, Invalid)):
            give(one, space, item, scenario.second)
    for one in outsiders:
        with pytest.raises(Invalid, match="Kies een moderator"):
            give(scenario.curator, space, item, one)
    third = make_member("Ties", space=space, role=Role.MODERATOR)
    with pytest.raises(Invalid, match="Niet alles hiervan"):
        give(third, space, item, scenario.second)
    with pytest.raises(Invalid, match="al op jouw naam"):
        give(scenario.curator, space, item, scenario.curator)
    (offer_id,) = give(scenario.curator, space, item, scenario.second)
    for one in (*acting, third):
        for verb in (answers.accept, answers.decline, offers.withdraw):
            with pytest.raises(NotFound):
                verb(actor(one), offer_id)
    with pytest.raises(NotFound):
        answers.accept(scenario.actor("curator"), offer_id)
    with pytest.raises(NotFound):
        answers.accept(scenario.actor("second"), offer_id + 1)
    with pytest.raises(Invalid, match="al aangeboden"):
        give(scenario.curator, space, item, third)
    assert lesson.curator_id == scenario.curator.id


def test_an_offer_ends_with_the_role_of_its_successor_and_stands_when_its_giver_leaves(scenario):
    lesson = lesson_in(scenario)
    item = [("lesson", lesson.id)]
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    (offer_id,) = give(scenario.curator, scenario.space, item, scenario.second)
    memberships.set_role(actor(third), scenario.space.id, scenario.second.id, role=Role.MEMBER)
    with pytest.raises(NotFound):
        answers.accept(scenario.actor("second"), offer_id)
    assert waiting.of(scenario.actor("second")).hand_overs == 0
    (again,) = give(scenario.curator, scenario.space, item, third)
    assert db.session.get(HandOver, offer_id, populate_existing=True).ending == Ending.OVER
    memberships.remove(actor(third), scenario.space.id, scenario.curator.id, reason="She left.")
    answers.accept(actor(third), again)
    assert lesson.curator_id == third.id


@pytest.mark.parametrize("way", ["demoted", "removed", "suspended"])
def test_what_somebody_left_behind_is_told_and_taken_over_by_any_moderator(scenario, way):
    lesson = lesson_in(scenario)
    item = [("lesson", lesson.id)]
    if way == "demoted":
        memberships.set_role(
            scenario.actor("second"), scenario.space.id, scenario.curator.id, role=Role.MEMBER
        )
    elif way == "removed":
        memberships.remove(scenario.actor("second"), scenario.space.id, scenario.curator.id, reason="Left.")
    else:
        admin = make_member("Ad", network_role=NetworkRole.ADMIN)
        accounts.suspend(actor(admin), scenario.curator.id, reason="Lost her laptop.")
    react()
    assert ("Sien", "left_behind") in told()
    assert not [one for one in told() if one[1] == "left_behind" and one[0] != "Sien"]
    (space,) = holdings.page(scenario.actor("second")).rows
    assert [(one.kind, one.holder) for one in space.left] == [("lesson", "Cas")]
    assert give(scenario.second, scenario.space, item, scenario.second)
    assert lesson.curator_id == scenario.second.id
    assert not holdings.page(scenario.actor("second")).rows[0].left


def test_four_eyes_hold_after_a_hand_over(scenario):
    lesson = lesson_in(scenario)
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    answers.accept(scenario.actor("second"), offer_id)
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    lessons.submit(scenario.actor("second"), lesson.id, audience=Audience.SPACE)
    for maker in ("curator", "second"):
        with pytest.raises(Forbidden, match="Jij maakte deze les zelf"):
            reviewed.publish(scenario.actor(maker), lesson.id)
        with pytest.raises(Forbidden, match="Jij maakte deze les zelf"):
            lessons.send_back(scenario.actor(maker), lesson.id, note="No.")
    reviewed.publish(actor(third), lesson.id)
    (review,) = db.session.scalars(select(LessonReview))
    assert review.reviewer_id == third.id, "who approved stays"
    lessons.revise(scenario.actor("second"), lesson.id)
    db.session.flush()
    with pytest.raises(Invalid, match="goedkeurde"):
        give(scenario.second, scenario.space, [("lesson", lesson.id)], third)
    assert give(scenario.second, scenario.space, [("lesson", lesson.id)], scenario.curator), "it may go back"


def test_who_is_asked_to_check_it_cannot_take_it_also_when_they_are_asked_after_the_offer(scenario):
    lesson = lesson_in(scenario)
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE, asked_id=scenario.second.id)
    db.session.flush()
    (space,) = holdings.page(scenario.actor("second")).rows
    assert "bij naam gevraagd" in space.offered[0].may.reason
    with pytest.raises(Forbidden, match="bij naam gevraagd"):
        answers.accept(scenario.actor("second"), offer_id)
    review_requests.decline(scenario.actor("second"), lesson.id)
    answers.accept(scenario.actor("second"), offer_id)
    assert (lesson.curator_id, lesson.state) == (scenario.second.id, LessonState.IN_REVIEW)
    with pytest.raises(Forbidden):
        reviewed.publish(scenario.actor("second"), lesson.id)


def test_a_review_in_hand_goes_along_and_a_returned_version_comes_to_the_successor(scenario):
    lesson = lesson_in(scenario)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE)
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    answers.accept(scenario.actor("second"), offer_id)
    (request,) = db.session.scalars(select(ReviewRequest))
    assert request.asked_by_id == scenario.second.id
    lessons.send_back(actor(third), lesson.id, note="Say where.")
    assert [one.title for one in waiting.of(scenario.actor("second")).came_back] == [
        "Put talking in the roster"
    ]
    assert not waiting.of(scenario.actor("curator")).came_back
    react()
    assert ("Sien", "returned") in told()


def test_each_version_keeps_who_made_it(scenario):
    lesson = scenario.draft()
    scenario.agree(lesson)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("reviewer"), lesson.id)
    with clock.at(clock.now() + timedelta(days=1)):
        lessons.revise(scenario.actor("curator"), lesson.id)
        db.session.flush()
        (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
        answers.accept(scenario.actor("second"), offer_id)
        db.session.flush()
        inside = scenario.actor("author")
        assert lesson_page.page(inside, lesson.public_id).origin.curator.name == "Cas"
        lessons.submit(scenario.actor("second"), lesson.id, audience=Audience.NETWORK)
        reviewed.publish(scenario.actor("editor"), lesson.id)
        assert lesson_page.page(inside, lesson.public_id).origin.curator.name == "Sien"
        assert lesson_page.page(inside, lesson.public_id, "1.0").origin.curator.name == "Cas"


def test_what_is_settled_meanwhile_cannot_be_taken_over(scenario):
    lesson = lesson_in(scenario)
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    lesson_undo.discard(scenario.actor("curator"), lesson.id)
    db.session.flush()
    assert waiting.of(scenario.actor("second")).hand_overs == 0
    assert offered_to(scenario.second, scenario.space) == []
    with pytest.raises(Conflict):
        answers.accept(scenario.actor("second"), offer_id)


def test_a_review_that_is_asked_by_name_goes_to_a_colleague_who_can_check_it(scenario):
    lesson = scenario.draft()
    scenario.agree(lesson)
    gent = db.session.get(Member, scenario.reviewer.id)
    make_post(scenario.thread, gent, "With us too.")  # so the curator knows of him
    elsewhere = next(iter(actor(gent).roles))
    space = db.session.get(Space, elsewhere)
    colleague = make_member("Wies", space=space, role=Role.MODERATOR)
    lessons.submit(
        scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=scenario.reviewer.id
    )
    react()
    (request,) = db.session.scalars(select(ReviewRequest))
    assert held_by(scenario.reviewer, space) == [("review", request.id)]
    assert holdings.counts(space.id) == ([], 0), "what somebody is asked to check is not told to colleagues"
    (offer_id,) = give(scenario.reviewer, space, [("review", request.id)], colleague)
    answers.accept(actor(colleague), offer_id)
    react()
    assert ("Cas", "review_passed") in told()
    assert ("Wout", "review_asked") not in told(), "it waits for them no longer"
    assert [one.lesson_id for one in waiting.of(actor(colleague)).reviews] == [lesson.id]
    assert not waiting.of(actor(gent)).reviews
    reviewed.publish(actor(colleague), lesson.id)


def test_a_review_does_not_go_to_who_may_not_check_it(scenario):
    lesson = scenario.draft()
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.SPACE, asked_id=third.id)
    (request,) = db.session.scalars(select(ReviewRequest))
    (offer_id,) = give(third, scenario.space, [("review", request.id)], scenario.curator)
    with pytest.raises(Forbidden, match="niet nalezen"):
        answers.accept(scenario.actor("curator"), offer_id)
    offers.withdraw(actor(third), offer_id)
    (offer_id,) = give(third, scenario.space, [("review", request.id)], scenario.second)
    review_requests.ask(scenario.actor("curator"), lesson.id, asked_id=scenario.second.id)
    with pytest.raises(Forbidden, match="al eens gevraagd"):
        answers.accept(scenario.actor("second"), offer_id)
    review_requests.decline(scenario.actor("second"), lesson.id)
    with pytest.raises(Forbidden, match="al eens gevraagd"):
        answers.accept(scenario.actor("second"), offer_id)
    assert request.asked_id == third.id


def test_a_question_to_authors_goes_with_its_lesson_and_they_are_told_by_whom_they_are_asked_now(session):
    scenario = consent_scenario.build()
    second = scenario.others["second"]
    opened = scenario.ask()
    scenario.say("Amina", "masked")
    query = select(ConsentRequest).order_by(ConsentRequest.id)
    asked = [(one.words, one.claim_text, one.answer) for one in db.session.scalars(query)]
    term = opened.closes_at
    assert held_by(scenario.curator, scenario.space) == [("lesson", scenario.lesson.id)]
    (offer_id,) = give(scenario.curator, scenario.space, [("lesson", scenario.lesson.id)], second)
    answers.accept(actor(second), offer_id)
    assert (opened.opened_by_id, opened.closes_at) == (second.id, term)
    assert asked == [(one.words, one.claim_text, one.answer) for one in db.session.scalars(query)]
    react()
    passed = [name for name, kind in told() if kind == "permission_passed"]
    assert sorted(passed) == ["Amina", "Bart", "Chris"], "all alike, whatever they answered"
    with pytest.raises(Conflict):
        rounds.open_round(actor(scenario.curator), scenario.lesson.id, opened.audience)


def test_a_question_about_a_lesson_of_somebody_else_is_an_item_of_its_own(session):
    scenario = consent_scenario.build()
    second = scenario.others["second"]
    third = make_member("Ties", space=scenario.space, role=Role.MODERATOR)
    opened = scenario.ask()
    scenario.lesson.curator_id = second.id  # begun by her, asked by the curator
    db.session.flush()
    item = [("question", opened.id)]
    assert held_by(scenario.curator, scenario.space) == item
    (offer_id,) = give(scenario.curator, scenario.space, item, third)
    rounds.withdraw_round(actor(second), scenario.lesson.id)
    with pytest.raises(Conflict):
        answers.accept(actor(third), offer_id)


def test_an_invitation_that_was_taken_over_outlives_who_sent_it(scenario):
    space = scenario.space
    sent = [
        invitations.invite(
            scenario.actor("curator"), space.id, email=f"{name}@stad.example", role=Role.MEMBER
        )
        for name in ("kept", "lost")
    ]
    assert {kind for kind, _id in held_by(scenario.curator, space)} == {"invitation"}
    (offer_id,) = give(scenario.curator, space, [("invitation", sent[0].id)], scenario.second)
    answers.accept(scenario.actor("second"), offer_id)
    memberships.remove(scenario.actor("second"), space.id, scenario.curator.id, reason="She left.")
    db.session.expire_all()
    kept, lost = (db.session.get(Invitation, one.id) for one in sent)
    assert kept.withdrawn_at is None
    assert (kept.invited_by_id, kept.responsible_id) == (scenario.curator.id, scenario.second.id)
    assert lost.withdrawn_at is not None
    with clock.at(clock.now() + timedelta(days=40)):
        assert held_by(scenario.second, space) == [], "one that is over is nothing to hand over"


def test_what_is_private_or_shared_is_never_an_item(scenario):
    """What no kind of the list holds, such as a draft that somebody typed; and a lesson in another space of hers."""
    lesson = lesson_in(scenario)
    for items in ([("draft", 1)], [("lesson", lesson.id + 1)], [("lesson", 0)], [("nothing", lesson.id)]):
        with pytest.raises(Invalid, match="Niet alles hiervan"):
            give(scenario.curator, scenario.space, items, scenario.second)
    with pytest.raises(Invalid, match="Kies wat"):
        give(scenario.curator, scenario.space, [], scenario.second)
    other = make_space("Genk", city="genk")
    join(scenario.curator, other, Role.MODERATOR)
    with pytest.raises(Invalid, match="Niet alles hiervan"):
        give(scenario.curator, other, [("lesson", lesson.id)], scenario.second)


def test_the_page_costs_the_same_however_much_is_held(scenario, count_queries):
    def cost():
        db.session.expire_all()
        who = scenario.actor("second")
        with count_queries() as counted:
            holdings.page(who)
        return counted.count

    lesson = lesson_in(scenario)
    give(scenario.curator, scenario.space, [("lesson", lesson.id)], scenario.second)
    before = cost()
    for number in range(6):
        more = lessons.draft(scenario.actor("curator"), scenario.thread.id, title=f"Number {number}")
        give(scenario.curator, scenario.space, [("lesson", more.id)], scenario.second)
    assert cost() == before <= 8
