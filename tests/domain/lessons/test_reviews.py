"""The second pair of eyes comes from another city, and somebody confirmed that it does."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from forum.domain.lessons import claims, lessons
from forum.domain.lessons import reviews as lesson_reviews
from forum.domain.lessons.workbench import desk as workbench_desk
from forum.domain.people import capacities
from forum.infra import clock, days
from forum.infra.db import db
from forum.models.accounts import Body, Capacity, Confirmation, Level, NetworkAppointment, NetworkRole
from forum.models.lessons import LessonReview, LessonState, LessonVersion, ReviewBasis, Verdict
from forum.models.spaces import Audience, Membership, Role, SpaceKind
from forum.policy.errors import Conflict, DomainError, Forbidden, NotFound
from tests import reviewed
from tests.factories import GOOD, actor, join, make_account, make_member, make_post, make_space, make_thread
from tests.lesson_scenario import build


def speaks_for(member, *cities):
    """These and no other cities from now on."""
    earlier = update(Capacity).where(Capacity.member_id == member.id)
    db.session.execute(earlier.values(ends_on=date(2025, 12, 31)))
    for city in cities:
        capacities.add(
            member.id,
            function="adviser",
            level=Level.STAFF,
            body=Body.CITY,
            city=city,
            starts_on=date(2025, 1, 1),
            confirmation=Confirmation.MODERATOR,
        )


def refused(who, lesson):
    with pytest.raises(Forbidden) as refusal:
        reviewed.publish(who, lesson.id)
    assert refusal.value.reason
    assert lesson.state == LessonState.IN_REVIEW


def review_of(lesson):
    return db.session.scalars(
        db.select(LessonReview).join(LessonVersion).where(LessonVersion.lesson_id == lesson.id)
    ).one()


def leave(member):
    """Give up every role in a space of a city, and moderate a group instead."""
    db.session.execute(
        update(Membership).where(Membership.member_id == member.id).values(ended_at=clock.now())
    )
    join(member, make_space("Work group", kind=SpaceKind.GROUP), Role.MODERATOR)


@pytest.fixture
def ground(session):
    """A lesson of Aalst for the network, handed in by a curator who speaks for Aalst and Brugge."""
    ground = build()
    speaks_for(ground.curator, "aalst", "brugge")
    ground.lesson = ground.draft()
    lessons.submit(ground.actor("curator"), ground.lesson.id, audience=Audience.NETWORK)
    return ground


@pytest.mark.parametrize(
    ("cities", "allowed"),
    [
        (["gent"], True),
        (["gent", "genk"], True),
        ([], False),
        (["aalst"], False),
        (["aalst", "brugge"], False),
        (["gent", "aalst"], False),
        (["gent", "brugge"], False),
        (["aalst", "brugge", "gent"], False),
    ],
)
def test_one_city_in_common_is_one_too_many(ground, cities, allowed):
    speaks_for(ground.reviewer, *cities)
    assert [card.id for card in workbench_desk.waiting_for(ground.actor("reviewer"))] == [
        ground.lesson.id
    ] * allowed
    if allowed:
        reviewed.publish(ground.actor("reviewer"), ground.lesson.id)
        assert ground.lesson.state == LessonState.PUBLISHED
    else:
        with pytest.raises(Forbidden) as refusal:
            reviewed.publish(ground.actor("reviewer"), ground.lesson.id)
        assert refusal.value.reason
        with pytest.raises(Forbidden):
            lessons.send_back(ground.actor("reviewer"), ground.lesson.id, note="Say more.")
        assert ground.lesson.state == LessonState.IN_REVIEW


def test_a_city_counts_until_the_last_day_of_speaking_for_it(ground):
    speaks_for(ground.reviewer, "gent")
    today = days.today()
    before = capacities.add(
        ground.reviewer.id, function="adviser", level=Level.STAFF, body=Body.CITY, city="aalst",
        starts_on=date(2025, 1, 1), ends_on=today, confirmation=Confirmation.MODERATOR,
    )  # fmt: skip
    with pytest.raises(Forbidden):
        reviewed.publish(ground.actor("reviewer"), ground.lesson.id)
    before.ends_on = today - timedelta(days=1)
    db.session.flush()
    reviewed.publish(ground.actor("reviewer"), ground.lesson.id)


def test_the_cities_of_its_makers_count_as_they_were_when_it_was_sent_and_as_they_are_now(session):
    ground = build()
    lesson = ground.draft()
    speaks_for(ground.second, "genk")
    ground.share(lesson)
    lessons.submit(ground.actor("second"), lesson.id, audience=Audience.NETWORK)
    assert lessons.working(lesson).origin_cities == ["aalst", "genk"]
    for city in ("genk", "leuven"):
        speaks_for(ground.second, "leuven")
        speaks_for(ground.reviewer, city)
        with pytest.raises(Forbidden):
            reviewed.publish(ground.actor("reviewer"), lesson.id)
    speaks_for(ground.reviewer, "gent")
    join(ground.reviewer, ground.space, Role.MODERATOR)
    with pytest.raises(Forbidden):
        reviewed.publish(ground.actor("reviewer"), lesson.id)


def test_where_every_source_spoke_from_is_no_other_city_whoever_cites_it(session):
    ground = build(replies=0)
    guest = make_member("Gust", city="genk")
    make_post(ground.thread, guest, "With us nobody stopped at all.")
    lesson = ground.draft()
    claim = claims.add(ground.actor("curator"), lesson.id, text="Elsewhere nobody stopped")
    said = ground.posts()[1]
    claims.quote(ground.actor("curator"), claim.id, post_id=said.id, words="nobody stopped", stance="nuances")
    elsewhere = make_space("Brugge", city="brugge")
    other = make_thread(elsewhere, ground.reader, title="Unused", body="Not cited.")
    lessons.add_source(ground.actor("curator"), lesson.id, other.id)
    lessons.submit(ground.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert lessons.working(lesson).origin_cities == ["aalst", "brugge", "genk"]
    for city in ("aalst", "brugge", "genk"):
        speaks_for(ground.reviewer, city)
        with pytest.raises(Forbidden):
            reviewed.publish(ground.actor("reviewer"), lesson.id)
    speaks_for(ground.reviewer, "gent")
    reviewed.publish(ground.actor("reviewer"), lesson.id)
    row = review_of(lesson)
    assert (row.basis, row.city, db.session.get(Capacity, row.capacity_id).member_id) == (
        ReviewBasis.CITY, "gent", ground.reviewer.id,
    )  # fmt: skip


def test_the_two_accounts_trick_fails(session):
    """A moderator invites a second address of her own, types "Gent", and would publish her own lesson."""
    ground = build()
    second = make_account(email="cas.two@people.test", name="Cas Two", password=GOOD)
    for space, role in (
        (ground.space, Role.MODERATOR),
        (make_space("Work group", kind=SpaceKind.GROUP), Role.MODERATOR),
    ):
        join(second, space, role)
    for city, confirmation in (("aalst", Confirmation.INVITATION), ("gent", None)):
        capacities.add(
            second.id, function="mayor", level=Level.POLITICS, body=Body.CITY, city=city,
            starts_on=date(2025, 1, 1), confirmation=confirmation,
        )  # fmt: skip
    lesson = ground.draft()
    lessons.submit(ground.actor("curator"), lesson.id, audience=Audience.NETWORK)
    refused(actor(second), lesson)
    # Not even when the capacity of her own city is gone.
    own = db.session.scalars(db.select(Capacity).where(Capacity.member_id == second.id)).first()
    own.ends_on = days.today() - timedelta(days=1)
    db.session.flush()
    refused(actor(second), lesson)
    reviewed.publish(ground.actor("reviewer"), lesson.id)


def test_of_a_masked_lesson_no_refusal_says_what_somebody_is_to_who_made_it(session):
    ground = build(Audience.SPACE)
    lesson = ground.draft()
    ground.agree(lesson)
    lessons.submit(ground.actor("curator"), lesson.id, audience=Audience.NETWORK)
    confirmed = db.update(Capacity).where(Capacity.member_id == ground.reviewer.id)

    def reasons():
        told = []
        for name in ("reviewer", "second"):
            with pytest.raises(Forbidden) as refusal:
                reviewed.publish(ground.actor(name), lesson.id, recognised=False)
            told.append(refusal.value.reason)
        return told

    everything = set()
    for change in (
        confirmed.values(confirmed_by_id=ground.curator.id, city="gent"),
        confirmed.values(confirmed_by_id=None, city="aalst"),
        confirmed.values(confirmed_at=None),
    ):
        db.session.execute(change)
        outside, inside = reasons()
        everything.add(outside)
        assert inside != outside, "who belongs to the space reads why"
    assert everything == {"Iemand anders moet deze les nalezen."}
    reviewed.publish(ground.actor("editor"), lesson.id, recognised=False)


def test_the_ended_capacity_trick_fails(ground):
    """Who speaks for no city any more speaks for no other city either."""
    speaks_for(ground.second)
    refused(ground.actor("second"), ground.lesson)
    speaks_for(ground.reviewer)
    refused(ground.actor("reviewer"), ground.lesson)
    speaks_for(ground.reviewer, "gent")
    reviewed.publish(ground.actor("reviewer"), ground.lesson.id)


def test_a_city_that_was_confirmed_when_they_were_asked_and_ended_before_they_published(ground):
    speaks_for(ground.reviewer, "gent")
    assert workbench_desk.waiting_for(ground.actor("reviewer"))
    held = db.session.scalars(
        db.select(Capacity).where(Capacity.member_id == ground.reviewer.id, Capacity.city == "gent")
    ).all()
    for capacity in held:
        capacity.ends_on = days.today() - timedelta(days=1)
    db.session.flush()
    assert workbench_desk.waiting_for(ground.actor("reviewer")) == []
    refused(ground.actor("reviewer"), ground.lesson)


def test_a_city_that_is_not_confirmed_is_no_other_city(ground):
    speaks_for(ground.reviewer)
    typed = capacities.add(
        ground.reviewer.id, function="mayor", level=Level.POLITICS, body=Body.CITY, city="genk",
        starts_on=date(2025, 1, 1),
    )  # fmt: skip
    leave(ground.reviewer)
    refused(ground.actor("reviewer"), ground.lesson)
    typed.confirmed_at = clock.now()
    db.session.flush()
    reviewed.publish(ground.actor("reviewer"), ground.lesson.id)
    assert (review_of(ground.lesson).city, review_of(ground.lesson).capacity_id) == ("genk", typed.id)


def test_whom_a_lesson_quotes_never_checks_it_also_as_an_editor(session):
    ground = build()
    make_post(ground.thread, ground.editor, "Editors say so too.")
    make_post(ground.thread, ground.second, "And so do moderators.")
    lesson = ground.draft()
    claim = claims.add(ground.actor("curator"), lesson.id, text="All say so")
    for post, words in zip(ground.posts()[2:], ("Editors say so too", "so do moderators"), strict=True):
        claims.quote(ground.actor("curator"), claim.id, post_id=post.id, words=words, stance="supports")
    lessons.submit(ground.actor("curator"), lesson.id, audience=Audience.NETWORK)
    refused(ground.actor("editor"), lesson)
    with pytest.raises(Forbidden):
        lessons.send_back(ground.actor("editor"), lesson.id, note="Say more.")
    lesson.audience = Audience.SPACE
    db.session.flush()
    refused(ground.actor("second"), lesson)


def test_an_editor_comes_from_elsewhere_but_publishes_no_lesson_of_an_editor(session):
    ground = build()
    first, second = ground.draft(), ground.draft()
    lessons.submit(ground.actor("curator"), first.id, audience=Audience.NETWORK)
    reviewed.publish(ground.actor("editor"), first.id)
    row = review_of(first)
    assert (row.basis, row.capacity_id, row.city) == (ReviewBasis.EDITOR, None, None)
    role = NetworkAppointment(member_id=ground.curator.id, role=NetworkRole.EDITOR, since_at=clock.now())
    db.session.add(role)
    db.session.flush()
    lessons.submit(ground.actor("curator"), second.id, audience=Audience.NETWORK)
    refused(ground.actor("editor"), second)
    # As somebody of another city an editor may.
    speaks_for(ground.editor, "leuven")
    reviewed.publish(ground.actor("editor"), second.id)
    assert (review_of(second).basis, review_of(second).city) == (ReviewBasis.CITY, "leuven")


def test_of_two_reviewers_at_once_one_decides(ground):
    speaks_for(ground.reviewer, "gent")
    lessons.send_back(ground.actor("reviewer"), ground.lesson.id, note="Say more.")
    with pytest.raises(DomainError):
        reviewed.publish(ground.actor("editor"), ground.lesson.id)
    lessons.submit(ground.actor("curator"), ground.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(ground.actor("editor"), ground.lesson.id)
    for act in (
        lambda: reviewed.publish(ground.actor("reviewer"), ground.lesson.id),
        lambda: lessons.send_back(ground.actor("reviewer"), ground.lesson.id, note="More still."),
    ):
        with pytest.raises(Conflict):
            act()
    rows = db.session.scalars(db.select(LessonReview).order_by(LessonReview.id)).all()
    assert [(row.reviewer_id, row.basis) for row in rows] == [
        (ground.reviewer.id, ReviewBasis.CITY),
        (ground.editor.id, ReviewBasis.EDITOR),
    ]


def test_inside_its_space_too_whoever_handed_it_in_does_not_review_it(session):
    ground = build()
    lesson = ground.draft()
    third = make_member("Thijs", space=ground.space, role=Role.MODERATOR)
    ground.share(lesson)
    lessons.submit(ground.actor("second"), lesson.id, audience=Audience.SPACE)
    reasons = []
    for name in ("second", "curator"):
        with pytest.raises(Forbidden) as refusal:
            reviewed.publish(ground.actor(name), lesson.id)
        reasons.append(refusal.value.reason)
    assert reasons[0] != reasons[1], "one handed it in, the other made it"
    other = ground.draft()
    lessons.submit(ground.actor("curator"), other.id, audience=Audience.SPACE)
    with pytest.raises(Forbidden) as refusal:
        reviewed.publish(ground.actor("curator"), other.id)
    assert refusal.value.reason == reasons[1], "who made it and handed it in hears the first reason"
    reviewed.publish(actor(third), lesson.id)


def test_the_same_return_again_went_whatever_became_of_the_lesson_and_only_moments_later(ground):
    speaks_for(ground.reviewer, "gent")
    curator, reviewer, lesson = ground.actor("curator"), ground.actor("reviewer"), ground.lesson

    def again(who=reviewer, note="Say more."):
        return lessons.send_back(who, lesson.id, note=note)

    again()
    assert again() is not None, "a draft again"
    lessons.submit(curator, lesson.id, audience=Audience.SPACE)
    assert again() is not None, "in review, but not for them"
    assert (lesson.state, db.session.query(LessonReview).count()) == (LessonState.IN_REVIEW, 1)
    for who, note in (
        (reviewer, "Other words."),
        (actor(make_member("Karim", space=ground.space)), "Say more."),
    ):
        with pytest.raises(DomainError):
            again(who, note)
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(NotFound):
        again()


def test_the_last_word_is_a_return_until_a_version_is_published(ground):
    other = build().draft()
    assert lesson_reviews.last_return(ground.lesson.id) is None
    speaks_for(ground.reviewer, "gent")
    lessons.send_back(ground.actor("reviewer"), ground.lesson.id, note="Say more.")
    found = lesson_reviews.last_return(ground.lesson.id)
    assert (found.note, found.verdict, found.reviewer_id) == (
        "Say more.",
        Verdict.RETURNED,
        ground.reviewer.id,
    )
    assert lesson_reviews.last_return(other.id) is None
    lessons.submit(ground.actor("curator"), ground.lesson.id, audience=Audience.NETWORK)
    reviewed.publish(actor(ground.reviewer), ground.lesson.id)
    assert lesson_reviews.last_return(ground.lesson.id) is None
    rows = db.session.scalars(db.select(LessonReview).order_by(LessonReview.id)).all()
    assert [(row.verdict, row.note) for row in rows] == [
        (Verdict.RETURNED, "Say more."),
        (Verdict.APPROVED, ""),
    ]
