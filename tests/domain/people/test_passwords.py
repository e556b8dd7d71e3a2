"""Passwords: what is counted when somebody tries, whom the demo's password lets in, and what a new one ends."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from forum.domain.people import mail_links
from forum.domain.people import passwords as account_passwords
from forum.domain.people.mail_links import LinkExpired
from forum.infra import passwords, rates, tokens
from forum.infra.db import db
from forum.models.accounts import Member, SignIn
from forum.models.events import Event
from forum.policy.errors import Invalid
from tests.factories import actor, make_account

GOOD, OTHER = "drie fietsen in de regen", "een heel ander wachtwoord"
PLACE = "192.0.2.1"


def person(email="noor@city.test", **over):
    return make_account(
        **{"email": email, "name": "Noor", "password": GOOD, "confirmed": True, "approved": True, **over}
    )


def enter(email="noor@city.test", password=GOOD):
    return account_passwords.sign_in(
        account_passwords.check(email, password, address=PLACE), device="Firefox"
    )


def change(member, *, current=GOOD, password=OTHER, secret=None):
    new = account_passwords.new_by_current(actor(member), current=current, password=password)
    account_passwords.change(new, secret=secret)


def elsewhere(member, **values):
    """Change the row in the database alone, as another process would."""
    changed = update(Member).where(Member.id == member.id).values(**values)
    db.session.execute(changed.execution_options(synchronize_session=False))


@pytest.fixture
def spent(monkeypatch):
    """What was counted, of whom and with which limit."""
    found = []

    def spend(name, subject, *, limit):
        found.append((name, subject, limit))
        return rates.Spent()

    monkeypatch.setattr(rates, "spend", spend)
    return found


def test_each_try_is_counted_for_the_account_and_for_the_place(session, spent):
    member = person()
    account = f"account:{tokens.digest('noor@city.test')}"
    enter("NOOR@city.test")
    account_passwords.request_reset("NOOR@city.test", address=PLACE)
    account_passwords.new_by_link(mail_links.reset_token(member), OTHER)
    change(member)
    assert spent == [
        ("sign_in_place", f"place:{PLACE}", "200 per 15 minutes, then 1 per 2 seconds"),
        ("sign_in", f"{account}@{PLACE}", "10 per 15 minutes, then 1 per 5 seconds"),
        ("sign_in_account", account, "100 per hour, then 1 per 20 seconds"),
        ("forgot", f"place:{PLACE}", "120 per hour"),
        ("forgot_here", f"{account}@{PLACE}", "3 per hour"),
        ("forgot_account", account, "10 per hour"),
        ("reset_password", f"member:{member.id}", "10 per 15 minutes"),
        ("change_password", f"member:{member.id}", "10 per 15 minutes"),
    ]


def test_the_password_of_the_demo_opens_nothing_where_there_is_no_demo(app, monkeypatch):
    person("noor@demo.leerkring.example")
    person()
    with pytest.raises(Invalid) as refused:
        enter("noor@demo.leerkring.example")
    assert refused.value.field == "password"
    assert enter()
    monkeypatch.setitem(app.config, "DEMO", True)
    assert enter("noor@demo.leerkring.example")
    assert enter()


def test_a_hash_that_is_good_enough_is_kept(session):
    member = person()
    before = member.password_hash
    assert not passwords.needs_rehash(before)
    enter()
    assert member.password_hash == before


def test_a_new_password_by_mail_proves_the_address_and_is_told(session):
    member = person(confirmed=False)
    account_passwords.reset(account_passwords.new_by_link(mail_links.reset_token(member), OTHER))
    assert member.confirmed_at is not None
    told = [(event.name, event.payload) for event in db.session.scalars(select(Event))]
    assert ("password.changed", {"member_id": member.id}) in told
    assert enter(password=OTHER)


def test_the_present_password_is_the_one_that_is_kept_now(session):
    member = person()
    elsewhere(member, password_hash=passwords.hash_password(OTHER))
    with pytest.raises(Invalid) as refused:
        change(member, password="nog iets heel anders")
    assert refused.value.field == "current"


def test_a_new_password_is_one_persons_and_makes_older_links_useless(session):
    member, other = person(), person("karim@city.test")
    member.password_stamp = other.password_stamp = "the same"
    db.session.flush()
    kept = other.password_hash
    change(member)
    db.session.refresh(member)
    db.session.refresh(other)
    assert (other.password_hash, other.password_stamp) == (kept, "the same")
    assert len(member.password_stamp) == 22, "16 random bytes"


def test_of_two_new_passwords_at_one_moment_the_first_one_counts(session):
    member = person()
    by_current = account_passwords.new_by_current(actor(member), current=GOOD, password=OTHER)
    by_link = account_passwords.new_by_link(mail_links.reset_token(member), "nog iets heel anders")
    elsewhere(member, password_stamp="changed by the other request")
    with pytest.raises(Invalid) as refused:
        account_passwords.change(by_current, secret=None)
    assert refused.value.field == "current"
    with pytest.raises(LinkExpired):
        account_passwords.reset(by_link)
    db.session.refresh(member)
    assert passwords.verify(member.password_hash, GOOD)
    assert list(db.session.scalars(select(Event))) == []


def test_who_may_not_sign_in_is_refused_before_anything_is_locked(session):
    person()
    assert account_passwords.check("noor@city.test", GOOD, address=PLACE)
    person("new@city.test", confirmed=False)
    person("out@city.test").suspended_at = datetime(2026, 1, 1, tzinfo=UTC)
    db.session.flush()
    for email in ("new@city.test", "out@city.test", "nobody@city.test"):
        with pytest.raises(Invalid):
            account_passwords.check(email, GOOD, address=PLACE)
    with pytest.raises(Invalid):  # an account that is there no longer
        account_passwords.sign_in(account_passwords.Checked(0, "", ""), device="Firefox")


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"password_hash": "another"},
        {"suspended_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"confirmed_at": None},
    ],
)
def test_a_password_that_fitted_a_moment_ago_lets_nobody_in_after_a_change(session, meanwhile):
    member = person()
    checked = account_passwords.check("noor@city.test", GOOD, address=PLACE)
    elsewhere(member, **meanwhile)
    with pytest.raises(Invalid) as refused:
        account_passwords.sign_in(checked, device="Firefox")
    with pytest.raises(Invalid) as unknown:
        enter(email="nobody@city.test")
    assert (refused.value.field, refused.value.message) == (unknown.value.field, unknown.value.message)
    assert db.session.scalar(select(SignIn).limit(1)) is None
