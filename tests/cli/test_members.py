"""`flask member add` and `flask space add`: what is allowed is done, what is not is said and leaves nothing behind."""

from sqlalchemy import select

from forum.domain.people import accounts
from forum.infra import passwords
from forum.infra.db import db
from forum.models.accounts import Capacity, Confirmation, Member, NetworkAppointment, NetworkRole
from forum.models.spaces import Audience, Membership, Role, Space, SpaceKind
from tests.factories import make_member, make_space

WORDS = "een lange avond in maart"


def run(app, *words, typed=None):
    return app.test_cli_runner().invoke(args=list(words), input=typed)


def test_a_member_is_added_with_her_spaces_role_and_password(app):
    north, south = make_space("North"), make_space("South")
    answer = run(
        app, "member", "add", "Noor@City.test", "--name", "Noor", "--space", f"{north.slug}:moderator",
        "--space", south.slug, "--role", "editor", "--password-stdin", typed=f"{WORDS}\n",
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    member = db.session.scalars(select(Member).where(Member.name == "Noor")).one()
    roles = db.session.execute(
        select(Membership.space_id, Membership.role).where(Membership.member_id == member.id)
    )
    assert dict(tuple(row) for row in roles) == {north.id: Role.MODERATOR, south.id: Role.MEMBER}
    assert db.session.scalars(select(NetworkAppointment.role)).all() == [NetworkRole.EDITOR]
    assert passwords.verify(member.password_hash, WORDS)
    assert member.confirmed_at
    assert member.approved_at
    assert WORDS not in answer.output


def test_without_a_password_she_has_none(app):
    answer = run(app, "member", "add", "noor@city.test", "--name", "Noor")
    assert answer.exit_code == 0
    assert accounts.by_email("noor@city.test").password_hash is None


def test_an_address_that_has_an_account_is_refused(app):
    member = make_member("Noor")
    answer = run(app, "member", "add", member.email.upper(), "--name", "Another")
    assert answer.exit_code == 1
    assert "has an account already" in answer.output


def test_mistakes_are_said_and_leave_nothing_behind(app):
    space = make_space("North")
    mistakes = {
        "There is no space": ("a@city.test", "--space", "nowhere"),
        "A role is one of": ("a@city.test", "--space", f"{space.slug}:boss"),
        "email": ("not an address",),
        "name": ("a@city.test", "--name", " "),
    }
    for sentence, (email, *options) in mistakes.items():
        answer = run(app, "member", "add", email, "--name", "Noor", *options)
        assert answer.exit_code == 1, answer.output
        assert sentence in answer.output
    weak = run(app, "member", "add", "a@city.test", "--name", "Noor", "--password-stdin", typed="short\n")
    assert weak.exit_code == 1
    empty = run(app, "member", "add", "a@city.test", "--name", "Noor", "--password-stdin", typed="\n")
    assert empty.exit_code == 1
    assert accounts.by_email("a@city.test") is None


def test_a_space_is_added(app):
    answer = run(
        app, "space", "add", "oost", "--name", "Oost", "--kind", "city", "--city", "gent", "--audience", "space",
        "--widest", "network",
    )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    space = db.session.scalars(select(Space).where(Space.slug == "oost")).one()
    assert (space.kind, space.city) == (SpaceKind.CITY, "gent")
    assert (space.default_audience, space.widest_audience) == (Audience.SPACE, Audience.NETWORK)


def test_an_unlisted_space_keeps_everything_inside(app):
    plain = ["space", "add", "stil", "--name", "Stil", "--kind", "group", "--unlisted"]
    assert run(app, *plain, "--audience", "network").exit_code == 1
    assert run(app, *plain, "--audience", "space").exit_code == 0
    space = db.session.scalars(select(Space).where(Space.slug == "stil")).one()
    assert space.unlisted_at is not None
    assert space.widest_audience == Audience.SPACE


def test_a_space_that_cannot_be_meant_is_refused(app):
    taken = make_space("North")
    group = ["--name", "X", "--kind", "group", "--audience", "network"]
    mistakes = {
        "already": [taken.slug, *group],
        "small letters": ["Groot Huis", *group],
        "wider than the widest": ["x", *group, "--widest", "space"],
        "A city space has a city": ["x", "--name", "X", "--kind", "city", "--audience", "space"],
    }
    for sentence, words in mistakes.items():
        answer = run(app, "space", "add", *words)
        assert answer.exit_code == 1
        assert sentence in answer.output, answer.output


def test_the_operator_confirms_what_waits(app):
    member = make_member("Noor", city="gent")
    held = db.session.scalars(select(Capacity).where(Capacity.member_id == member.id)).one()
    held.confirmed_at = held.confirmation = None
    db.session.commit()
    assert run(app, "member", "confirm", "nobody@city.test").exit_code == 1
    assert run(app, "member", "confirm", member.email).output == "Confirmed: 1.\n"
    assert run(app, "member", "confirm", member.email).output == "Confirmed: 0.\n"
    db.session.refresh(held)
    assert held.confirmation == Confirmation.OPERATOR
