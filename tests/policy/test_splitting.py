"""Who splits and merges threads, and whose posts they move: every person, with the reason of each no."""

from forum.infra import i18n
from forum.policy import splitting
from forum.policy.actors import actor_of
from tests.policy import people, thread_rows
from tests.policy.tables import differences, read

REASONS = {
    "m": "Only a moderator of this space can do this.",
    "h": "The opening post is hidden. Show it again first: its replies would come into sight.",
    "o": "You do not move your own posts: another moderator of this space can.",
}
REGROUP = """
                    vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
open                 m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
closed               m   m   m   m   m   m   x   x   m   m   m   m   m   m   m   m   m   m   m   m   m
hidden               m   m   m   m   m   m   h   h   m   m   m   m   m   m   m   m   m   m   m   m   m
away                 m   m   m   m   m   m   m   m   m   m   m   m   m   m   x   m   m   m   m   m   m
"""


def test_who_may_do_it_and_why_not(session):
    town = people.build()
    aut = town.member("aut")
    given = {
        "open": thread_rows.thread(town.here, aut),
        "closed": thread_rows.thread(town.here, aut, gone=["locked"]),
        "hidden": thread_rows.thread(town.here, aut, gone=["hidden"]),
        "away": thread_rows.thread(town.elsewhere, aut),
    }
    actors = {code: actor_of(member.id) if member else None for code, member in town.people.items()}
    with i18n.force_locale("en"):
        found = {
            name: {code: _cell(splitting.may_split(actor, thread)) for code, actor in actors.items()}
            for name, thread in given.items()
        }
        own = _cell(splitting.may_take_along(actors["mod"], town.member("mod").id))
    assert differences(read(REGROUP, answers="x" + "".join(REASONS)), found) == []
    assert (own, bool(splitting.may_take_along(actors["mod"], aut.id))) == ("o", True)


def _cell(answer):
    if answer:
        return "x"
    return next((letter for letter, reason in REASONS.items() if reason == answer.reason), "?")
