"""A town with one person in every standing that a rule can tell apart, and unrelated rows around them.

The codes are the columns of the tables in `tests/policy`. "Here" is the space that a case is about; whoever is
"elsewhere" belongs to another space only.
"""

from dataclasses import dataclass
from datetime import timedelta

from forum.infra import clock
from forum.infra.db import db
from forum.models.accounts import Member, NetworkAppointment, NetworkRole
from forum.models.spaces import Membership, Role, Space, SpaceKind
from tests.factories import LONG_AGO, make_space

PEOPLE = {
    "vis": "a visitor",
    "unc": "an unconfirmed account that holds a moderator's and an editor's role",
    "new": "the same, confirmed but not yet approved",
    "gue": "a guest here",
    "mem": "a member here, who was a moderator before",
    "aut": "a member here, who wrote what the case is about",
    "mod": "a moderator here",
    "cur": "a moderator here, who made the lesson that the case is about",
    "xme": "a former member here",
    "xmo": "a former moderator here",
    "sme": "a suspended member here",
    "smo": "a suspended moderator here",
    "ogu": "a guest elsewhere",
    "ome": "a member elsewhere",
    "omo": "a moderator elsewhere, who was a member here before",
    "oxm": "a former moderator elsewhere",
    "som": "a suspended moderator elsewhere",
    "edi": "an editor of the network, who was an administrator before",
    "adm": "an administrator",
    "xed": "a former editor",
    "sed": "a suspended editor",
}
IN_GOOD_STANDING = PEOPLE.keys() - {"vis", "unc", "new", "sme", "smo", "som", "sed"}

HERE = {
    "unc": Role.MODERATOR, "new": Role.MODERATOR, "gue": Role.GUEST, "mem": Role.MEMBER, "aut": Role.MEMBER,
    "mod": Role.MODERATOR, "cur": Role.MODERATOR, "sme": Role.MEMBER, "smo": Role.MODERATOR,
}  # fmt: skip
HERE_BEFORE = {"xme": Role.MEMBER, "xmo": Role.MODERATOR, "mem": Role.MODERATOR, "omo": Role.MEMBER}
ELSEWHERE = {"ogu": Role.GUEST, "ome": Role.MEMBER, "omo": Role.MODERATOR, "som": Role.MODERATOR}
ELSEWHERE_BEFORE = {"oxm": Role.MODERATOR, "gue": Role.MEMBER}
APPOINTED = {
    "unc": NetworkRole.EDITOR, "new": NetworkRole.EDITOR, "edi": NetworkRole.EDITOR, "adm": NetworkRole.ADMIN,
    "sed": NetworkRole.EDITOR,
}  # fmt: skip
APPOINTED_BEFORE = {"xed": NetworkRole.EDITOR, "edi": NetworkRole.ADMIN}
STANDING = {
    "unc": {"confirmed_at": None},
    "new": {"approved_at": None},
    **{code: {"suspended_at": LONG_AGO} for code in ("sme", "smo", "som", "sed")},
}
# People of the unrelated rows; they belong to other spaces, and one of them to the unlisted one.
NOISE = ("noise member", "noise moderator", "noise former")


@dataclass
class Town:
    """The spaces and the people, by their code."""

    here: Space
    elsewhere: Space
    unlisted: Space
    people: dict[str, Member | None]
    noise: dict[str, Member]

    def member(self, code: str) -> Member:
        """The account behind a code that is not the visitor's."""
        member = self.people[code]
        assert member is not None
        return member


def build() -> Town:
    """The town in as few statements as it takes."""
    here, elsewhere = make_space("Aalst", city="aalst"), make_space("Gent", city="gent")
    unlisted = make_space("Stil", kind=SpaceKind.GROUP, unlisted=True)
    accounts = [code for code in PEOPLE if code != "vis"]
    rows = {code: _account(code, **STANDING.get(code, {})) for code in (*accounts, *NOISE)}
    db.session.add_all(rows.values())
    db.session.flush()
    town = Town(
        here=here,
        elsewhere=elsewhere,
        unlisted=unlisted,
        people={"vis": None, **{code: rows[code] for code in accounts}},
        noise={name: rows[name] for name in NOISE},
    )
    settle(town, here)
    _give(town, elsewhere, ELSEWHERE, ended=False)
    _give(town, elsewhere, ELSEWHERE_BEFORE, ended=True)
    _appoint(town, APPOINTED, ended=False)
    _appoint(town, APPOINTED_BEFORE, ended=True)
    for space in (unlisted, make_space("Ver", city="brugge")):
        _make_noise(town, space)
    db.session.flush()
    return town


def settle(town: Town, space: Space) -> Space:
    """Give everybody in this space the role that they have here."""
    _give(town, space, HERE, ended=False)
    _give(town, space, HERE_BEFORE, ended=True)
    return space


def _account(code: str, **over: object) -> Member:
    values: dict[str, object] = {
        "name": code,
        "handle": code.replace(" ", "-"),
        "email": f"{code.replace(' ', '.')}@people.test",
        "locale": "en",
        "created_at": LONG_AGO,
        "confirmed_at": LONG_AGO,
        "approved_at": LONG_AGO,
    }
    return Member(**(values | over))


def _give(town: Town, space: Space, roles: dict[str, Role], *, ended: bool) -> None:
    db.session.add_all(
        membership(space, town.member(code), role, ended=ended) for code, role in roles.items()
    )


def membership(space: Space, member: Member, role: Role, *, ended: bool = False) -> Membership:
    """A role that holds, or one that ended."""
    return Membership(
        space_id=space.id,
        member_id=member.id,
        role=role,
        since_at=LONG_AGO,
        ended_at=clock.now() - timedelta(days=1) if ended else None,
    )


def _appoint(town: Town, roles: dict[str, NetworkRole], *, ended: bool) -> None:
    db.session.add_all(
        NetworkAppointment(
            member_id=town.member(code).id,
            role=role,
            since_at=LONG_AGO,
            ended_at=clock.now() if ended else None,
        )
        for code, role in roles.items()
    )


def _make_noise(town: Town, space: Space) -> None:
    member, moderator, former = (town.noise[name] for name in NOISE)
    db.session.add_all(
        (
            membership(space, member, Role.MEMBER),
            membership(space, moderator, Role.MODERATOR),
            membership(space, former, Role.MEMBER, ended=True),
        )
    )
