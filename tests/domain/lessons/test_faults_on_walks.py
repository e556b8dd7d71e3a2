"""Each thing that is asked on a walk (`lives_hold`) is seen to fail: a fault for each, planted where the forum does it.

A few in every run, the others in the proof.
"""

from types import SimpleNamespace

import pytest
from sqlalchemy import update

from forum.domain.lessons import (
    audiences,
    completeness,
    confirming,
    consent_checks,
    dispute_list,
    disputes,
    earlier_curators,
    ending,
    lessons,
    page,
    steps,
    weakened,
)
from forum.infra import clock
from forum.infra.db import db
from forum.models.lesson_steps import Stage, StepKind
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from forum.policy.actions import YES
from forum.policy.errors import Forbidden, NotFound
from tests.domain.lessons import lives_hold, lives_town
from tests.domain.lessons.lives_whole import Life
from tests.sweeps import few_of

SPACE, NETWORK, PUBLIC = Audience
WHY = "The rule is gone."
FAULTS = {}


def fault(audience, beginning, said):
    """Keep a fault with where the walk begins that finds it, and what it says; gives the steps of that walk."""

    def keep(plant):
        FAULTS[plant.__name__] = (audience, beginning, said, plant)
        return plant

    return keep


def changed(patch, module, name, change):
    """Let a verb do what it does, and `change` the lesson afterwards."""
    verb = getattr(module, name)

    def faulty(*what, **more):
        done = verb(*what, **more)
        change(done)
        db.session.flush()
        return done

    patch.setattr(module, name, faulty)


@fault(NETWORK, "draft", "a claim without words")
def a_claim_without_excerpt(patch):
    patch.setattr(completeness, "missing_fields", lambda *_what: [])
    patch.setattr(weakened, "refuse_bare", lambda *_what: None)
    yield lambda life: life.add_claim("curator", 1)
    yield lambda life: life.submit("curator", NETWORK)
    yield lambda life: life.publish("reviewer", True)


@fault(SPACE, "draft", "an excerpt without a right")
def an_excerpt_without_consent(patch):
    patch.setattr(consent_checks, "needed", lambda *_what: False)
    yield lambda life: life.submit("curator", NETWORK)
    yield lambda life: life.publish("reviewer", True)


@fault(SPACE, "draft", "two eyes")
def a_deputy_who_checks_it(patch):
    patch.setattr(earlier_curators, "add_deputy", lambda *_what: None)
    yield lambda life: life.name_deputy("curator", "second")
    yield lambda life: life.save("second", True)
    yield lambda life: life.submit("curator", SPACE)
    yield lambda life: life.publish("second", True)


@fault(SPACE, "draft", "somebody else worked on it")
def a_draft_that_anybody_writes_in(patch):
    patch.setattr(lessons, "may_edit_draft", lambda *_what: YES)
    yield lambda life: life.add_claim("second", 1)


@fault(PUBLIC, "draft", "wider than allowed")
def a_published_lesson_for_more_readers(patch):
    patch.setattr(audiences, "refuse", lambda *_what: None)
    yield lambda life: life.submit("curator", NETWORK)
    yield lambda life: life.publish("reviewer", True)
    yield lambda life: life.revise("curator")
    yield lambda life: life.submit("curator", PUBLIC)


@fault(NETWORK, "published", "is not in the log")
def a_step_without_a_line(patch):
    record = steps.record

    def forgets(actor, lesson, kind, **more):
        return None if kind == StepKind.WITHDRAW else record(actor, lesson, kind, **more)

    patch.setattr(steps, "record", forgets)
    yield lambda life: life.withdraw("second", WHY)


@fault(NETWORK, "published", "is in the log")
def a_step_with_two_lines(patch):
    record = steps.record
    patch.setattr(steps, "record", lambda *what, **more: (record(*what, **more), record(*what, **more))[1])
    yield lambda life: life.affirm("second")


@fault(NETWORK, "published", "by somebody else")
def a_line_without_its_capacity(patch):
    patch.setattr(steps, "capacities", SimpleNamespace(current=lambda _member_id: None))
    yield lambda life: life.affirm("second")


@fault(NETWORK, "published", "but it stood at published")
def a_line_from_another_stage(patch):
    record = steps.record
    wrong = {"before": Stage.ASKING}
    patch.setattr(steps, "record", lambda *what, **more: record(*what, **{**more, **wrong}))
    yield lambda life: life.revise("curator")


@fault(NETWORK, "published", "UPDATE lesson SET")
def a_refusal_that_writes(patch):
    def writes(_actor, public_id, **_more):
        db.session.execute(update(Lesson).where(Lesson.public_id == public_id).values(changed_at=clock.now()))
        raise Forbidden("No.")

    patch.setattr(ending, "withdraw", writes)
    yield lambda life: life.withdraw("reader", WHY)


@fault(NETWORK, "published", "it stands in a list")
def an_ended_lesson_in_lists(patch):
    changed(patch, ending, "withdraw", lambda lesson: setattr(lesson, "ended_at", None))
    yield lambda life: life.withdraw("second", WHY)


@fault(NETWORK, "published", "its page is gone")
def an_ended_lesson_without_a_page(patch):
    shown = page.page

    def hides(reader, public_id, number=None):
        found = shown(reader, public_id, number)
        if found.lesson.ended_at is not None:
            raise NotFound
        return found

    patch.setattr(page, "page", hides)
    yield lambda life: life.withdraw("second", WHY)


@fault(NETWORK, "published", "it ended without a reason")
def an_end_without_a_reason(patch):
    changed(patch, ending, "supersede", lambda lesson: setattr(lesson, "ended_reason", ""))
    yield lambda life: life.supersede("second", WHY, False)


@fault(NETWORK, "disputed", "evidence is gone")
def evidence_that_goes_with_its_dispute(patch):
    changed(patch, disputes, "settle", lambda evidence: setattr(evidence, "words", ""))
    yield lambda life: life.end_dispute("second", 0, WHY)


@fault(NETWORK, "disputed", "disputed, or not any more")
def a_dispute_that_never_ends(patch):
    patch.setattr(disputes, "look", lambda _lesson: None)
    yield lambda life: life.end_dispute("second", 0, WHY)


@fault(NETWORK, "published", "evidence that somebody may not read")
def evidence_that_waits_for_everybody(patch):
    patch.setattr(dispute_list, "may_moderate", lambda *_what: YES)
    yield lambda life: life.bring("kim", "With us nobody came.")


@fault(NETWORK, "published", "two other cities did not apply it")
def a_lesson_that_one_city_confirms(patch):
    patch.setattr(confirming, "has_enough", lambda _lesson: True)
    yield lambda life: life.report("una", lives_town.WORKED)
    yield lambda life: life.report("kim", lives_town.WORKED)
    yield lambda life: life.confirm("editor")


@fault(NETWORK, "applied", "two other cities did not apply it")
def a_confirmation_that_stays(patch):
    yield lambda life: life.confirm("editor")
    patch.setattr(confirming, "has_enough", lambda _lesson: True)
    yield lambda life: life.take_report_back("kim")


@pytest.mark.parametrize("name", few_of(FAULTS, "a_claim_without_excerpt", "a_step_without_a_line"))
def test_a_fault_is_found_on_the_walk_that_meets_it(session, monkeypatch, name):
    audience, beginning, said, plant = FAULTS[name]
    made = type(
        "OneLife", (Life,), {"towns": {audience: lives_town.town(audience)}, "seen": lives_hold.Seen()}
    )
    life = made()
    try:
        life.begin(audience=audience, beginning=beginning)
        with pytest.raises(AssertionError, match=said):
            go_on(life, plant(monkeypatch))
    finally:
        life.teardown()


def go_on(life, walk):
    """Take the steps of a walk, and ask after each of them what is asked on every walk."""
    life.it_holds()
    for step in walk:
        step(life)
        life.it_holds()
        life.it_is_confirmed_only_by_other_cities()
