"""Subjects and addresses as lines of a letter, and read back from them, by RFC 5322 and RFC 2047.

Written here and not by Python's own folding: that loses quotes, spaces or letters of long names, in 3.11, 3.12 and 3.13
each in another way; and its reader puts spaces between the pieces of a long name.
"""

import re
import textwrap
from base64 import b64encode
from email.header import decode_header, make_header
from email.utils import parseaddr

LINE = 76  # characters that a line with encoded words may have
BYTES = 39  # of text in one encoded word, which then fits beside the name of its header
FOLD = "\r\n "
# Beside these a name needs no quotes (RFC 5322: atoms).
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def text_value(text: str, *, beside: int) -> str:
    """Return a line of text as the value of a header whose name takes `beside` characters of the first line."""
    if not _is_plain(text):
        return _encoded_words(text)
    lines = textwrap.wrap(
        " " * beside + text, LINE, break_long_words=False, break_on_hyphens=False, drop_whitespace=False
    )
    return FOLD.join(line.strip() for line in lines)


def address_value(name: str, address: str, *, beside: int) -> str:
    """Return one address, with a name before it or without, as the value of a header."""
    if not name:
        return address
    if not _is_plain(name):
        written = _encoded_words(name)
    elif ATOMS.fullmatch(name):
        written = name
    else:
        written = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    last = len(written.rpartition(FOLD)[2]) + (0 if FOLD in written else beside)
    return f"{written}{FOLD if last + len(address) + 3 > LINE else ' '}<{address}>"


def read_text(value: str) -> str:
    """Return the text of a header as it stands in a letter."""
    return str(make_header(decode_header(_unfolded(value))))


def read_address(value: str) -> tuple[str, str]:
    """Return the name and the address of a header that holds one address; the name may be empty."""
    name, address = parseaddr(_unfolded(value))
    return read_text(name), address


def _unfolded(value: str) -> str:
    return re.sub(r"\r?\n(?=[ \t])", "", value)


def _is_plain(text: str) -> bool:
    """Whether a text may stand in a header as it is: printable ASCII, single spaces, no word longer than a line."""
    words = text.split(" ")
    return (
        text.isascii()
        and text.isprintable()
        and all(0 < len(word) < LINE - 10 for word in words)
        and "=?" not in text
    )


def _encoded_words(text: str) -> str:
    pieces = [b""]
    for letter in text:
        raw = letter.encode("utf-8", "replace")
        if len(pieces[-1]) + len(raw) > BYTES:
            pieces.append(b"")
        pieces[-1] += raw
    return FOLD.join(f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in pieces)
