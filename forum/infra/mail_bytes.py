"""Letters as bytes: the same as Python's own generator writes, without doing for each what is the same in many.

A digest is a few hundred lines, of which most stand in the letters of others too.
"""

import random
import sys
from binascii import b2a_base64
from collections.abc import Callable
from email import quoprimime
from email.message import EmailMessage
from email.policy import Policy
from functools import lru_cache
from typing import Any

SNIFFED = 10  # lines by which Python chooses between the two encodings
_WIDTH = len(repr(sys.maxsize - 1))


class OwnMail(EmailMessage):
    """A letter of ours. `envelope_sender` is to whom it comes back, where that is not whom it is from.

    `between` is what parts its parts, where it has any.
    """

    envelope_sender = ""
    between = ""

    def as_bytes(self, unixfrom: bool = False, policy: Policy | None = None) -> bytes:
        """Return it as it is sent; in another form by Python's own generator."""
        if unixfrom or policy is not None:
            return super().as_bytes(unixfrom, policy)
        end = self.policy.linesep.encode()
        head = b"".join(self.policy.fold_binary(name, value) for name, value in self.raw_items()) + end
        payload: Any = self.get_payload()
        if isinstance(payload, str):
            return head + payload.replace("\n", self.policy.linesep).encode("ascii")
        between = f"--{self.between or self.get_boundary()}".encode()
        parts = b"".join(between + end + part.as_bytes() + end for part in payload)
        return head + parts + between + b"--" + end


def boundary() -> str:
    """Return what parts the parts of a letter: it cannot be foreseen, so that none of them has it."""
    # As Python writes it. Quoted-printable and base64 have no two of these signs, and nobody can guess the number.
    return "=" * 15 + f"{random.SystemRandom().randrange(sys.maxsize):0{_WIDTH}d}" + "=="


def encoded(text: str, longest: int) -> tuple[str, str]:
    """Return how a text is encoded, and the text in that encoding, in lines of at most `longest` characters.

    As `email.contentmanager` does it, whose rules these are: plain where that is possible, else what is shorter for the
    first lines.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    if text.isascii() and max(map(len, lines), default=0) <= longest:
        return "7bit", "".join(f"{line}\n" for line in lines) or "\n"
    first = b"".join(line.encode() + b"\r\n" for line in lines[:SNIFFED])
    quoted = list(map(_quoting(longest), lines))
    sniffed = sum(len(line) + 1 for line in quoted[:SNIFFED])
    if sniffed > len(b2a_base64(first)):
        return "base64", _in_base64(b"".join(line.encode() + b"\r\n" for line in lines), longest)
    return "quoted-printable", "\n".join(quoted) + "\n"


@lru_cache(maxsize=4)
def _quoting(longest: int) -> Callable[[str], str]:
    """What writes a line in quoted-printable, without its end: each is written for itself, and many letters have it."""

    @lru_cache(maxsize=4096)
    def quoted(line: str) -> str:
        return quoprimime.body_encode(line.encode().decode("latin-1"), longest)

    return quoted


def _in_base64(whole: bytes, longest: int) -> str:
    room = longest // 4 * 3
    pieces = (whole[at : at + room] for at in range(0, len(whole), room))
    return "".join(b2a_base64(piece).decode("ascii") for piece in pieces)
