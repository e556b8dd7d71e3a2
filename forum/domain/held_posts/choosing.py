"""Whose contributions wait in a space: chosen by its moderators, and noted in its log."""

from dataclasses import dataclass
from datetime import date, timedelta

from forum.domain.audit import log as audit_log
from forum.infra import clock, days
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.held import HoldingRule
from forum.models.moderation import Action
from forum.models.spaces import Space
from forum.policy.actions import require
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.held_posts import may_choose_holding
from forum.policy.visibility import get_visible

LONGEST = timedelta(days=90)  # in which everybody's wait
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose contributions wait; `everybody_until` is the last day on which everybody's do."""

    newcomers: bool = False
    guests: bool = False
    links: bool = False
    everybody_until: date | None = None

    @property
    def codes(self) -> str:
        """Return the choice as a line of the log keeps it."""
        chosen = [name for name in ("newcomers", "guests", "links") if getattr(self, name)]
        return ",".join([*chosen, *(["everybody"] if self.everybody_until else [])]) or NOBODY


def chosen(actor: Actor, space_id: int) -> Choice:
    """Return what the moderators of a space chose, for them alone: NotFound, Forbidden."""
    return _choice(_rule(_moderated(actor, space_id)))


def choose(actor: Actor, space_id: int, choice: Choice) -> None:
    """Choose whose contributions wait from now on; what waits already goes on waiting. The log says so.

    NotFound, Forbidden, Invalid at `everybody_until` for a day that is over or too far away.
    """
    space = _moderated(actor, space_id, lock=True)
    rule, today = _rule(space), days.today()
    before, until = _choice(rule), choice.everybody_until
    if choice == before:
        return
    if until is not None and not today <= until <= today + LONGEST:
        raise Invalid("everybody_until", _("Choose a day within %(days)d days from now.", days=LONGEST.days))
    if rule is None:
        rule = HoldingRule(space_id=space.id)
        db.session.add(rule)
    rule.newcomers, rule.guests, rule.links = choice.newcomers, choice.guests, choice.links
    rule.everybody_until = days.end_of(until) if until else None
    db.session.flush()
    reason = f"{before.codes} {choice.codes}"
    audit_log.record(actor, Action.HOLDING, space_id=space.id, reason=reason)


def _choice(rule: HoldingRule | None) -> Choice:
    if rule is None:
        return Choice()
    until = rule.everybody_until
    # A moment that is the end of a day belongs to that day; once it is over nothing is chosen any more.
    last = days.day_of(until - timedelta(seconds=1)) if until and until > clock.now() else None
    return Choice(rule.newcomers, rule.guests, rule.links, last)


def _rule(space: Space) -> HoldingRule | None:
    return db.session.get(HoldingRule, space.id)


def _moderated(actor: Actor, space_id: int, *, lock: bool = False) -> Space:
    space: Space = get_visible(Space, actor, space_id, lock=lock)
    require(may_choose_holding(actor, space.id))
    return space
