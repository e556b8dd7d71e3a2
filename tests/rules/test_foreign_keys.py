"""What hangs on a row is found by an index: each foreign key begins one, or says here why it needs none."""

import ast

import sqlalchemy as sa

from forum.infra.db import db
from tests.rules.source import ROOT, modules

# Nobody is looked for by these, and no code deletes what they point at.
WHO_DID_IT = {
    "adoption_report.reporter_id", "cahier.editor_id", "capacity.confirmed_by_id", "capacity.ended_by_id",
    "capacity.refused_by_id", "consent_round.opened_by_id", "counter_evidence.decided_by_id",
    "held_post.decided_by_id", "rules_version.author_id", "pointed_out.seen_by_id", "watched_word.added_by_id",
    "join_request.answered_by_id", "lesson.published_by_id", "lesson_step.actor_id",
    "measure_objection.decided_by_id",
    "membership.ended_by_id", "membership.granted_by_id", "moderation_action.actor_id",
    "network_appointment.granted_by_id", "notification.actor_id",
    "post.hidden_by_id", "post_objection.decided_by_id", "post_revision.editor_id",
    "post_settlement.settled_by_id", "review_comment.author_id",
    "review_comment.settled_by_id", "sealing.sealed_by_id",
    "sealing_objection.decided_by_id", "space_deputy.named_by_id", "space_measure.ended_by_id",
    "space_measure.made_by_id", "space_note.editor_id", "summary_keeper.asked_by_id",
    "summary_version.editor_id", "tag_merge.editor_id", "thread_change.editor_id", "thread_response.hidden_by_id",
}  # fmt: skip
WITHOUT = {
    "no code deletes what it points at, and nobody looks by it": WHO_DID_IT
    | {
        "adoption_report.post_id", "consent_request.post_id", "counter_evidence.post_id", "excerpt.right_space_id",
        "thread_change.space_id", "lesson_version.policy_id",
    },
    "looked for only with its lesson, version or space, by an index of that": {
        "consent.author_id", "consent_request.revision_id", "hand_over.giver_id", "hand_over.offered_by_id",
        "lesson_review.reviewer_id", "removal.revision_id", "review_request.asked_by_id",
    },
    "looked for only with its member or its moment, by an index of that": {
        "notification.event_id", "notification.post_id", "notification.space_id", "notification.thread_id",
    },
    "one row for each merge, a few dozen in a network": {"tag_merge.into_id", "tag_merge.tag_id"},
}  # fmt: skip
REASONS = {name: reason for reason, names in WITHOUT.items() for name in names}


def begins(table):
    """The columns, in their order, of everything by which rows of a table are found."""
    unique = [one for one in table.constraints if isinstance(one, sa.UniqueConstraint)]
    found = [list(one.columns.keys()) for one in (table.primary_key, *unique)]
    return found + [[getattr(column, "name", "") for column in index.expressions] for index in table.indexes]


def without_index(metadata):
    """The foreign keys that begin no index, with the table that each points at."""
    found = {}
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            names = list(key.columns.keys())
            if not any(set(one[: len(names)]) == set(names) for one in begins(table)):
                found[f"{table.name}.{names[0]}"] = key.referred_table.name
    return found


def deleted(metadata, trees):
    """The tables of which code deletes rows by a statement, and those whose rows go with them."""
    models = {mapper.class_.__name__: mapper.local_table.name for mapper in db.Model.registry.mappers}
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    found = {
        models[node.args[0].id]
        for node in calls
        if isinstance(node.func, ast.Name) and node.func.id == "delete"
        if isinstance(node.args[0], ast.Name) and node.args[0].id in models
    }
    while True:
        more = {
            table.name
            for table in metadata.sorted_tables
            for key in table.foreign_key_constraints
            if key.referred_table.name in found and key.ondelete == "CASCADE"
        }
        if more <= found:
            return found
        found |= more


def test_each_foreign_key_begins_an_index_or_says_why_it_needs_none():
    assert without_index(db.metadata).keys() == REASONS.keys()
    planted = sa.MetaData()
    sa.Table("parent", planted, sa.Column("id", sa.Integer, primary_key=True))
    for name, *more in (
        ("none",),
        ("second", sa.Index("ix_second", "other", "parent_id")),
        ("first", sa.Index("ix_first", "parent_id", "other")),
    ):
        columns = (sa.Column("parent_id", sa.ForeignKey("parent.id")), sa.Column("other", sa.Integer))
        sa.Table(name, planted, *columns, *more)
    assert without_index(planted) == {"none.parent_id": "parent", "second.parent_id": "parent"}


def test_what_needs_none_points_at_what_no_code_deletes():
    trees = [module.tree for module in modules(ROOT).values() if not module.name.startswith("forum.demo")]
    gone = deleted(db.metadata, trees)
    assert {"lesson", "lesson_version", "capacity", "consent_round", "removal"} <= gone, (
        "or this proves nothing"
    )
    assert [name for name, table in without_index(db.metadata).items() if table in gone] == []
    assert "member" in deleted(db.metadata, [ast.parse("session.execute(delete(Member))")])
