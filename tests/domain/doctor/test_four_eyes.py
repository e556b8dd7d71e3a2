"""Who approved a published version: each false review is found by its number, and what ended since is no fault."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from forum.domain.doctor import reviews
from forum.domain.lessons import lessons
from forum.domain.people import capacities
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Capacity, NetworkAppointment, NetworkRole
from forum.models.lessons import LessonReview, Recognition, ReviewBasis, Verdict
from forum.models.spaces import Audience
from tests import reviewed
from tests.lesson_scenario import build
from tests.sweeps import once

DAY = timedelta(days=1)
BY = {Audience.SPACE: "second", Audience.NETWORK: "reviewer", Audience.PUBLIC: "editor"}


def change(model, number, **values):
    db.session.execute(update(model).where(model.id == number).values(**values))


def review(scenario, **values):
    change(LessonReview, db.session.scalars(select(LessonReview.id)).one(), **values)


def capacity(scenario, **values):
    change(Capacity, db.session.scalars(select(LessonReview.capacity_id)).one(), **values)


def other_capacity(scenario):
    held = select(Capacity.id).where(Capacity.member_id == scenario.reader.id)
    review(scenario, capacity_id=db.session.scalars(held).one())


def appoint(scenario, member, since=DAY, until=None):
    now = clock.now()
    row = NetworkAppointment(
        member_id=member.id, role=NetworkRole.EDITOR, since_at=now - since, ended_at=until and now - until
    )
    db.session.add(row)


def end_appointment(scenario):
    row = db.session.scalars(select(NetworkAppointment)).one()
    row.since_at, row.ended_at = clock.now() - 9 * DAY, clock.now() - DAY


def count_until(scenario, moment):
    capacity(scenario, confirmed_at=None, counts_until=moment)


# What is planted in a lesson for these readers, and the check that names the review.
PLANTED = {
    "the city is behind the version": (
        "network",
        lambda s: (review(s, city="aalst"), capacity(s, city="aalst")),
        "four eyes",
    ),
    "a capacity of another city": ("network", lambda s: review(s, city="genk"), "four eyes"),
    "no capacity": ("network", lambda s: review(s, capacity_id=None), "four eyes"),
    "of somebody else": ("network", other_capacity, "four eyes"),
    "never confirmed": ("network", lambda s: capacity(s, confirmed_at=None), "four eyes"),
    "confirmed afterwards": (
        "network",
        lambda s: capacity(s, confirmed_at=clock.now() + DAY, counts_until=None),
        "four eyes",
    ),
    "counted until before": ("network", lambda s: count_until(s, clock.now() - DAY), "four eyes"),
    "begun afterwards": (
        "network",
        lambda s: capacity(s, starts_on=(clock.now() + 2 * DAY).date()),
        "four eyes",
    ),
    "ended before": ("network", lambda s: capacity(s, ends_on=(clock.now() - 2 * DAY).date()), "four eyes"),
    "refused before": ("network", lambda s: capacity(s, refused_at=clock.now() - DAY), "four eyes"),
    "only of the space": ("network", lambda s: review(s, basis=ReviewBasis.NAMED), "four eyes"),
    "no appointment": ("public", lambda s: db.session.execute(delete(NetworkAppointment)), "four eyes"),
    "an appointment that had ended": ("public", end_appointment, "four eyes"),
    "made by an editor": ("public", lambda s: appoint(s, s.curator), "four eyes"),
    "by its curator": ("network", lambda s: review(s, reviewer_id=s.curator.id), "own reviews"),
    "by its curator, in the space": ("space", lambda s: review(s, reviewer_id=s.curator.id), "own reviews"),
    "by who is quoted": ("network", lambda s: review(s, reviewer_id=s.author.id), "own reviews"),
    "by who is quoted, in the space": ("space", lambda s: review(s, reviewer_id=s.author.id), "own reviews"),
    "by its curator, long ago": (
        "network",
        lambda s: review(s, reviewer_id=s.curator.id, basis=ReviewBasis.EARLIER),
        "own reviews",
    ),
    "nobody approved": ("network", lambda s: review(s, verdict=Verdict.RETURNED), "reviews"),
    "none at all": ("space", lambda s: db.session.execute(delete(LessonReview)), "reviews"),
}
# What happened since, or is of before there was confirmation.
NO_FAULT = {
    "ended since": ("network", lambda s: capacity(s, ends_on=(clock.now() + DAY).date())),
    "ended on that day": ("network", lambda s: end_now(s)),
    "refused since": ("network", lambda s: capacity(s, refused_at=clock.now() + DAY)),
    "of before confirmation": ("network", lambda s: count_until(s, clock.now() + DAY)),
    "an earlier review": (
        "network",
        lambda s: review(s, basis=ReviewBasis.EARLIER, capacity_id=None, city=None),
    ),
    "quoted, long ago": (
        "network",
        lambda s: review(s, reviewer_id=s.author.id, basis=ReviewBasis.EARLIER, capacity_id=None, city=None),
    ),
    "the editor left since": ("public", lambda s: leave(s)),
    "its maker was an editor once": ("public", lambda s: appoint(s, s.curator, since=9 * DAY, until=DAY)),
}


def end_now(scenario):
    number = db.session.scalars(select(LessonReview.capacity_id)).one()
    capacities.end(db.session.get_one(Capacity, number), by_id=scenario.editor.id)


def leave(scenario):
    db.session.scalars(select(NetworkAppointment)).one().ended_at = clock.now() + DAY


def found(audience, plant):
    scenario = build(Audience.PUBLIC)
    audience = Audience(audience)
    lesson = scenario.published(audience, by=BY[audience])
    before = list(reviews.four_eyes())
    number, version_id = db.session.scalars(select(LessonReview.id)).one(), lesson.current_id
    plant(scenario)
    db.session.flush()
    db.session.expire_all()
    return before, list(reviews.four_eyes()), number, version_id


@pytest.mark.parametrize(
    "case", once(PLANTED, "confirmed afterwards", "an appointment that had ended", "by who is quoted")
)
def test_a_review_that_does_not_count_is_named_by_its_number_alone(session, case):
    audience, plant, check = PLANTED[case]
    before, after, number, version_id = found(audience, plant)
    assert before == []
    (finding,) = after
    named = version_id if check == "reviews" else number
    assert (finding.check, finding.count, finding.ids, finding.warns) == (check, 1, (named,), False)


@pytest.mark.parametrize("case", once(NO_FAULT, "ended since", "the editor left since"))
def test_what_changed_after_a_review_is_no_fault_of_it(session, case):
    before, after, _number, _version_id = found(*NO_FAULT[case])
    assert (before, after) == ([], [])


def test_versions_of_the_product_are_no_fault_also_returned_and_sent_again(session):
    scenario = build()
    lesson = scenario.published()
    lessons.revise(scenario.actor("curator"), lesson.id)
    lessons.save(
        scenario.actor("curator"),
        lesson.id,
        saved_count=lessons.working(lesson).saved_count,
        change_note="Once more",
    )
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    lessons.send_back(scenario.actor("editor"), lesson.id, note="Shorter")
    lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    reviewed.publish(scenario.actor("editor"), lesson.id)
    assert list(reviews.four_eyes()) == []


def test_an_approval_without_an_answer_about_a_masked_source_is_named_and_an_earlier_one_is_not(session):
    scenario = build(Audience.SPACE)
    made = []
    for _turn in range(3):
        lesson = scenario.draft()
        scenario.agree(lesson)
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
        with clock.at(clock.now() + len(made) * DAY):
            reviewed.publish(scenario.actor("reviewer"), lesson.id, recognised=False)
        made.append(db.session.scalars(select(func.max(LessonReview.id))).one())
    assert list(reviews.answers()) == []
    first, second, third = made
    change(LessonReview, first, recognition=None)  # of before answers were kept
    assert list(reviews.answers()) == []
    change(LessonReview, second, recognition=Recognition.NOT_ASKED)
    change(LessonReview, third, recognition=None)
    (finding,) = reviews.answers()
    assert (finding.check, finding.ids, finding.warns) == ("answers of reviewers", (second, third), False)
