"""What can become of a letter that was to be sent, other than that it was. Four things, and they do not overlap."""

import re

from forum.infra.refusals import Verdict
from forum.infra.words import one_line

LONGEST = 200
ENOUGH = 1000  # characters of a long answer that are looked at
_PART = r"""[^\s<>()\[\]{}"',;:]*"""
ADDRESS = re.compile(rf"{_PART}(?:[@＠﹫]|%40){_PART}", re.IGNORECASE)
LEFT_OUT = "(address)"


class MailError(Exception):
    """A letter was not sent, or nobody knows. `reason`: one line of at most 200 characters without any address.

    `recipient`: the address this is about; a server may well quote the part before its @ alone. `of_address` is what
    it says of that address, if anything.
    """

    of_address: Verdict | None = None

    def __init__(self, reason: str, *, recipient: str = "") -> None:
        words = ADDRESS.sub(LEFT_OUT, one_line(reason[:ENOUGH]))
        local = recipient.rpartition("@")[0]
        if local:
            words = re.sub(
                rf"(?<!\w)(?<!\w\.){re.escape(local)}(?!\.?\w)", LEFT_OUT, words, flags=re.IGNORECASE
            )
        self.reason = words[:LONGEST]
        super().__init__(self.reason)


class Away(MailError):
    """The mail server cannot be used: nothing is said about this letter, and the others need not be tried now.

    `is_refusal`: it answered MAIL with a 5xx that should be about us; it may be about this letter all the same.
    """

    def __init__(self, reason: str, *, recipient: str = "", is_refusal: bool = False) -> None:
        super().__init__(reason, recipient=recipient)
        self.is_refusal = is_refusal


class Temporary(MailError):
    """This letter was not taken now: try it again later. `connection_lost`: the server closed it, or went silent."""

    def __init__(self, reason: str, *, recipient: str = "", connection_lost: bool = False) -> None:
        super().__init__(reason, recipient=recipient)
        self.connection_lost = connection_lost


class Permanent(MailError):
    """This letter will never arrive at this address."""


class Uncertain(MailError):
    """All of this letter was sent and no answer came: the mail server has it, or has it not."""
