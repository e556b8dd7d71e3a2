"""Where a draft of house rules stands: with its space, for its moderators; one of the policy with its editor."""

from sqlalchemy import func, select

from forum.domain.drafts.views import Place, Subject
from forum.domain.house_rules import versions
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.house_rules import RulesVersion
from forum.models.spaces import Space
from forum.policy.actions import may_edit_network, may_moderate
from forum.policy.actors import Actor
from forum.policy.visibility import sees

FORMS = RULES, POLICY = "rules", "policy"


def of(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    """Return where each of these stands, without those that the actor may not enter (a query for each of both)."""
    return _of_spaces(actor, {one.id for one in asked if one.form == RULES}) | _of_network(actor, asked)


def _of_spaces(actor: Actor, ids: set[int]) -> dict[Subject, Place]:
    if not ids:
        return {}
    newest = (
        select(RulesVersion.space_id, func.max(RulesVersion.number).label("number"))
        .group_by(RulesVersion.space_id)
        .subquery()
    )
    query = (
        select(Space, newest.c.number, RulesVersion.published_at)
        .outerjoin(newest, newest.c.space_id == Space.id)
        .outerjoin(
            RulesVersion,
            (RulesVersion.space_id == Space.id) & (RulesVersion.number == newest.c.number),
        )
        .where(Space.id.in_(ids & actor.roles.keys()), sees(Space, actor))
    )
    return {
        Subject(RULES, space.id): Place(
            _("House rules"), space.name, may_moderate(actor, space.id), number or 0, at, {"slug": space.slug}
        )
        for space, number, at in db.session.execute(query)
    }


def _of_network(actor: Actor, asked: list[Subject]) -> dict[Subject, Place]:
    subject, answer = Subject(POLICY, actor.id), may_edit_network(actor)
    if subject not in asked or not answer:
        return {}
    newest = versions.history(None)[:1]
    number, at = (newest[0].number, newest[0].since) if newest else (0, None)
    return {subject: Place(_("Editorial policy"), "", answer, number, at)}
