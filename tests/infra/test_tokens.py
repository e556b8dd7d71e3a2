"""A token is good for what it was made for, as long as it was made for, and under keys that still hold."""

from datetime import UTC, datetime, timedelta

import pytest

from forum.infra import clock, tokens
from tests.infra.conftest import make_house

pytestmark = pytest.mark.any_database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_token_comes_back_with_what_it_carries(inside):
    token = tokens.sign("unsubscribe", {"member": 7, "list": "digest"})
    assert tokens.read("unsubscribe", token) == {"member": 7, "list": "digest"}
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_token_of_one_kind_is_refused_by_the_others(inside):
    token = tokens.sign("unsubscribe", {"member": 7})
    with pytest.raises(tokens.BadToken):
        tokens.read("reset", token)


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "é.é.é", "\ud800", "{}", "x" * 5000])
def test_a_forged_token_is_refused(inside, forged):
    with pytest.raises(tokens.BadToken):
        tokens.read("reset", forged)


def test_every_changed_letter_spoils_it(inside):
    token = tokens.sign("reset", {"member": 7})
    for place in range(len(token) - 1):  # the last letter of base64 carries bits that nobody reads
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(tokens.BadToken):
            tokens.read("reset", token[:place] + other + token[place + 1 :])


def test_a_token_ages_by_the_one_clock(inside):
    with clock.at(NOON):
        token = tokens.sign("reset", {"member": 7})
    with clock.at(NOON + timedelta(minutes=59)):
        assert tokens.read("reset", token, max_age_seconds=3600)
    with clock.at(NOON + timedelta(minutes=61)), pytest.raises(tokens.BadToken):
        tokens.read("reset", token, max_age_seconds=3600)
    with clock.at(NOON + timedelta(days=400)):
        assert tokens.read("reset", token) == {"member": 7}


def test_an_old_key_still_reads_and_a_dropped_one_does_not(inside):
    token = tokens.sign("unsubscribe", {"member": 7})
    rotated = make_house(SECRET_KEY="another " + "y" * 32, SECRET_KEY_FALLBACKS=[inside.config["SECRET_KEY"]])
    with rotated.app_context():
        assert tokens.read("unsubscribe", token) == {"member": 7}
        fresh = tokens.sign("unsubscribe", {"member": 8})
    with pytest.raises(tokens.BadToken):
        tokens.read("unsubscribe", fresh)
    dropped = make_house(SECRET_KEY="another " + "y" * 32, SECRET_KEY_FALLBACKS=None)
    with dropped.app_context(), pytest.raises(tokens.BadToken):
        tokens.read("unsubscribe", token)


def test_a_token_that_carries_no_names_is_refused(inside):
    bare = tokens._serializer("reset").dumps([1, 2])
    with pytest.raises(tokens.BadToken):
        tokens.read("reset", bare)


def test_secrets_differ_and_only_their_digest_is_kept():
    made = {tokens.random_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) >= 43 for secret in made)
    assert tokens.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(tokens.digest("\ud800")) == 64


def test_a_key_is_one_for_its_purpose_and_subject_as_long_as_the_secret_is(inside):
    key = tokens.key_for("device", "7")
    assert key == tokens.key_for("device", "7")
    assert len(key) == 32
    others = {tokens.key_for("device", "8"), tokens.key_for("unsubscribe", "7")}
    with make_house(SECRET_KEY="another " + "y" * 32).app_context():
        others.add(tokens.key_for("device", "7"))
    assert len(others - {key}) == 3


def test_what_was_marked_before_a_rotation_is_still_known(inside):
    old = tokens.mark("account", "noor@city.test")
    assert tokens.marks("account", "noor@city.test") == {old}
    fresh = {"SECRET_KEY": "another " + "y" * 32}
    with make_house(**fresh, SECRET_KEY_FALLBACKS=[inside.config["SECRET_KEY"]]).app_context():
        new = tokens.mark("account", "noor@city.test")
        assert tokens.marks("account", "noor@city.test") == {old, new}
        assert old not in tokens.marks("account", "karim@city.test") | tokens.marks("other", "noor@city.test")
    with make_house(**fresh).app_context():
        assert tokens.marks("account", "noor@city.test") == {new}
