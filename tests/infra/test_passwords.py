"""Passwords are kept so that nobody can read them, and refused when anybody would try them first."""

import statistics
import time

import pytest

from forum.infra import passwords

pytestmark = pytest.mark.any_database


def test_the_right_password_fits_and_no_other():
    stored = passwords.hash_password("drie blauwe fietsen")
    assert stored.startswith("$argon2id$")
    assert "fietsen" not in stored
    assert passwords.verify(stored, "drie blauwe fietsen")
    assert not passwords.verify(stored, "drie blauwe fietsen ")
    assert not passwords.verify(stored, "")
    assert passwords.hash_password("drie blauwe fietsen") != stored


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_without_a_hash_nothing_fits(stored):
    assert not passwords.verify(stored, "nobody has this password")


def test_an_accent_typed_another_way_is_the_same_password():
    assert passwords.verify(passwords.hash_password("café met Zoë erbij"), "cafe\u0301 met Zoe\u0308 erbij")
    assert passwords.verify(passwords.hash_password("half \ud800 a letter"), "half \ud800 a letter")


def test_an_unknown_account_takes_as_long():
    passwords.configure(time_cost=2, memory_cost=16 * 1024)  # high enough to measure
    stored = passwords.hash_password("drie blauwe fietsen")

    def cost(known: str | None) -> float:
        began = time.process_time()
        passwords.verify(known, "another password")
        return time.process_time() - began

    times = [(cost(stored), cost(None)) for _ in range(15)]
    known, unknown = (statistics.median(column) for column in zip(*times, strict=True))
    assert abs(known - unknown) < max(0.010, 0.5 * known)


def test_a_hash_of_other_costs_wants_renewing():
    stored = passwords.hash_password("drie blauwe fietsen")
    assert not passwords.needs_rehash(stored)
    passwords.configure(time_cost=2, memory_cost=8)
    assert passwords.needs_rehash(stored)
    assert passwords.verify(stored, "drie blauwe fietsen")


@pytest.mark.parametrize(
    ("password", "verdict"),
    [
        ("elf letters", "short"),
        ("x y z w v " * 26, "long"),
        ("Welkom123456", "common"),
        ("wachtwoord2025!", "common"),
        ("P@ssw0rd12345", "common"),
        ("Antwerpen2026", "common"),
        ("kortrijk-zomer", "common"),
        ("GeheimGeheim", "common"),
        ("leerkring-demo", "common"),
        ("azertyuiop!!", "common"),
        ("123456789012", "common"),
        ("24/11/1985 1985", "common"),
        ("abcabcabcabc", "common"),
        ("aaaaaaaaaaaaaaaaaa", "common"),
        ("nadia.elbaz123", "guessable"),
        ("Nadia-Antwerpen1", "guessable"),
    ],
)
def test_what_anybody_would_try_first_is_refused(password, verdict):
    assert passwords.weakness(password, words=("Nadia Elbaz", "nadia@x.example")) == verdict


@pytest.mark.parametrize(
    "password",
    [
        "drie blauwe fietsen",
        "De kat krabt Nadia niet",
        "8f3-92!0a_77#55",
        "これはとても長い合言葉です",
        "31415926535897932384",
        "p" + "aard batterij nietje" * 12,
    ],
)
def test_a_good_one_is_taken_whatever_its_letters(password):
    assert passwords.weakness(password, words=("Nadia Elbaz", "nadia@x.example")) is None


def test_the_shipped_list_is_worth_its_name():
    assert len(passwords.COMMON) > 400
    assert all(word.isascii() and word.isalpha() and word.islower() for word in passwords.COMMON)
