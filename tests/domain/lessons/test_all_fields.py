"""Advice to each addressee, sources outside the forum, who keeps a lesson, when it is looked at again, how sure it is.

What is refused is refused at its field, and what is sealed stays.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import DBAPIError

from forum.domain.lessons import claims, comparison, lessons, library, reports, versions
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.ageing import review_after
from forum.domain.themes.labels import ADVICE_TO
from forum.infra import days
from forum.infra.db import db
from forum.models.adoptions import AdoptionOutcome
from forum.models.lessons import Confidence, LessonVersion
from forum.models.spaces import Audience
from forum.models.themes import Axis
from forum.models.threads import Outcome
from forum.policy.errors import Invalid
from tests import reviewed
from tests.factories import make_member, make_post, make_space
from tests.lesson_scenario import REPLY, build

SITE = {"title": "City monitor", "url": "https://monitor.example/figures", "accessed": "", "kind": "figures"}


def save(scenario, lesson, **fields):
    made = lessons.working(lesson)
    return lessons.save(scenario.actor("curator"), lesson.id, saved_count=made.saved_count, **fields)


def out(scenario, lesson, audience=Audience.NETWORK, **more):
    lessons.submit(scenario.actor("curator"), lesson.id, audience=audience)
    return reviewed.publish(scenario.actor("reviewer"), lesson.id, **more)


@pytest.mark.both_databases
def test_each_addressee_gets_advice_of_their_own_and_what_was_said_to_everybody_stays():
    scenario = build()
    lesson = scenario.draft()
    chosen = days.today() + timedelta(days=100)
    save(
        scenario, lesson, advice_field="Ask who is there.", advice_council="Pay for the hours.",
        external_sources=[SITE, dict(SITE), {"title": "", "url": ""}], owner="housing service, city of Aalst",
        review_on=chosen.isoformat(),
    )  # fmt: skip
    lesson = out(scenario, lesson)
    version = lesson_page.page(scenario.actor("reader"), lesson.public_id).version
    assert version.recommendation == "Put half an hour in the roster."
    assert (version.advice_field, version.advice_head) == ("Ask who is there.", "")
    assert version.external_sources == [{**SITE, "accessed": days.today().isoformat()}]
    assert lesson.review_on == chosen
    # Other advice to one of them is another lesson to follow; a new version gets the usual time again.
    second = lessons.revise(scenario.actor("curator"), lesson.id)
    assert (second.advice_council, second.owner, second.review_on) == (
        "Pay for the hours.", "housing service, city of Aalst", None,
    )  # fmt: skip
    save(scenario, lesson, advice_council="Pay for more hours.")
    lesson = out(scenario, lesson)
    assert db.session.get_one(LessonVersion, lesson.current_id).number == "2.0"
    assert lesson.review_on == days.today() + review_after()
    (changed,) = comparison.compare(scenario.actor("reader"), lesson.public_id).changes
    assert changed[0] == str(ADVICE_TO["advice_council"])


# What changes in a sealed version after all: it is published, under a policy that a guard of its own then keeps
# (`house_rules/test_terms.py`), another one comes before it, cities are named no more.
CHANGES = {"number", "published_at", "policy_id", "sequence", "cities", "masked", "origin_cities"}
# No words of anybody.
KEPT = {"id", "lesson_id", "saved_count", "created_at", "created_by_id", "saved_at"}
OTHER = {
    "outcome": Outcome.FAILED, "axis": Axis.DENSITY, "confidence": Confidence.LOW, "licence": "other",
    "review_on": date(2030, 1, 1), "sealed_at": None, "external_sources": [SITE],
}  # fmt: skip


@pytest.mark.both_databases
def test_the_database_itself_refuses_to_change_anything_that_was_said_in_a_sealed_version():
    scenario = build()
    sealed = db.session.get_one(LessonVersion, out(scenario, scenario.draft()).current_id)
    said = {column.key for column in inspect(LessonVersion).columns} - CHANGES - KEPT
    assert said > {"answers", "review_on", "conditions", "title"}
    of_this = update(LessonVersion).where(LessonVersion.id == sealed.id)
    for name in sorted(said):
        before = getattr(sealed, name)
        value = OTHER.get(name, ["Other."] if isinstance(before, list) else "Other.")
        assert value != before, name
        with pytest.raises(DBAPIError, match="a sealed version never changes"), db.session.begin_nested():
            db.session.execute(of_this.values({name: value}))
        db.session.refresh(sealed)
        assert getattr(sealed, name) == before
    db.session.execute(of_this.values(cities=[], masked=True))
    # Nobody changes a draft by mistake either way: what is not sealed is free.
    draft = lessons.revise(scenario.actor("curator"), sealed.lesson_id)
    db.session.execute(update(LessonVersion).where(LessonVersion.id == draft.id).values(answers=["Other."]))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("external_sources", [{"title": "T", "url": "javascript:alert(1)"}]),
        ("external_sources", [{"title": "T", "url": "http://"}]),
        ("external_sources", [{"title": "T", "url": "https://user@site.example/"}]),
        ("external_sources", [{"title": "Only a title", "url": ""}]),
        ("external_sources", [{"url": "https://a.example/", "accessed": "2999-01-01"}]),
        ("external_sources", [{"url": "https://a.example/", "accessed": "soon"}]),
        ("external_sources", [{"url": "https://a.example/", "kind": "gossip"}]),
        ("external_sources", [{"url": f"https://a.example/{n}"} for n in range(13)]),
        ("owner", "o" * 121),
        ("review_on", "2999-01-01"),
        ("review_on", "2020-01-01"),
        ("review_on", "soon"),
        ("open_questions", ["q" * 161]),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_stored(field, value):
    scenario = build()
    lesson = scenario.draft()
    with pytest.raises(Invalid) as refused:
        save(scenario, lesson, title="Another title", **{field: value})
    assert refused.value.field == field
    assert lessons.working(lesson).title != "Another title"


def test_who_keeps_a_lesson_with_a_masked_source_is_read_inside_only():
    scenario = build(audience=Audience.SPACE)
    lesson = scenario.draft()
    scenario.agree(lesson)
    save(scenario, lesson, owner="housing service, city of Aalst", external_sources=[SITE])
    lesson = out(scenario, lesson, recognised=False)
    inside = lesson_page.page(scenario.actor("author"), lesson.public_id)
    outside = lesson_page.page(scenario.actor("reader"), lesson.public_id)
    assert (inside.origin.owner, outside.origin.owner) == ("housing service, city of Aalst", "")
    lessons.revise(scenario.actor("curator"), lesson.id)
    save(scenario, lesson, owner="nobody any more")
    out(scenario, lesson, recognised=False)
    assert [
        title for title, _pieces in comparison.compare(scenario.actor("author"), lesson.public_id).changes
    ] == [str(dict(comparison.FIELDS)["owner"])]
    assert not comparison.compare(scenario.actor("reader"), lesson.public_id).changes


def _applied(lesson, city, name):
    by = make_member(name, city=city)
    reports.record(
        lesson.id, city=city, reporter_id=by.id, outcome=AdoptionOutcome.WORKED, reported_on=days.today()
    )


@pytest.mark.both_databases
def test_nobody_is_surer_than_what_a_lesson_rests_on():
    scenario = build()
    lesson = scenario.draft()
    save(scenario, lesson, confidence=Confidence.HIGH)
    with pytest.raises(Invalid) as refused:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert refused.value.field == "confidence"
    save(scenario, lesson, confidence=Confidence.FAIR)
    out(scenario, lesson)
    # Words of another city come along, but only one other city applied it yet.
    lessons.revise(scenario.actor("curator"), lesson.id)
    elsewhere = make_post(scenario.thread, make_member("Gerda", space=make_space("Genk", city="genk")), REPLY)
    claim = claims.add(scenario.actor("curator"), lesson.id, text="Half of them stay")
    claims.quote(
        scenario.actor("curator"),
        claim.id,
        post_id=elsewhere.id,
        words="half of them stayed",
        stance="supports",
    )
    _applied(lesson, "brugge", "Bea")
    save(scenario, lesson, confidence=Confidence.HIGH)
    with pytest.raises(Invalid) as again:
        lessons.submit(scenario.actor("curator"), lesson.id, audience=Audience.NETWORK)
    assert (again.value.field, again.value.message != refused.value.message) == ("confidence", True)
    _applied(lesson, "leuven", "Leo")
    sealed = db.session.get_one(LessonVersion, out(scenario, lesson).current_id)
    assert sealed.confidence == Confidence.HIGH
    # What is published stays as sure as it was, whatever it rests on by now.
    anew = versions.replace_published(lesson, "note", without=[])
    assert anew.confidence == Confidence.HIGH
    assert [card.confidence for card in library.newest(scenario.actor("reader"))] == ["high"]
    assert len(db.session.scalars(select(LessonVersion.id)).all()) == 3
