"""On which house rule an act rests: chosen beside its reason, kept in the line of the log, named as it was then.

Whoever adds an act with a reason: give its verb `rule: str = ""` (what was chosen), ask `rule_of` for the id that
`audit_log.record` gets as `rule_id`; its form is a `GroundedForm`, and `ground_field` draws it.
"""

from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select

from forum.domain.audit import resting
from forum.domain.house_rules import versions
from forum.infra.db import db
from forum.infra.i18n import _, lazy
from forum.infra.paging import id_of
from forum.models.house_rules import HouseRule, RulesVersion
from forum.models.moderation import Action, ModerationAction
from forum.models.threads import Post, PostRevision
from forum.policy.errors import Invalid

FIELD, OTHER = "rule", "other"
NOT_CHOSEN = lazy("Choose the house rule on which this rests, or another reason.")


def choices(space_id: int) -> list[tuple[str, str]]:
    """Return the rules in force of a space as what can be chosen, and its name (one query)."""
    newest = versions.latest_number(space_id).scalar_subquery()
    query = (
        select(HouseRule.id, HouseRule.position, HouseRule.heading)
        .join(RulesVersion, RulesVersion.id == HouseRule.version_id)
        .where(versions.of_place(space_id), RulesVersion.number == newest)
        .order_by(HouseRule.position)
    )
    return [(str(row.id), f"{row.position}. {row.heading}") for row in db.session.execute(query)]


def rule_of(space_id: int, chosen: str) -> int | None:
    """Return the rule of a space that was chosen; None for another ground, and where the space has no rules.

    Invalid at `rule` where nothing was chosen, or a rule that is not in force.
    """
    offered = [value for value, _name in choices(space_id)]
    if not offered or chosen == OTHER:
        return None
    if not chosen:
        raise Invalid(FIELD, str(NOT_CHOSEN))
    if chosen not in offered:
        raise Invalid(FIELD, _("The house rules changed meanwhile. Choose again."))
    return id_of(chosen)


def of_each(post_id: int, action: Action) -> list[resting.Rule | None]:
    """Return the rule on which each act of a kind on a post rests, in their order (system read, one query)."""
    query = _resting().where(ModerationAction.post_id == post_id, ModerationAction.action == action)
    return [resting.rule_of(row) for row in db.session.execute(query.order_by(ModerationAction.id))]


def of_post(post_id: int, *actions: Action) -> resting.Rule | None:
    """Return the rule on which the last act of these kinds on a post rests (system read, one query)."""
    query = _resting().where(ModerationAction.post_id == post_id, ModerationAction.action.in_(actions))
    row = db.session.execute(query.order_by(ModerationAction.id.desc()).limit(1)).one_or_none()
    return resting.rule_of(row) if row is not None else None


def last_line(post_id: int, *actions: Action) -> ScalarSelect[Any]:
    """Return the query of the id of the last line of these kinds about a post."""
    its = (ModerationAction.post_id == post_id, ModerationAction.action.in_(actions))
    return select(func.max(ModerationAction.id)).where(*its).scalar_subquery()


def text_and_rule(post: Post, line_id: ScalarSelect[Any]) -> tuple[str, resting.Rule | None]:
    """Return the text of a post as it was last written, and the rule of a line about it (system read, one query)."""
    columns: tuple[Any, ...] = (PostRevision.body, *resting.COLUMNS)
    query = (
        select(*columns)
        .select_from(PostRevision)
        .outerjoin(ModerationAction, ModerationAction.id == line_id)
        .outerjoin(HouseRule, HouseRule.id == ModerationAction.rule_id)
        .outerjoin(RulesVersion, RulesVersion.id == HouseRule.version_id)
        .where(PostRevision.post_id == post.id, PostRevision.number == post.revision)
    )
    row = db.session.execute(query).one()
    return row.body, resting.rule_of(row)


def _resting() -> Select[Any]:
    columns: tuple[Any, ...] = resting.COLUMNS
    return (
        select(*columns)
        .select_from(ModerationAction)
        .outerjoin(HouseRule, HouseRule.id == ModerationAction.rule_id)
        .outerjoin(RulesVersion, RulesVersion.id == HouseRule.version_id)
    )
