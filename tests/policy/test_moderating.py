"""Who reports a post, settles that, objects and decides: every person, with the reason of each no."""

import pytest

from forum.infra import i18n
from forum.policy import moderating
from forum.policy.actors import actor_of
from forum.policy.moderating import SettlerFacts
from tests.policy import people, thread_rows
from tests.policy.tables import differences, read

REASONS = {
    "o": "This is your own post: you can change it or take it back.",
    "g": "This post is hidden or was taken back already.",
    "m": "Only a moderator of this space can do this.",
    "w": "This is your own post: somebody else looks after it.",
    "r": "You reported this post yourself: another moderator of this space settles it.",
    "a": "Only its author can object.",
    "n": "This post is not hidden.",
    "d": "You objected already. You hear what comes of it.",
    "h": "You hid this post yourself: somebody else looks at the objection.",
}
# Whoever is out of good standing is a visitor to the forum; who was not let in yet has no roles.
REPORT = """
                    vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
shown                x   x   x   x   x   o   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
hidden               g   g   g   g   g   o   g   g   g   g   g   g   g   g   g   g   g   g   g   g   g
taken back           g   g   g   g   g   o   g   g   g   g   g   g   g   g   g   g   g   g   g   g   g
"""
SETTLE = """
                    vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
of a member          m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
away                 m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
alone reported       m   m   m   m   m   m   r   r   m   m   m   m   m   m   m   m   m   m   m   m   m
nobody else can      m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
of a moderator       m   m   m   m   m   m   w   x   m   m   m   m   m   m   m   m   m   m   m   m   m
"""
OBJECT = """
                    vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
hidden               a   a   a   a   a   x   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
once already         a   a   a   a   a   d   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
shown                a   a   a   a   a   n   a   a   a   a   a   a   a   a   a   a   a   a   a   a   a
"""
DECIDE = """
                    vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
hidden by cur        m   m   m   m   m   m   x   h   m   m   m   m   m   m   m   m   m   m   m   m   m
away                 m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
of a moderator       m   m   m   m   m   m   w   h   m   m   m   m   m   m   m   m   m   m   m   m   m
"""


def rows(town):
    """The arguments of each predicate, by the rows of its table."""
    here, away, nothing = town.here.id, town.elsewhere.id, SettlerFacts()
    thread = thread_rows.thread(town.here, town.member("aut"))
    shown = thread_rows.post(thread, town.member("aut"))
    hidden, gone = (thread_rows.post(thread, town.member("aut"), gone=[how]) for how in ("hidden", "deleted"))
    of_mod, hidden_mod = (thread_rows.post(thread, town.member("mod"), gone=how) for how in ((), ("hidden",)))
    hidden.hidden_by_id = hidden_mod.hidden_by_id = town.member("cur").id
    barred = SettlerFacts(alone=True, another=True)
    return {
        moderating.may_report_post: (REPORT, {"shown": [shown], "hidden": [hidden], "taken back": [gone]}),
        moderating.may_settle: (
            SETTLE,
            {
                "of a member": [shown, here, nothing],
                "away": [shown, away, nothing],
                "alone reported": [shown, here, barred],
                "nobody else can": [shown, here, SettlerFacts(alone=True)],
                "of a moderator": [of_mod, here, nothing],
            },
        ),
        moderating.may_object: (
            OBJECT,
            {"hidden": [hidden, False], "once already": [hidden, True], "shown": [shown, False]},
        ),
        moderating.may_decide_objection: (
            DECIDE,
            {
                "hidden by cur": [hidden, here, nothing],
                "away": [hidden, away, nothing],
                "of a moderator": [hidden_mod, here, nothing],
            },
        ),
    }


@pytest.mark.parametrize(
    "predicate",
    [
        moderating.may_report_post,
        moderating.may_settle,
        moderating.may_object,
        moderating.may_decide_objection,
    ],
    ids=lambda predicate: predicate.__name__,
)
def test_who_may_do_it_and_why_not(session, predicate):
    town = people.build()
    text, given = rows(town)[predicate]
    actors = {code: actor_of(member.id) if member else None for code, member in town.people.items()}
    with i18n.force_locale("en"):
        found = {
            name: {code: _cell(_asked(predicate, actor, values)) for code, actor in actors.items()}
            for name, values in given.items()
        }
    assert differences(read(text, answers="x" + "".join(REASONS)), found) == []


def test_the_deputy_settles_what_is_not_their_own(session):
    town, deputy = people.build(), SettlerFacts(is_deputy=True)
    mem = actor_of(town.member("mem").id)
    thread = thread_rows.thread(town.here, town.member("mod"))
    post, own = (thread_rows.post(thread, town.member(code)) for code in ("mod", "mem"))
    assert moderating.may_settle(mem, post, town.here.id, deputy)
    assert moderating.may_decide_objection(mem, post, town.here.id, deputy)
    assert not moderating.may_settle(mem, own, town.here.id, deputy)
    own.hidden_by_id = post.hidden_by_id = town.member("mem").id
    assert not moderating.may_decide_objection(mem, post, town.here.id, deputy)


def _asked(predicate, actor, values):
    if predicate is moderating.may_object:
        return predicate(actor, values[0], is_made=values[1])
    return predicate(actor, *values)


def _cell(answer):
    if answer:
        return "x"
    return next((letter for letter, reason in REASONS.items() if reason == answer.reason), "?")
