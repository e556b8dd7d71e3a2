"""Publish a version of the rules of a space, by its moderators, or of the network's policy, by its editors."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.domain.audit import log as audit_log
from forum.domain.house_rules import acceptance, parsing, versions
from forum.domain.house_rules.versions import Terms, Version
from forum.domain.lines import clean_line
from forum.infra import clock, rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.house_rules import HouseRule, RulesVersion
from forum.models.moderation import Action, ActorRole
from forum.models.spaces import Space
from forum.policy.actions import may_edit_network, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import get_visible

APART = timedelta(minutes=1)  # between two versions of one place
MOST_CHANGES = "30 per hour"


class Text(NamedTuple):
    """What somebody typed: the rules, and what is different in them."""

    body: str
    changed: str = ""


def require_writer(actor: Actor, space_id: int | None) -> None:
    """Do nothing for who writes the rules of a space, or the network's policy; NotFound, Forbidden for others."""
    if space_id is None:
        require(may_edit_network(actor))
        return
    get_visible(Space, actor, space_id)
    require(may_moderate(actor, space_id))


def publish(
    actor: Actor, space_id: int | None, typed: Text, *, seen: int, terms: Terms | None = None
) -> Version:
    """Publish the next version, on top of version `seen` (0 for none); the same text again publishes none.

    `terms` are those that the network's policy names: they are written into its words and kept with it.
    NotFound, Forbidden, Invalid at `body` or `changed`, Conflict when somebody published meanwhile, TooOften.
    """
    require_writer(actor, space_id)
    parsing.check(typed.body)
    if space_id is not None:
        get_visible(Space, actor, space_id, lock=True)
    rates.spend("rules", f"member:{actor.id}", limit=MOST_CHANGES)
    before = versions.current(space_id)
    if before is not None and (before.body, before.terms) == (text.typed(typed.body), terms):
        return before
    if (before.number if before else 0) != seen:
        raise Conflict(meanwhile())
    if before is not None and before.since > clock.now() - APART:
        raise Conflict(_("A version was published less than a minute ago. Wait a moment and publish again."))
    version = write(actor.id, space_id, typed, terms=terms, before=before)
    role = ActorRole.EDITOR if space_id is None else None
    if space_id is not None:
        # Who makes the rules need not be asked whether they accept them.
        acceptance.accept(actor, space_id, version.number)
    audit_log.record(actor, Action.RULES, space_id=space_id, reason=str(version.number), role=role)
    return version


def meanwhile() -> str:
    """Return what is said to who writes on top of a version that is not the newest any more."""
    return _(
        "Somebody published a version while you were writing. Look at both, and publish what should hold."
    )


def write(
    author_id: int | None,
    space_id: int | None,
    typed: Text,
    *,
    terms: Terms | None = None,
    before: Version | None = None,
) -> Version:
    """Add a version after the one `before` (system verb); Invalid, Conflict where another took its number."""
    changed = clean_line(typed.changed, field="changed", limit=RulesVersion.CHANGED_MAX)
    body = text.typed(typed.body)
    parsed = parsing.parse(filled(body, terms))
    row = RulesVersion(
        space_id=space_id,
        number=(before.number if before else 0) + 1,
        body=body,
        intro=parsed.intro,
        changed=changed,
        author_id=author_id,
        published_at=clock.now(),
        review_months=terms.review_months if terms else None,
        answer_days=terms.answer_days if terms else None,
        cities=terms.cities if terms else None,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError as error:
        raise Conflict(meanwhile()) from error
    known = identities(parsed.rules, before.rules if before else [], first_free=_free(space_id))
    db.session.add_all(
        HouseRule(
            version_id=row.id, position=place, identity=identity, heading=rule.heading, words=rule.words
        )
        for place, (rule, identity) in enumerate(zip(parsed.rules, known, strict=True), start=1)
    )
    db.session.flush()
    return versions.one(space_id, row.number)


def filled(body: str, terms: Terms | None) -> str:
    """Return a text with its terms written in the place of their names."""
    if terms is None:
        return body
    for name in Terms.__slots__:
        body = body.replace("{" + name + "}", str(getattr(terms, name)))
    return body


def identities(
    rules: Sequence[parsing.Rule], before: Sequence[versions.Rule], *, first_free: int
) -> list[int]:
    """Return which rule of before each one is: of the same heading, else of the same words, else of the same place.

    Numbers from `first_free` on are those of new ones.
    """
    left, found = {old.identity: old for old in before}, dict[int, int]()
    for is_same in (
        lambda at, old: rules[at].heading.casefold() == old.heading.casefold(),
        lambda at, old: rules[at].words == old.words,
        lambda at, old: at + 1 == old.number,
    ):
        for at in range(len(rules)):
            if at not in found:
                match = next((old for old in left.values() if is_same(at, old)), None)
                if match is not None:
                    found[at] = left.pop(match.identity).identity
    fresh = iter(range(first_free, first_free + len(rules)))
    return [found[at] if at in found else next(fresh) for at in range(len(rules))]


def _free(space_id: int | None) -> int:
    """The first number that no rule of this place ever had."""
    query = select(func.max(HouseRule.identity)).join(RulesVersion, RulesVersion.id == HouseRule.version_id)
    return (db.session.scalar(query.where(versions.of_place(space_id))) or 0) + 1
