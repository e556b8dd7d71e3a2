"""Ways to publish a text that nobody else read, or alone: each is refused."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.domain.lessons import lessons, review_candidates
from forum.domain.lessons import undo as lesson_undo
from forum.domain.people import capacities, mail_links, profiles
from forum.domain.spaces import confirmations, invitations, join_requests, memberships
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Level, NetworkRole
from forum.models.lessons import LessonReview, LessonState
from forum.models.spaces import Audience, JoinRequest, Role, SpaceKind
from forum.policy.errors import Forbidden, NotFound
from tests import reviewed
from tests.factories import (
    GOOD,
    actor,
    ask_for_access,
    confirm_access,
    join,
    make_member,
    make_space,
    make_thread,
    sign_in,
    submit,
)
from tests.lesson_scenario import FULL, build
from tests.reviewed import ALL_GOOD
from tests.speaking import confirmed_cities

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def scenario(session):
    return build()


def send(scenario, lesson, **fields):
    curator = scenario.actor("curator")
    if fields:
        saved_count = lessons.working(lesson).saved_count
        lessons.save(curator, lesson.id, saved_count=saved_count, **{**FULL, **fields})
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    db.session.commit()


def hidden(page, action):
    """The hidden fields that a form of this page sends, without the token."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', page.get_data(as_text=True), re.S)
    assert form is not None, action
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return {name: value for name, value in fields if name != "csrf_token"}


@pytest.mark.parametrize(
    ("verb", "form", "words"),
    [("publication", "checklist", ALL_GOOD), ("return", "return", {"note": "Say where."})],
)
def test_a_reviewer_decides_only_about_the_version_that_they_read(client, scenario, verb, form, words):
    lesson = scenario.draft()
    send(scenario, lesson)
    bench = f"/workbench/{lesson.id}"
    sign_in(client, scenario.reviewer)
    first = hidden(client.get(bench), f"{bench}/{form}")
    lesson_undo.ask_back(scenario.actor("curator"), lesson.id)
    send(scenario, lesson, recommendation="Something that nobody read.")
    late = submit(client, f"{bench}/{verb}", first | words, headers=ENGLISH)
    assert late.status_code == 409
    assert "changed after you opened" in late.get_data(as_text=True)
    assert words.get("note", "") in late.get_data(as_text=True)
    db.session.refresh(lesson)
    assert (lesson.state, lesson.current_id) == (LessonState.IN_REVIEW, None)
    assert submit(client, f"{bench}/{verb}", words).status_code == 409, "nor without saying which"
    now = hidden(client.get(bench), f"{bench}/{form}")
    assert submit(client, f"{bench}/{verb}", now | words).status_code == 303


@pytest.mark.parametrize("kind", [SpaceKind.GROUP, SpaceKind.NETWORK])
def test_an_administrator_confirms_no_second_account_that_she_alone_brought_into_a_space(scenario, kind):
    space = make_space("Hidden behind", kind=kind, city=None)
    admin = make_member("Ada", space=space, role=Role.MODERATOR, network_role=NetworkRole.ADMIN)
    invitation = invitations.invite(actor(admin), space.id, email="ada@two.test", role=Role.MEMBER)
    profile = invitations.Profile("Ada Two", GOOD, "coach", Level.FIELD, Body.CITY, "gent", "en")
    token = mail_links.invitation_token(invitation)
    secret = invitations.hash_password(token, profile)
    second, _space = invitations.accept(token, profile, password_hash=secret)
    held = capacities.current(second.id)
    with pytest.raises(Forbidden):
        confirmations.confirm(actor(admin), held.id)
    confirmations.confirm(scenario.actor("reviewer"), held.id)
    assert confirmed_cities([second.id])[second.id] == {"gent"}


def test_she_confirms_no_second_account_before_she_lets_it_in_either(scenario):
    network = make_space("Network", kind=SpaceKind.NETWORK, city=None)
    admin = make_member("Ada", space=network, role=Role.MODERATOR, network_role=NetworkRole.ADMIN)
    second = confirm_access(ask_for_access(email="ada@two.test", city="kortrijk"))
    asked, held = db.session.scalars(select(JoinRequest)).one(), capacities.current(second.id)
    with pytest.raises(NotFound):
        confirmations.confirm(actor(admin), held.id)
    join_requests.answer(actor(admin), asked.id, role=Role.MEMBER)
    with pytest.raises(Forbidden):
        confirmations.confirm(actor(admin), held.id)
    other = actor(make_member("Bo", network_role=NetworkRole.ADMIN))
    confirmations.confirm(other, held.id)
    second.suspended_at = clock.now()
    db.session.flush()
    confirmations.end(other, held.id)
    assert capacities.current(second.id) is None, "and of who is suspended it can be ended"


def test_whom_she_let_in_removed_and_let_ask_again_is_still_hers_alone(scenario):
    admin = make_member("Ada", space=scenario.space, role=Role.MODERATOR, network_role=NetworkRole.ADMIN)
    second = make_member("Ada Two")
    make_thread(
        scenario.space, scenario.curator, audience=Audience.PUBLIC
    )  # so that strangers find the space
    held = capacities.add(
        second.id, function="coach", level=Level.FIELD, body=Body.CITY, city="gent", starts_on=days.today()
    )
    asked = join_requests.request_to_join(actor(second), scenario.space.id, message="Hello.")
    join_requests.answer(actor(admin), asked.id, role=Role.MEMBER)
    memberships.remove(actor(admin), scenario.space.id, second.id, reason="Left.")
    with clock.at(clock.now() + timedelta(days=1)):
        join_requests.request_to_join(actor(second), scenario.space.id, message="Me again.")
        with pytest.raises(Forbidden):
            confirmations.confirm(actor(admin), held.id)


def test_who_left_a_second_city_is_not_checked_by_what_she_confirmed_there(scenario):
    """A moderator of two cities invites a second address of hers into one, and leaves that one."""
    genk = make_space("Genk", city="genk")
    keeper = make_member("Keeper", space=genk, role=Role.MODERATOR)
    join(scenario.curator, genk, Role.MODERATOR)
    invitation = invitations.invite(actor(scenario.curator), genk.id, email="cas@two.test", role=Role.MEMBER)
    profile = invitations.Profile("Cas Two", GOOD, "coach", Level.FIELD, Body.CITY, "genk", "en")
    token = mail_links.invitation_token(invitation)
    secret = invitations.hash_password(token, profile)
    second, _space = invitations.accept(token, profile, password_hash=secret)
    memberships.set_role(actor(scenario.curator), genk.id, second.id, role=Role.MODERATOR)
    memberships.remove(actor(keeper), genk.id, scenario.curator.id, reason="She left.")
    assert confirmed_cities([second.id])[second.id] == {"genk"}
    lesson = scenario.draft()
    group = review_candidates.Asking(scenario.actor("curator"), lesson, lessons.working(lesson))
    assert second.id not in group.free(Audience.NETWORK)
    assert keeper.id in group.free(Audience.NETWORK)
    send(scenario, lesson)
    with pytest.raises(Forbidden, match="bevestigde ook je hoedanigheid"):
        reviewed.publish(actor(second), lesson.id)
    # Once somebody else stands for it, it counts; what stands with the review is that one.
    again = profiles.reword_capacity(
        actor(second), capacities.current(second.id).id, function="coach of teams"
    )
    confirmations.confirm(actor(keeper), again.id)
    reviewed.publish(actor(second), lesson.id)
    review = db.session.scalars(select(LessonReview)).one()
    assert (review.capacity_id, review.city) == (again.id, "genk")
