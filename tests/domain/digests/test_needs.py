"""What waits for a member stands in their digest, as much as home shows, and is a reason for a letter only once."""

import re
from collections import Counter
from dataclasses import fields
from datetime import timedelta

from forum.domain.digests import digests, needs, personal
from forum.domain.inbox import waiting
from forum.domain.lessons import lessons, review_requests
from forum.domain.mailing import notice_choices
from forum.domain.people import capacities
from forum.domain.spaces import confirmations, memberships
from forum.infra import clock, days
from forum.infra.db import db
from forum.jobs import letters
from forum.models.accounts import Body, Capacity, Level, Member, NetworkRole
from forum.models.consents import ConsentRound
from forum.models.drafts import Draft
from forum.models.lessons import ReviewRequest
from forum.models.spaces import Audience, JoinRequest, Role
from forum.models.subscriptions import Delivery, Digest, DigestChoice, DigestState, Frequency
from tests import consent_scenario, lesson_scenario
from tests.factories import LONG_AGO, actor, join, make_member, make_post, make_space, make_thread
from tests.notices import tell_of

WEEKLY = {"frequency": Frequency.WEEKLY, "chosen_at": LONG_AGO}
# What waits at home and not in a digest, and why.
NOT_TOLD = {
    "asked_changes": "asked once, in an e-mail of its own with the reason; home alone says it again",
    "asks_digest": "who gets a digest has chosen how often",
    "hand_overs": "each offer is told by itself, and ends with what is offered",
}
OF_CAPACITIES = {
    "confirm": "capacities", "confirm_anywhere": "capacities_anywhere", "affirm": "still_right",
    "refused": "refused",
}  # fmt: skip
# Of queues with kinds of other names than theirs.
KINDS_OF = {
    "capacities": ["capacities", "capacities_anywhere"],
    "own_capacities": ["still_right", "refused"],
}
# Queues with a line for each space or kind.
BY_SPACE = {"join_requests", "capacities", "own_capacities", "themes"}
MOST = 25  # queries for any number of members


def everybody():
    return [actor(member) for member in db.session.scalars(db.select(Member).order_by(Member.id))]


def needs_of(actors):
    return needs.of_many(personal.people(actors, [], LONG_AGO).values())


def at_home(one):
    """How many of each kind and space their queues at home have, which are those of one look at them all."""
    queues, all_of_them = {name: queue(one) for name, queue in waiting.QUEUES.items()}, waiting.of(one)
    assert {name: getattr(all_of_them, name) for name in queues} == queues, one.name
    lists = {name: found for name, found in queues.items() if isinstance(found, list)}
    found = Counter({(name, ""): len(lists[name]) for name in lists.keys() - BY_SPACE - NOT_TOLD.keys()})
    found["drafts", ""] = all_of_them.drafts
    found.update(("join_requests", request.space) for request in queues["join_requests"])
    found.update({("themes", line.space): line.count for line in queues["themes"]})
    for line in (*queues["capacities"], *queues["own_capacities"]):
        found[OF_CAPACITIES[line.kind], line.space] += line.count
    return {key: number for key, number in found.items() if number}


def told(one, found):
    return {(need.kind, need.space_name): need.count for need in found[one.id]}


def as_many_as_at_home(found, actors):
    """The kinds that anybody is told of: to each of these members as much as home says."""
    for one in actors:
        assert told(one, found) == at_home(one), one.name
    return {need.kind for each in found.values() for need in each}


def a_digest_each_week(member):
    db.session.add(DigestChoice(member_id=member.id, **WEEKLY))
    db.session.flush()


def capacity(member, city, *, body=Body.CITY):
    day = clock.now().date()
    return capacities.add(member.id, function="coach", level=Level.FIELD, body=body, city=city, starts_on=day)


def knock(space):
    newcomer = make_member("New", approved_at=None)
    db.session.add(JoinRequest(member_id=newcomer.id, space_id=space.id, asked_at=clock.now()))
    return newcomer


def in_review(scenario, *, asked=None, is_silent=False):
    """A lesson that the curator sent to somebody by name or to a group, whose term may be over."""
    lesson = scenario.draft()
    lessons.submit(
        scenario.actor("curator"), lesson.id, audience=Audience.NETWORK, asked_id=asked and asked.id
    )
    if is_silent:
        rows = db.select(ReviewRequest).where(ReviewRequest.version_id == lesson.working_id)
        for request in db.session.scalars(rows):
            request.due_on = days.today() - timedelta(days=1)
    return lesson


def everything_waits():
    """Something in each queue of some member, beside others for whom it does not wait."""
    scenario, asked, closed = lesson_scenario.build(), consent_scenario.build(), consent_scenario.build()
    reviewer = scenario.reviewer
    tell_of(reviewer, make_post(scenario.thread, reviewer), "change_asked")
    closed.close(closed.ask())
    asked.ask()
    in_review(scenario)
    in_review(scenario, is_silent=True)
    in_review(scenario, asked=reviewer)
    review_requests.decline(actor(reviewer), in_review(scenario, asked=reviewer).id)
    lessons.send_back(actor(reviewer), in_review(scenario).id, note="Look at claim 1.")
    scenario.published().weakened_at = clock.now() - timedelta(hours=1)
    scenario.published().ready_at = clock.now() - timedelta(hours=1)
    knock(scenario.space)
    make_thread(scenario.space, reviewer, axis=None)
    noor, admin = (
        make_member("Noor", space=scenario.space),
        make_member("Bas", network_role=NetworkRole.ADMIN),
    )
    for city in ("aalst", "genk", None):
        capacity(noor, city, body=Body.CITY if city else Body.CITIZENS)
    confirmations.refuse(actor(admin), capacity(scenario.author, "aalst").id, reason="Somebody else is.")
    for row in db.session.query(Capacity).filter_by(member_id=scenario.second.id):
        row.confirmed_at = clock.now() - timedelta(days=400)
    moments = dict.fromkeys(("changed_at", "warned_at", "check_at"), clock.now())
    db.session.add(
        Draft(
            member_id=noor.id, idempotency_key=f"k{noor.id}", form="reply", subject_id=1, fields={}, **moments
        )
    )
    db.session.flush()
    return scenario


def test_each_queue_of_the_home_page_has_its_line_at_the_same_cost_however_much_waits(session, count_queries):
    costs = []
    for _turn in range(2):
        scenario, actors = everything_waits(), everybody()
        with count_queries() as seen:
            found = needs_of(actors)
        costs.append(seen.count)
    kinds = as_many_as_at_home(found, actors)  # those of the first turn are among them
    assert costs[0] == costs[1] <= MOST
    queues = waiting.QUEUES.keys() - NOT_TOLD.keys()
    assert kinds == {"drafts"} | {kind for queue in queues for kind in KINDS_OF.get(queue, [queue])}
    assert {one.name for one in fields(waiting.Waiting)} == queues | {"drafts"} | NOT_TOLD.keys()
    readers = [actor(scenario.reader), *(actor(make_member("Rik", space=scenario.space)) for _n in range(5))]
    with count_queries() as seen:
        assert not any(needs_of(readers).values())
    assert seen.count == 1, "for whom nothing can wait, nothing is asked"


def test_each_line_leads_to_where_it_is_done_and_what_was_stopped_is_not_told(session, app):
    scenario = lesson_scenario.build()
    cas = scenario.curator
    a_digest_each_week(cas)
    made = in_review(scenario)
    lessons.send_back(scenario.actor("reviewer"), made.id, note="Look at claim 1.")
    knock(scenario.space)
    others = [make_space(f"Place {number}", city=None) for number in range(4)]
    for space in others:
        join(cas, space, Role.MODERATOR)
        knock(space)
    capacity(make_member("Noor", space=scenario.space), "aalst")
    mail = letters.digest_preview(actor(cas))
    text, html = (re.sub("[\u2068\u2069]", "", part) for part in (mail.text, mail.html))
    here = f"/spaces/{scenario.space.slug}/members"
    lines = (
        ("1 lesson that you make is back with you", f"/workbench/{made.id}"),
        (f"1 person asks to join {scenario.space.name}", f"{here}#requests"),
        (f"1 person asks to join {others[1].name}", f"/spaces/{others[1].slug}/members#requests"),
        ("2 people ask to join other spaces of yours", "/"),
        (f"1 capacity waits to be confirmed in {scenario.space.name}", f"{here}#capacities"),
    )
    for words, path in lines:
        assert re.search(rf"{words}:\n\S+//[^/]+{path}\n", text), words
        assert re.search(rf'href="[^"]+//[^/]+{path}"[^>]*>{words}<', html), words
    assert others[3].name not in text
    stops = dict.fromkeys(("own_lessons", "requests"), Delivery.NOTHING)
    notice_choices.choose(cas.id, stops)
    assert [need.kind for need in digests.preview(actor(cas)).needs] == ["capacities"]


def test_what_is_hidden_for_some_minutes_is_told_when_that_is_settled_and_only_to_who_may_mend_it(session):
    scenario = lesson_scenario.build()
    lesson, now = scenario.published(), clock.now()
    lesson.weakened_at = now
    db.session.flush()
    people = [scenario.actor(name) for name in ("curator", "editor", "second", "reviewer", "author")]
    for minutes, told_to in ((9, []), (11, people[:3])):
        with clock.at(now + timedelta(minutes=minutes)):
            found = needs_of(people)
        assert [one for one in people if found[one.id]] == told_to
    assert found[people[0].id][0].newest_at == now + timedelta(minutes=10), "news for the letter after that"


def test_what_waits_is_asked_again_when_the_letter_leaves(session):
    scenario = lesson_scenario.build()
    knock(scenario.space)
    cas = scenario.curator
    a_digest_each_week(cas)
    assert [need.kind for need in digests.preview(actor(cas)).needs] == ["join_requests"]
    memberships.set_role(scenario.actor("second"), scenario.space.id, cas.id, role=Role.MEMBER)
    assert not digests.preview(actor(cas)).needs


def test_a_question_is_a_reason_for_one_letter_and_stands_in_the_next(session):
    scenario = consent_scenario.build()
    scenario.ask()
    author = scenario.authors["Amina"]
    a_digest_each_week(author)
    letter = digests.preview(actor(author))
    assert [need.kind for need in letter.needs] == ["questions"]
    assert not letter.is_empty
    mail = letters.digest_preview(actor(author))
    assert "/consents" in mail.text
    title = db.session.scalars(db.select(ConsentRound.title)).first()
    assert title not in mail.text, "the link leads there; the words are not for a mailbox"
    told = {"member_id": author.id, "period": "told", "starts_at": LONG_AGO, "ends_at": clock.now()}
    db.session.add(Digest(**told, state=DigestState.SENT, created_at=clock.now()))
    db.session.flush()
    with clock.at(clock.now() + timedelta(hours=1)):
        later = digests.preview(actor(author))
    assert [need.kind for need in later.needs] == ["questions"]
    assert not later.new_needs
