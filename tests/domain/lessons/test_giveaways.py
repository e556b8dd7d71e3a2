"""Ten ways to a masked source, each planted as it would happen: the curator is told, and hears nothing without it."""

import datetime

import pytest

from forum.domain.lessons import claims, giveaways, lessons
from forum.domain.lessons.giveaways import NOTES
from forum.domain.people import capacities
from forum.domain.threads import classification
from forum.infra.db import db
from forum.models.accounts import Body, Confirmation, Level
from forum.models.consents import Masking
from forum.models.lessons import LessonReview, ReviewBasis
from forum.models.spaces import Audience, Role
from forum.models.themes import Axis, Need
from forum.policy.errors import NotFound
from tests import reviewed
from tests.factories import actor, make_member, make_space, make_thread
from tests.lesson_scenario import build
from tests.sweeps import on_one_database, once

MASKED = {"masking": Masking.MASKED, "city_shown": False, "shown_as": "somebody in field work, a centre city"}
NAMED = {"masking": Masking.NAME, "city_shown": True, "shown_as": "Amina"}
HALF = "half of them stayed"


@pytest.fixture
def scenario(session):
    """A closed talk of Aalst, and others in the network who do the same work."""
    scenario = build(Audience.SPACE)
    for name in ("Kim", "Lou"):
        make_member(name, space=make_space("Genk", city="genk"))
    scenario.lesson = None
    return scenario


def draft(scenario, **answer):
    scenario.lesson = scenario.draft()
    scenario.agree(scenario.lesson, **(MASKED | answer))
    return scenario.lesson


def write(scenario, **fields):
    lesson = scenario.lesson or draft(scenario)
    saved_count = lessons.working(lesson).saved_count
    lessons.save(scenario.actor("curator"), lesson.id, saved_count=saved_count, **fields)


def capacity(member, function, city, **over):
    values = {"level": Level.FIELD, "body": Body.CITY, "confirmation": Confirmation.MODERATOR} | over
    return capacities.add(
        member.id, function=function, city=city, starts_on=datetime.date(2025, 1, 1), **values
    )


def out(scenario, by="reviewer", audience=Audience.NETWORK):
    lessons.submit(scenario.actor("curator"), scenario.lesson.id, audience=audience)
    reviewed.publish(scenario.actor(by), scenario.lesson.id, recognised=False)
    return lessons.revise(scenario.actor("curator"), scenario.lesson.id)


def curators_body(scenario):
    capacity(scenario.curator, "field worker", "aalst", body=Body.OCMW)
    write(scenario, context="It began at the OCMW Aalst.")
    return lambda: write(scenario, context="It began at an OCMW.")


def rare_function(scenario):
    capacity(scenario.author, "language coach", "aalst")
    draft(scenario, shown_as="language coach, a centre city")
    return lambda: scenario.agree(scenario.lesson, **MASKED)


def date(scenario):
    write(scenario, context="We rang them on 3 March 2026.")
    return lambda: write(scenario, context="We rang them in the spring.")


def tag(scenario):
    write(scenario, tags=["ringing"])
    subject = {"need": Need.FACTS, "axis": Axis.DENSITY}
    home = make_thread(scenario.space, scenario.author, audience=Audience.NETWORK)
    classification.classify(scenario.actor("curator"), home.id, tags=("ringing",), **subject)

    def remove():  # where others use it too it leads nowhere
        genk = make_space("Genk", city="genk")
        other = make_thread(
            genk, make_member("Mo", space=genk, role=Role.MODERATOR), audience=Audience.NETWORK
        )
        moderator = make_member("Leen", space=genk, role=Role.MODERATOR)
        classification.classify(actor(moderator), other.id, tags=("ringing",), **subject)

    return remove


def reviewer(scenario):
    draft(scenario)
    held = capacity(scenario.editor, "coach", "aalst")
    out(scenario, by="editor")
    for review in db.session.scalars(db.select(LessonReview)):
        review.basis = ReviewBasis.EDITOR
    db.session.flush()

    def remove():
        held.city = "genk"
        db.session.flush()

    return remove


def once_by_name(scenario, audience):
    """A version by name, and then somebody who wants to be masked: from a talk with that audience and a closed one."""
    first = make_thread(
        scenario.space,
        scenario.second,
        title="Open",
        body="We asked, and waited for an answer.",
        audience=audience,
    )
    closed = scenario.thread
    scenario.thread = first
    scenario.lesson = scenario.draft(words="We asked, and waited")
    if audience == Audience.SPACE:
        scenario.agree(scenario.lesson, "We asked, and waited", **NAMED)
    by_editor = {"by": "editor", "audience": audience} if audience == Audience.PUBLIC else {}
    out(scenario, **by_editor)
    lessons.add_source(scenario.actor("curator"), scenario.lesson.id, closed.id)
    claim = claims.add(scenario.actor("curator"), scenario.lesson.id, text="It does not help everybody")
    scenario.thread = closed
    quoted = claims.quote(
        scenario.actor("curator"), claim.id, post_id=scenario.posts()[1].id, words=HALF, stance="nuances"
    )
    return lambda: claims.unquote(scenario.actor("curator"), quoted.id)


def spaces_list(scenario):
    # Who reads the network finds both talks; readers on the web get the second one masked.
    scenario.thread.audience = Audience.NETWORK
    return once_by_name(scenario, Audience.PUBLIC)


def ring(scenario):
    return once_by_name(scenario, Audience.SPACE)


def profile(scenario):
    write(scenario, context="Amina rang everybody.")
    return lambda: write(scenario, context="A colleague rang everybody.")


def number(scenario):
    write(scenario, context=f"See /threads/{scenario.thread.id}-{scenario.thread.slug}.")
    return lambda: write(scenario, context="See the thread.")


def file_name(scenario):
    write(scenario, context="It stands in verslag-taalstage.pdf.")
    return lambda: write(scenario, context="It stands in the report.")


def title(scenario):
    write(scenario, title=f"{scenario.thread.title}, and what helped")
    return lambda: write(scenario, title="Put talking in the roster")


PLANTED = {
    "title": title, "curator": curators_body, "function": rare_function, "date": date, "tag": tag, "reviewer": reviewer,
    "space_list": spaces_list, "profile": profile, "ring": ring, "number": number, "file": file_name,
}  # fmt: skip


def told(scenario, by="curator"):
    wide = Audience.PUBLIC if scenario.lesson.audience == Audience.PUBLIC else Audience.NETWORK
    return giveaways.of_draft(scenario.actor(by), scenario.lesson.id, wide)


@pytest.mark.parametrize("kind", once(PLANTED, "space_list", "reviewer"))
def test_each_way_is_told_and_without_it_there_is_silence(scenario, kind):
    remove = PLANTED[kind](scenario)
    found = told(scenario)
    assert kind in {one.kind for one in found}, found
    assert all(one.what and one.where and one.note and "%(" not in one.note for one in found)
    remove()
    assert told(scenario) == []


@on_one_database
@pytest.mark.parametrize(
    ("field", "text", "kind", "other"),
    [
        ("title", "How Aalst rang back", "city", "How Gent rang back"),
        ("one_sentence", "The Aalsterse way.", "city", "The Gentse way."),
        ("conditions", ["ask an Aalstenaar"], "city", ["ask a neighbour"]),
        ("tags", ["aalst"], "tag", ["gent"]),
        ("result", "Three people stayed.", "small_number", "Some people stayed."),
        ("unknowns", "Het was de enige ploeg.", "only", "Het was een ploeg."),
        ("problem", "Look at https://forum.example/x", "contact", "Look around"),
    ],
)
def test_texts_are_read_for_names_of_the_city_small_numbers_and_who_is_the_only_one(
    scenario, field, text, kind, other
):
    write(scenario, **{field: text})
    assert [one.kind for one in told(scenario)] == [kind]
    write(scenario, **{field: other})
    assert told(scenario) == []


def test_claims_and_what_is_proposed_to_an_author_are_read_too(scenario):
    lesson = draft(scenario)
    asked = [("Nobody in Aalst talks with me", "a field worker of the city of Aalst")]
    found = giveaways.of_draft(scenario.actor("curator"), lesson.id, Audience.NETWORK, asked)
    assert [(one.kind, one.what) for one in found] == [("city", "Aalst"), ("curator", "city of Aalst")]
    claim = claims.add(scenario.actor("curator"), lesson.id, text="In Aalst contact keeps people")
    assert [(one.kind, one.what) for one in told(scenario)] == [("city", "Aalst")]
    claims.reword(scenario.actor("curator"), claim.id, text="Contact keeps people here")
    assert told(scenario) == []


def test_only_a_moderator_of_the_space_is_told_and_only_of_a_masked_source(scenario):
    write(scenario, context="Amina of Aalst rang everybody.")
    assert {one.kind for one in told(scenario)} == {"profile", "city"}
    for other in ("reviewer", "author"):
        with pytest.raises(NotFound):
            told(scenario, by=other)
    assert giveaways.of_draft(scenario.actor("curator"), scenario.lesson.id, Audience.SPACE) == []
    scenario.agree(scenario.lesson, **NAMED)
    assert told(scenario) == [], "who stands there by name may be known"
    assert set(PLANTED) < set(NOTES)


def test_what_was_found_more_than_once_is_said_once_the_most_telling_first():
    one, two = ("function", "Title", "Chief"), ("only", "Title", "the only")
    found = [giveaways.GiveAway(*it, NOTES[it[0]]) for it in (two, one, ("function", "Result", "chief"))]
    assert [group.found for group in giveaways.grouped(found)] == [
        [("Chief", ["Title", "Result"])],
        [("the only", ["Title"])],
    ]
