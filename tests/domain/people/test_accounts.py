"""Accounts: what may be made, and that nobody can tell a known address from an unknown one."""

import pytest
from sqlalchemy import select

from forum.domain.people import accounts, mail_links, sessions
from forum.domain.people import passwords as account_passwords
from forum.domain.people.mail_links import LinkExpired
from forum.infra import clock, passwords, rates
from forum.infra.db import db
from forum.infra.i18n import force_locale
from forum.models.accounts import Member, NetworkRole, SignIn
from forum.models.events import Event
from forum.models.moderation import Action, ModerationAction
from forum.models.spaces import Role
from forum.policy.actors import actor_of
from forum.policy.errors import Forbidden, Invalid
from tests.factories import actor, make_account, make_member, make_space

GOOD = "drie fietsen in de regen"


def person(**over):
    values = {
        "email": "Noor@City.test",
        "name": "Noor",
        "password": GOOD,
        "confirmed": True,
        "approved": True,
    }
    return make_account(**(values | over))


def enter(email="noor@city.test", password=GOOD, address="192.0.2.1"):
    checked = account_passwords.check(email, password, address=address)
    return account_passwords.sign_in(checked, device="Firefox on Linux")


def change(member, *, current=GOOD, secret=None):
    new = account_passwords.new_by_current(
        actor(member), current=current, password="een heel ander wachtwoord"
    )
    account_passwords.change(new, secret=secret)


def test_an_address_is_kept_in_small_letters_and_once():
    assert person().email == "noor@city.test"
    with pytest.raises(Invalid) as refused:
        person(email="NOOR@city.test", name="Other")
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    "email", ["", "noor", "noor@", "a b@city.test", "noor@city.test\nBcc: x@y.test", "@city.test"]
)
def test_what_is_no_address_is_refused(email):
    with pytest.raises(Invalid):
        person(email=email)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "antwerpenantwerpen1"[:10], "x" * 300])
def test_a_weak_password_is_refused(password):
    with pytest.raises(Invalid) as refused:
        person(password=password)
    assert refused.value.field == "password"


def test_two_people_with_one_name_get_two_handles():
    handles = {person(email=f"n{i}@city.test", name="Noor El Amrani").handle for i in range(4)}
    assert handles == {"noor-el-amrani", "noor-el-amrani-2", "noor-el-amrani-3", "noor-el-amrani-4"}


def test_control_characters_leave_a_name():
    assert person(name="Noor\x00 \u202egnp.exe\n").name == "Noor gnp.exe"


@pytest.mark.parametrize(("email", "named"), [("zoë@city.example", True), ("zoe@city..example", False)])
def test_letters_that_mail_cannot_carry_before_the_at_sign_are_named(email, named):
    with pytest.raises(Invalid) as refused, force_locale("en", "UTC"):
        person(email=email)
    assert ("without accents" in refused.value.message) == named


def test_a_domain_of_any_letters_is_kept_once():
    zoe = person(email="Zoe@xn--strae-oqa.example")
    assert zoe.email == "zoe@straße.example"
    assert accounts.by_email("zoe@straße.example") == accounts.by_email("ZOE@xn--strae-oqa.example") == zoe


def test_she_signs_in_with_any_case_of_her_address():
    member = person()
    secret, who = enter("NOOR@city.TEST ")
    assert who.id == member.id
    assert sessions.look_up(secret).actor.id == member.id


def test_every_reason_not_to_let_in_sounds_the_same_and_costs_one_hash(monkeypatch):
    person()
    person(email="unconfirmed@city.test", confirmed=False)
    person(email="suspended@city.test").suspended_at = clock.now()
    make_member(email="nopassword@city.test")
    db.session.flush()
    asked = []
    genuine = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda *a: asked.append(a) or genuine(*a))
    said = set()
    cases = [("noor@city.test", "wrong password"), ("nobody@city.test", GOOD), ("unconfirmed@city.test", GOOD),
             ("suspended@city.test", GOOD), ("nopassword@city.test", GOOD), ("not an address", GOOD)]  # fmt: skip
    for email, password in cases:
        with pytest.raises(Invalid) as refused:
            enter(email, password)
        said.add((refused.value.field, str(refused.value.message)))
    assert len(said) == 1
    assert len(asked) == len(cases)
    assert db.session.scalar(select(SignIn).limit(1)) is None


def test_guessing_slows_down_and_the_owner_still_gets_in_from_elsewhere(app, monkeypatch):
    person()
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    rates.reset()
    for _turn in range(11):  # ten, and the first of those that follow slowly
        with pytest.raises(Invalid):
            enter(password="wrong password")
    with pytest.raises(rates.TooOften) as refused:
        enter()
    assert refused.value.retry_after <= 5
    assert enter(address="198.51.100.7")
    rates.reset()


def test_an_unknown_address_is_slowed_down_the_same(app, monkeypatch):
    monkeypatch.setitem(app.config, "RATES_ENABLED", True)
    rates.reset()
    for _turn in range(11):
        with pytest.raises(Invalid):
            enter("nobody@city.test")
    with pytest.raises(rates.TooOften) as refused:
        enter("nobody@city.test")
    assert refused.value.retry_after <= 5
    rates.reset()


def test_an_old_hash_is_renewed_when_she_signs_in(monkeypatch):
    member = person()
    before = member.password_hash
    monkeypatch.setattr(passwords, "needs_rehash", lambda stored: True)
    enter()
    assert member.password_hash != before
    assert passwords.verify(member.password_hash, GOOD)


def test_forgetting_writes_the_same_for_known_unknown_and_suspended():
    known, out = person(), person(email="out@city.test")
    out.suspended_at = clock.now()
    for email in (known.email, "nobody@city.test", out.email):
        account_passwords.request_reset(email, address="192.0.2.1")
    told = [
        e.payload["member_id"]
        for e in db.session.scalars(select(Event).order_by(Event.id))
        if e.name == "password.forgotten"
    ]
    assert told == [known.id, None, None]


def test_a_reset_link_works_once_and_signs_every_device_out():
    member = person()
    secret, _who = enter()
    token = mail_links.reset_token(member)
    account_passwords.reset(account_passwords.new_by_link(token, "een heel ander wachtwoord"))
    assert sessions.look_up(secret) is None
    assert enter(password="een heel ander wachtwoord")
    with pytest.raises(LinkExpired):
        account_passwords.new_by_link(token, "en nog eens iets anders")


def test_a_reset_link_dies_after_an_hour_and_with_a_newer_password():
    member = person()
    with clock.at(clock.now()):
        token = mail_links.reset_token(member)
    older = mail_links.reset_token(member)
    change(member)
    for dead in (token, older, token[:-2], "x", mail_links.unsubscribe_token(member.id, "digest")):
        with pytest.raises(LinkExpired):
            mail_links.resetting_member(dead)


def test_a_reset_link_dies_after_an_hour(monkeypatch):
    member = person()
    token = mail_links.reset_token(member)
    assert mail_links.resetting_member(token).id == member.id
    monkeypatch.setattr(mail_links, "RESET_SECONDS", -1)
    with pytest.raises(LinkExpired):
        mail_links.resetting_member(token)
    assert mail_links.RESET_SECONDS <= 3600


def test_a_new_password_needs_the_present_one_and_ends_all_other_devices():
    member = person()
    here, _who = enter()
    elsewhere, _who = enter()
    with pytest.raises(Invalid) as refused:
        change(member, current="wrong", secret=here)
    assert refused.value.field == "current"
    assert sessions.look_up(elsewhere) is not None
    change(member, secret=here)
    assert sessions.look_up(here) is not None
    assert sessions.look_up(elsewhere) is None
    assert [e.name for e in db.session.scalars(select(Event))] == ["password.changed"]


def test_an_appointment_is_made_once():
    member = person()
    first = accounts.appoint(member.id, NetworkRole.EDITOR)
    assert accounts.appoint(member.id, NetworkRole.EDITOR).id == first.id
    assert actor(member).network_roles == {NetworkRole.EDITOR}


def test_only_an_administrator_suspends_and_never_herself():
    space = make_space()
    boss = make_member("Beheer", network_role=NetworkRole.ADMIN)
    moderator = make_member("Mo", space=space, role=Role.MODERATOR)
    target = make_member("Kim", space=space)
    for who in (moderator, target, make_member("Ed", network_role=NetworkRole.EDITOR)):
        with pytest.raises(Forbidden):
            accounts.suspend(actor(who), target.id, reason="because")
        with pytest.raises(Forbidden):
            accounts.everyone(actor(who))
    with pytest.raises(Invalid):
        accounts.suspend(actor(boss), boss.id, reason="because")
    with pytest.raises(Invalid):
        accounts.suspend(actor(boss), target.id, reason="  ")
    assert len(accounts.everyone(actor(boss)).rows) == db.session.query(Member).count()


def test_a_suspended_member_is_out_at_once_and_can_come_back():
    boss = make_member("Beheer", network_role=NetworkRole.ADMIN)
    target = make_member("Kim", space=make_space())
    secret = sessions.begin(target, device="phone")
    accounts.suspend(actor(boss), target.id, reason="shouts at people")
    assert sessions.look_up(secret) is None
    assert actor_of(target.id) is None
    accounts.readmit(actor(boss), target.id, reason="talked it over")
    assert actor_of(target.id) is not None
    assert sessions.look_up(secret) is None
    lines = [(x.action, x.subject_id, x.reason) for x in db.session.scalars(select(ModerationAction))]
    assert lines == [
        (Action.SUSPEND, target.id, "shouts at people"), (Action.READMIT, target.id, "talked it over")
    ]  # fmt: skip
