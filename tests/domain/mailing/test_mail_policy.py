"""How much of a post may stand in a mail: one answer, for each policy and for who reads the thread."""

import pytest

from forum.domain.mailing import mail_policy
from forum.models.spaces import Audience, MailPolicy

pytestmark = pytest.mark.any_database
TITLE, PLAIN = "Who cleans?", f"The lift failed twice.\n{'It was noted by nobody. ' * 40}Secret end."
INSIDE, NETWORK = Audience.SPACE, Audience.NETWORK


@pytest.mark.parametrize(
    ("chosen", "audience", "title", "begins", "ends"),
    [
        (None, INSIDE, True, False, False),
        (None, NETWORK, True, True, False),
        (None, Audience.PUBLIC, True, True, False),
        (MailPolicy.FULL, INSIDE, True, True, True),
        (MailPolicy.EXCERPT, INSIDE, True, True, False),
        (MailPolicy.TITLE, NETWORK, True, False, False),
        (MailPolicy.LINK, NETWORK, False, False, False),
    ],
)
def test_a_mail_tells_what_its_space_allows_and_no_more(chosen, audience, title, begins, ends):
    told = mail_policy.told(chosen, audience, title=TITLE, plain=PLAIN)
    assert (told.title == TITLE, "lift" in told.words, "Secret end" in told.words) == (title, begins, ends)
    assert told.is_named == title


def test_a_whole_post_is_no_longer_than_a_mail_can_be():
    told = mail_policy.told(MailPolicy.FULL, NETWORK, title=TITLE, plain="word " * 4_000)
    assert len(told.words) <= mail_policy.FULL_LENGTH + 2
    assert told.words[-3:] == "d …"
    assert mail_policy.told(None, NETWORK, title=TITLE, plain="Short.\n").words == "Short."
