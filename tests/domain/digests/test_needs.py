"""What waits for a member stands in their digest, as many as home shows, and is a reason for a letter only once."""

from datetime import timedelta

from forum.domain.consents import requests as consent_requests
from forum.domain.digests import digests, needs, personal
from forum.domain.lessons import lessons, review_requests
from forum.domain.mailing import notice_choices
from forum.domain.spaces import join_requests
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import letters
from forum.models.accounts import Member
from forum.models.consents import ConsentRound
from forum.models.spaces import Audience, JoinRequest, Membership, Role
from forum.models.subscriptions import Delivery, Digest, DigestChoice, DigestState, Frequency
from tests import consent_scenario, lesson_scenario
from tests.factories import LONG_AGO, actor, make_member

WEEKLY = {"frequency": Frequency.WEEKLY, "chosen_at": LONG_AGO}


def everybody():
    return [actor(member) for member in db.session.scalars(db.select(Member).order_by(Member.id))]


def needs_of(actors):
    return needs.of_many(personal.people(actors, [], LONG_AGO).values())


def as_many_as_at_home(count_queries):
    """For each member and kind, how many wait, as their queues at home say."""
    actors = everybody()
    with count_queries() as seen:
        found = needs_of(actors)
    for one in actors:
        there = {
            "questions": len(consent_requests.waiting(one)),
            "reviews": len(review_requests.waiting(one)),
            "join_requests": len(join_requests.waiting(one)),
        }
        told = {need.kind: need.count for need in found.get(one.id, ())}
        assert told == {kind: number for kind, number in there.items() if number}, one.name
    assert seen.count <= 14
    return {kind for each in found.values() for kind in (need.kind for need in each)}


def test_reviews_and_requests_to_join_are_those_of_the_home_page(session, count_queries):
    scenario = lesson_scenario.build()
    lessons.submit(scenario.actor("curator"), scenario.draft().id, audience=Audience.NETWORK)
    newcomer = make_member("New", approved_at=None)
    space_id = db.session.scalar(
        db.select(Membership.space_id).where(
            Membership.member_id == scenario.reviewer.id, Membership.role == Role.MODERATOR
        )
    )
    db.session.add(JoinRequest(member_id=newcomer.id, space_id=space_id, asked_at=clock.now()))
    reviewer = scenario.reviewer
    db.session.add(DigestChoice(member_id=reviewer.id, **WEEKLY))
    db.session.flush()
    assert as_many_as_at_home(count_queries) == {"reviews", "join_requests"}
    assert [need.kind for need in digests.preview(actor(reviewer)).needs] == ["reviews", "join_requests"]
    notice_choices.choose(reviewer.id, {"reviews": Delivery.NOTHING})
    assert [need.kind for need in digests.preview(actor(reviewer)).needs] == ["join_requests"]


def test_a_question_is_a_reason_for_one_letter_and_stands_in_the_next(session, count_queries):
    scenario = consent_scenario.build()
    scenario.ask()
    assert as_many_as_at_home(count_queries) == {"questions"}
    (author_id, *_others) = [one for one, each in needs_of(everybody()).items() if each]
    author = db.session.get_one(Member, author_id)
    db.session.add(DigestChoice(member_id=author.id, **WEEKLY))
    db.session.flush()
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
