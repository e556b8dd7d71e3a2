"""The deputy of a space decides at the moment at which its only moderator changes something about either of them."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest

from forum.domain.moderation import hiding, measure_objections, objections, settling
from forum.domain.moderation.settling import Verdict
from forum.domain.spaces import deputies, leaving, measures, memberships
from forum.domain.threads import posts
from forum.infra import clock
from forum.infra.db import db
from forum.models.measures import MeasureObjection
from forum.models.post_reports import ReportOutcome
from forum.models.spaces import Role
from tests.acts import on_measures, on_posts
from tests.acts.act import Act, lines
from tests.acts.places import REPLIES
from tests.attack.two_at_once import TIMES, Two, alone, differing, outcome, parts, plain, settled_town
from tests.conftest import POSTGRES
from tests.factories import actor
from tests.policy.people import Town

pytestmark = [pytest.mark.live, pytest.mark.timeout(3000)]
OF_THE_MODERATOR = {
    "end the deputy": lambda who, at: deputies.end(who, at.space),
    "name another": lambda who, at: deputies.name(who, at.space, handle="aut"),
    "make them a moderator": lambda who, at: memberships.set_role(who, at.space, at.cur, role=Role.MODERATOR),
    "make them a guest": lambda who, at: memberships.set_role(who, at.space, at.cur, role=Role.GUEST),
    "remove them": lambda who, at: memberships.remove(who, at.space, at.cur, reason="Gone."),
    "let another moderate": lambda who, at: memberships.set_role(who, at.space, at.aut, role=Role.MODERATOR),
    "leave": lambda who, at: leaving.leave(who, at.space, successor="aut"),
    "show the post again": lambda who, at: hiding.restore(who, at.hidden),
    "take their own back": lambda who, at: posts.take_back(who, at.own),
    "end the mute": lambda who, at: measures.end(who, at.measure),
}
# Which change what the deputy may do.
STANDING = {"end the deputy", "name another", "make them a moderator", "make them a guest", "remove them"}
OF_THE_DEPUTY = {
    "settle: hide": lambda who, at: settling.settle(who, at.own, Verdict(ReportOutcome.HIDDEN, "A name.")),
    "settle: ask": lambda who, at: settling.settle(who, at.own, Verdict(ReportOutcome.ASKED, "A name.")),
    "settle: leave": lambda who, at: settling.settle(who, at.own, Verdict(ReportOutcome.LEFT)),
    "grant the objection": lambda who, at: objections.restore(who, at.hidden),
    "decline the objection": lambda who, at: objections.keep_hidden(who, at.hidden, answer="It is."),
    "give in about the mute": lambda who, at: measure_objections.give_in(who, at.measure),
    "keep the mute": lambda who, at: measure_objections.keep(who, at.measure, answer="You were."),
}


def with_a_deputy(town: Town) -> Any:
    """A space of one moderator, for whom `cur` stands in: a post of theirs is reported, and another they hid.

    They muted `mem`, who objects to it, as the author of the hidden post does.
    """
    fresh = alone(town)
    mod, cur = actor(town.member("mod")), town.member("cur")
    memberships.set_role(mod, fresh.here.id, cur.id, role=Role.MEMBER)
    deputies.name(mod, fresh.here.id, handle=cur.handle)
    own = on_posts.reported(fresh, REPLIES["of a moderator"](fresh))
    hidden = on_posts.objected(fresh, REPLIES["hidden by mod"](fresh))
    measure = on_measures.muted(fresh, "mem", by="mod")
    db.session.add(MeasureObjection(measure_id=measure.id, words="I was not.", made_at=clock.now()))
    db.session.flush()
    found = {"space": fresh.here.id, "cur": cur.id, "aut": town.member("aut").id, "measure": measure.id}
    return SimpleNamespace(**found, own=plain(own).post.id, hidden=plain(hidden).post.id)


def acts(of: dict[str, Any]) -> list[Act]:
    """These, done to what is made here."""
    return [Act(name, lines(), {}, do, "") for name, do in of.items()]


def pairs() -> list[Two]:
    """Each of the moderator with each of the deputy, and each two of the deputy, as sent from two tabs."""
    both = itertools.product(acts(OF_THE_MODERATOR), acts(OF_THE_DEPUTY))
    twice = itertools.product(acts(OF_THE_DEPUTY), repeat=2)
    found = [Two(pair, with_a_deputy, standing=pair[0].name in STANDING) for pair in both]
    return found + [Two(pair, with_a_deputy, ("cur", "cur")) for pair in twice]


if POSTGRES:

    @pytest.fixture
    def ground(live_app):
        """The town, committed."""
        return settled_town(live_app)

    def test_a_pair_gives_what_one_after_the_other_gives(ground, chance):
        assert differing(ground, chance.sample(pairs(), 1), 1) == []

    def test_the_deputy_may_do_each_of_them(ground):
        for act in acts(OF_THE_DEPUTY):
            alone = outcome(ground, Two((act, act), with_a_deputy, ("cur", "cur")), "the first alone")
            assert alone.told[0] == "x", f"{act.name}: else two refusals would be the same"

    @pytest.mark.proof
    @pytest.mark.parametrize("part", range(len(parts(pairs()))))
    def test_every_pair_gives_what_one_after_the_other_gives(ground, part):
        assert differing(ground, parts(pairs())[part], TIMES) == []
