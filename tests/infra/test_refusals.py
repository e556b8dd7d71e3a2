"""What a mail server's refusal says of an address, and when it says nothing of it."""

import pytest

from forum.infra.refusals import of_address

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("550 5.1.1 <ann@stad.example>: Recipient address rejected: User unknown", "permanent"),
        ("550-5.1.1 The email account that you tried to reach does not exist.", "permanent"),
        ("556 5.1.10 Recipient address has null MX", "permanent"),
        ("550 5.1.2 Host or domain name not found", "permanent"),
        ("550 5.4.4 Unable to route", "permanent"),
        ("550 5.4.1 Recipient address rejected: Access denied", "permanent"),
        ("550 5.2.1 The account is disabled", "permanent"),
        ("550 No such user here", "permanent"),
        ("550 5.0.0 Mailbox not found", "permanent"),
        ("550 Requested action not taken: mailbox unavailable", "temporary"),
        ("550 5.0.0 Mailbox unavailable: your network is on our block list", "temporary"),
        ("550 Sender address unknown: no such user", None),
        ("552 5.2.2 Mailbox full", "temporary"),
        ("552 Requested action aborted: exceeded storage allocation", "temporary"),
        ("452 4.2.2 Over quota", "temporary"),
        ("450 4.1.1 Try again", "temporary"),
        ("450 Greylisted", "temporary"),
        ("451 4.7.1 Greylisted", None),
        ("451 4.3.0 Temporary lookup failure", None),
        ("452 4.3.1 Insufficient system storage", None),
        ("550 5.7.1 Relaying denied: user unknown to us", None),
        ("550 5.7.515 Access denied, sending domain does not meet the level", None),
        ("554 5.7.1 Spam", None),
        ("550 5.1.8 Sender address rejected", None),
        ("550 5.1.0 Address rejected", None),
        ("550 5.2.3 Message too long", None),
        ("550 Relay access denied", None),
        ("550 4.1.1 A status of another class", None),
        ("550 5.1.11 Not one that we know", None),
    ],
)
def test_only_what_is_about_the_address_counts(said, verdict):
    assert of_address(int(said[:3]), said[4:]) == verdict
