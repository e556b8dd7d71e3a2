"""House rules: versions that nobody changes, of which each rule is known again, and who writes and accepts them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select

from forum.domain.house_rules import acceptance, differences, publishing, versions
from forum.domain.house_rules.differences import Became
from forum.domain.house_rules.publishing import Text
from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import NetworkRole
from forum.models.house_rules import HouseRule, RulesAcceptance, RulesVersion
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Role
from forum.policy.errors import Conflict, Forbidden, Invalid, NotFound
from tests.factories import actor, make_member, make_space

pytestmark = pytest.mark.both_databases
FIRST = (
    "Wij luisteren.\n\n## Geen namen\n\nSchrijf niet over klanten.\n\n## Wees kort\n\nVijf zinnen volstaan."
)
SECOND = (
    "Wij luisteren.\n\n## Wees kort\n\nDrie zinnen volstaan.\n\n## Geen namen\n\nSchrijf niet over klanten."
)


def publish(member, space, body, *, seen=0, changed=""):
    return publishing.publish(actor(member), space.id, Text(body, changed), seen=seen)


@pytest.fixture
def later():
    """`later()` lets two minutes pass."""
    with pytest.MonkeyPatch.context() as patch:
        passed = [timedelta()]
        now = clock.now
        patch.setattr(clock, "now", lambda: now() + passed[0])

        def wait(minutes=2):
            passed[0] += timedelta(minutes=minutes)

        yield wait


def test_a_version_is_published_by_moderators_alone_and_each_rule_has_its_number(gent, leen, moderator):
    with pytest.raises(Forbidden):
        publish(leen, gent, FIRST)
    version = publish(moderator, gent, FIRST, changed="Het eerste")
    assert version.number == 1
    assert version.intro == "Wij luisteren."
    assert [(rule.number, rule.heading) for rule in version.rules] == [(1, "Geen namen"), (2, "Wees kort")]
    assert versions.current(gent.id).rules[0].words == "Schrijf niet over klanten."
    line = db.session.scalars(select(ModerationAction).where(ModerationAction.action == Action.RULES)).one()
    assert (line.space_id, line.reason) == (gent.id, "1")


def test_who_does_not_see_the_space_writes_nothing_there(gent):
    hidden = make_space("Verborgen", unlisted=True)
    elsewhere = make_member("Els", space=gent, role=Role.MODERATOR)
    with pytest.raises(NotFound):
        publish(elsewhere, hidden, FIRST)


@pytest.mark.parametrize("body", ["", "Zonder regel.", "## Leeg\n\n## Ook", "## A\n" * 31], ids=len)
def test_a_text_without_rules_is_refused_at_its_field(gent, moderator, body):
    with pytest.raises(Invalid) as refused:
        publish(moderator, gent, body)
    assert refused.value.field == "body"


def test_nothing_is_overwritten_and_who_wrote_on_an_older_one_is_told(gent, moderator, later):
    publish(moderator, gent, FIRST)
    with pytest.raises(Conflict):
        publish(moderator, gent, SECOND, seen=1)
    later()
    with pytest.raises(Conflict):
        publish(moderator, gent, SECOND, seen=0)
    assert publish(moderator, gent, FIRST, seen=0).number == 1
    assert publish(moderator, gent, SECOND, seen=1).number == 2
    assert versions.one(gent.id, 1).body == FIRST
    assert [one.number for one in versions.history(gent.id)] == [2, 1]
    with pytest.raises(NotFound):
        versions.one(gent.id, 3)


@pytest.mark.parametrize("table", [RulesVersion, HouseRule])
def test_the_database_refuses_to_change_what_was_published(gent, moderator, table):
    publish(moderator, gent, FIRST)
    column = "changed" if table is RulesVersion else "words"
    with pytest.raises(sa.exc.DatabaseError, match="never changes"), db.session.begin_nested():
        db.session.execute(sa.update(table).values({column: "Anders"}))
    assert versions.current(gent.id).rules[0].words == "Schrijf niet over klanten."


def test_a_rule_is_known_again_in_another_place_and_in_other_words(gent, moderator, later):
    first = publish(moderator, gent, FIRST)
    later()
    second = publish(moderator, gent, SECOND, seen=1)
    assert [rule.identity for rule in second.rules] == [rule.identity for rule in first.rules][::-1]
    short, names = differences.between(first, second).rules
    assert (short.became, short.number, short.was_number) == (Became.CHANGED, 1, 2)
    assert ("removed", "Vijf") in short.pieces
    assert ("added", "Drie") in short.pieces
    assert (names.became, names.was_number) == (Became.SAME, 1)
    later()
    third = publish(
        moderator, gent, "## Wees kort\n\nDrie zinnen volstaan.\n\n## Nieuw\n\nIets anders.", seen=2
    )
    changed = {one.heading: one.became for one in differences.between(second, third).rules}
    assert changed == {"Wees kort": Became.SAME, "Nieuw": Became.CHANGED}


def test_the_rules_are_accepted_once_and_a_later_version_is_only_pointed_out(gent, leen, moderator, later):
    assert acceptance.due(actor(leen), gent.id) is None
    first = publish(moderator, gent, FIRST)
    assert acceptance.due(actor(leen), gent.id).number == 1
    assert acceptance.due(actor(moderator), gent.id) is None
    with pytest.raises(Invalid) as refused:
        acceptance.require_accepted(actor(leen), gent.id, accepts=None)
    assert refused.value.field == "accepts"
    acceptance.require_accepted(actor(leen), gent.id, accepts=first.id)
    acceptance.require_accepted(actor(leen), gent.id, accepts=None)
    later()
    publish(moderator, gent, SECOND, seen=1)
    assert acceptance.due(actor(leen), gent.id) is None
    assert acceptance.changed_since(actor(leen), gent.id) == (1, 2)
    assert acceptance.accept(actor(leen), gent.id, 2) is False
    acceptance.accept(actor(leen), gent.id, 2)
    assert acceptance.changed_since(actor(leen), gent.id) is None
    own = select(func.count()).select_from(RulesAcceptance).where(RulesAcceptance.member_id == leen.id)
    assert db.session.scalar(own) == 2


def test_who_ticked_a_version_that_changed_meanwhile_reads_the_new_one_first(gent, leen, moderator, later):
    first = publish(moderator, gent, FIRST)
    later()
    second = publish(moderator, gent, SECOND, seen=1)
    with pytest.raises(Invalid):
        acceptance.require_accepted(actor(leen), gent.id, accepts=first.id)
    with pytest.raises(Conflict):
        acceptance.accept(actor(leen), gent.id, 1)
    acceptance.require_accepted(actor(leen), gent.id, accepts=second.id)


def test_the_policy_is_written_by_editors_and_its_terms_stay_as_they_were(gent, moderator, later):
    editor = make_member("Ed", space=gent, network_role=NetworkRole.EDITOR)
    body = "## Nazicht\n\nNa {review_months} maanden, {answer_days} werkdagen, {cities} steden."
    with pytest.raises(Forbidden):
        publishing.publish(actor(moderator), None, Text(body), seen=0, terms=versions.Terms(18, 10, 2))
    before = versions.current(None)
    seen = before.number if before else 0
    later()
    first = publishing.publish(actor(editor), None, Text(body), seen=seen, terms=versions.Terms(18, 10, 2))
    later()
    again = publishing.publish(
        actor(editor), None, Text(body), seen=first.number, terms=versions.Terms(12, 10, 2)
    )
    assert first.rules[0].words == "Na 18 maanden, 10 werkdagen, 2 steden."
    assert again.rules[0].words == "Na 12 maanden, 10 werkdagen, 2 steden."
    assert again.body == first.body
    assert versions.one(None, first.number).terms == versions.Terms(18, 10, 2)
