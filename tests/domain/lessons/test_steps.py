"""Each step in the life of a lesson is taken by who may, from where it leads, and is written down for good."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from forum.domain.audit import undoable
from forum.domain.consents import rounds
from forum.domain.lessons import disputes, ending, lessons, page, state_machine, steps, undo
from forum.domain.lessons.state_machine import TABLE, Move
from forum.infra.db import db
from forum.models.lesson_steps import LessonStep, Stage, StepKind
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.errors import Conflict, DomainError, Forbidden, NotFound
from tests import reviewed
from tests.lesson_scenario import build

OF_FORUM = {StepKind.CLOSE_QUESTION, StepKind.TAKE_OUT}


def log_of(lesson_id):
    query = select(LessonStep).where(LessonStep.lesson_id == lesson_id).order_by(LessonStep.id)
    return [
        (row.kind.value, row.before.value, row.after.value, row.sequence) for row in db.session.scalars(query)
    ]


def test_a_whole_life_is_written_down_with_who_took_each_step(session):
    town = build(Audience.SPACE)
    curator, reviewer = town.actor("curator"), town.actor("reviewer")
    lesson = town.draft()
    rounds.open_round(curator, lesson.id, Audience.NETWORK)
    rounds.withdraw_round(curator, lesson.id)
    town.agree(lesson)
    for _twice in range(2):
        lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    undo.ask_back(curator, lesson.id)
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    for _twice in range(2):
        lessons.send_back(reviewer, lesson.id, note="Say since when.")
    lessons.submit(curator, lesson.id, audience=Audience.NETWORK)
    for _twice in range(2):
        reviewed.publish(reviewer, lesson.id, recognised=False)
    for _twice in range(2):
        lessons.revise(curator, lesson.id)
    undo.discard(curator, lesson.id)
    assert log_of(lesson.id) == [
        ("begin", "none", "draft", 1),
        ("ask_authors", "draft", "asking", 1),
        ("take_question_back", "asking", "draft", 1),
        ("submit", "draft", "in_review", 1),
        ("ask_back", "in_review", "draft", 1),
        ("submit", "draft", "in_review", 2),
        ("return", "in_review", "draft", 2),
        ("submit", "draft", "in_review", 3),
        ("publish", "in_review", "published", 3),
        ("revise", "published", "draft", 4),
        ("discard", "draft", "published", 3),
    ]
    who = {line.by.name for line in steps.page(curator, lesson.id).lines}
    assert who == {"Cas", "Wout"}
    assert all(line.by.job for line in steps.page(town.actor("second"), lesson.id).lines)
    for name, refusal in (("reviewer", Forbidden), ("author", Forbidden), ("editor", Forbidden)):
        with pytest.raises(refusal):
            steps.page(town.actor(name), lesson.id)
    with pytest.raises(NotFound):
        steps.page(curator, lesson.id + 1)


def test_the_log_outlives_a_draft_and_cannot_be_changed(session):
    town = build()
    lesson_id = town.draft().id
    assert undo.discard(town.actor("curator"), lesson_id) is None
    assert log_of(lesson_id) == [("begin", "none", "draft", 1), ("discard", "draft", "none", None)]
    for statement in ("UPDATE lesson_step SET reason = 'x'", "DELETE FROM lesson_step"):
        with pytest.raises(DatabaseError, match="only added to"), db.session.begin_nested():
            db.session.execute(text(statement))


def test_no_step_is_taken_from_where_the_table_does_not_lead(session):
    town, closed = build(), build(Audience.SPACE)
    at = {
        Stage.DRAFT: town.draft(),
        Stage.ASKING: closed.draft(),
        Stage.IN_REVIEW: town.draft(text="Talk first"),
        Stage.PUBLISHED: town.published(),
    }
    lessons.submit(town.actor("curator"), at[Stage.IN_REVIEW].id, audience=Audience.NETWORK)
    rounds.open_round(closed.actor("curator"), at[Stage.ASKING].id, Audience.NETWORK)
    assert [steps.stage_of(lesson) for lesson in at.values()] == list(at)
    tried = refused = 0
    for kind, row in TABLE.items():
        for stage, lesson in at.items():
            if stage in row.before or (kind != StepKind.REVISE and stage == Stage.PUBLISHED):
                continue
            tried += 1
            for name in ("curator", "second", "reviewer", "editor", "author", "reader"):
                place = closed if stage == Stage.ASKING else town
                actor = None if kind in OF_FORUM else place.actor(name)
                with pytest.raises(DomainError) as caught:
                    state_machine.begin(kind, Move(actor, lesson, lesson.audience))
                refused += isinstance(caught.value, Conflict)
    assert set(TABLE) == set(StepKind)
    assert tried > 20
    assert refused > 20
    # What the forum does by itself, nobody does.
    for kind in OF_FORUM:
        assert all(
            not TABLE[kind].who(Move(town.actor(name), at[Stage.DRAFT])) for name in ("curator", "editor")
        )


def test_the_table_itself_knows_who_may_take_each_step(session):
    town = build()
    lesson, other = town.published(), town.published()
    public_id, root = lesson.public_id, page.page(town.actor("reader"), lesson.public_id).claims[0].root
    evidence = disputes.bring(town.actor("author"), public_id, claim=root, words="No.")
    ending.withdraw(town.actor("second"), other.public_id, reason="Gone.")
    (act,) = undoable.open_acts(town.actor("second"), kind=UndoKind.END)
    act = db.session.get_one(UndoableAct, act.id)
    decided = (StepKind.DISPUTE, StepKind.DECLINE_EVIDENCE, StepKind.SETTLE)
    may = {
        StepKind.CONFIRM: {"editor"},
        StepKind.WITHDRAW: {"curator", "second", "editor"},
        StepKind.SUPERSEDE: {"curator", "second", "editor"},
        StepKind.AFFIRM: {"curator", "second"},
        StepKind.REVISE: {"curator", "second"},
        StepKind.TAKE_OVER: {"curator", "second"},
        **{one: {"curator", "second"} for one in decided},
        StepKind.BRING_BACK: {"editor"},
        StepKind.UNDO_END: {"second"},
        StepKind.UNDO_CONFIRM: set(),  # what they did was no confirmation, and they are no editor
    }
    about_other = {StepKind.BRING_BACK, StepKind.UNDO_END, StepKind.UNDO_CONFIRM}
    for kind, expected in may.items():
        moved = other if kind in about_other else lesson
        found = {
            name
            for name in ("curator", "second", "reviewer", "editor", "author", "reader")
            if TABLE[kind].who(Move(town.actor(name), moved, act=act, evidence=evidence))
        }
        assert found == expected, kind
    # Without what it is about nobody takes it, nor with what is about another lesson.
    for kind in (StepKind.UNDO_END, StepKind.DISPUTE, StepKind.SETTLE):
        assert not TABLE[kind].who(Move(town.actor("second"), lesson))
    assert not TABLE[StepKind.UNDO_END].who(Move(town.actor("second"), lesson, act=act))
    # Whoever publishes a new version lets it stand again, and ends what that version answers.
    lessons.revise(town.actor("curator"), other.id)
    lessons.save(town.actor("curator"), other.id, saved_count=1, title="Mended", change_note="Mended.")
    lessons.submit(town.actor("curator"), other.id, audience=Audience.NETWORK)
    reviewed.publish(town.actor("reviewer"), other.id)
    assert other.ended_at is None
