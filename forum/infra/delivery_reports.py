"""Reports about our mail, read by machines: it came back, or its reader called it unwanted. Wraps flufl.bounce.

Whatever else comes to that address (answers, notes of absence, mail of lists, nonsense) is no report.
"""

import logging
import re
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from typing import Literal

from flufl.bounce import all_failures

ENOUGH = 256 * 1024  # bytes of a report that are looked at: what it says stands at its beginning
DEEPEST = 20  # parts within parts
# Names under which mail servers write, where one of them does not leave its envelope without a sender.
SERVERS = re.compile(r"mailer-?daemon|postmaster|mdaemon|mail[._-]delivery.*", re.IGNORECASE)
UNWANTED = frozenset({"abuse", "opt-out", "opt-out-list"})
# Codes of RFC 3463: the mailbox is full; and refused as a matter of policy, which says nothing of the address.
FULL = re.compile(r"\b5[. ]2[. ]2\b")
REFUSED = re.compile(r"\b5\.7\.\d")
# Both log whole letters with their addresses.
for _name in ("flufl.bounce", "flufl"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


# What a report says of the mail that it is about.
Kind = Literal["permanent", "temporary", "complaint"]


def read(content: bytes, *, sender: str) -> Kind | None:
    """Return what an incoming mail says about one of ours; None for one that is no report.

    `sender` is that of its envelope, which for a report is empty.
    """
    try:
        message = message_from_bytes(content[:ENOUGH])
        return _complaint(message) if _is_report(message, "feedback-report") else _failure(message, sender)
    except Exception:  # noqa: BLE001 - strangers write these: a parser may stumble in any way, and nothing is lost
        return None


def _is_report(message: Message, kind: str) -> bool:
    named = str(message.get_param("report-type", "")).lower()
    return message.get_content_type() == "multipart/report" and named == kind


def _complaint(message: Message) -> Literal["complaint"] | None:
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = next(iter(_parts(part)), None) or message_from_bytes(_bytes(part))
            if str(fields.get("Feedback-Type", "")).strip().lower() in UNWANTED:
                return "complaint"
    return None


def _parts(message: Message) -> list[Message]:
    found = message.get_payload()
    return [part for part in found if isinstance(part, Message)] if isinstance(found, list) else []


def _bytes(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _failure(message: Message, sender: str) -> Literal["permanent", "temporary"] | None:
    if not _is_of_a_server(message, sender) or _is_deep(message):
        return None
    temporary, permanent = all_failures(message)
    said = [_said(block) for part in message.walk() for block in _blocks(part)]
    failed = [codes for action, codes in said if action.startswith("fail")]
    if permanent and failed and all(REFUSED.search(codes) for codes in failed):
        return None
    if permanent and failed and all(FULL.search(codes) for codes in failed):
        return "temporary"
    return "permanent" if permanent else "temporary" if temporary else None


def _is_of_a_server(message: Message, sender: str) -> bool:
    """Whether a mail server wrote it: people, and what answers for them, may repeat the words of one."""
    names = (
        sender.rpartition("@")[0] or sender,
        parseaddr(str(message.get("From", "")))[1].partition("@")[0],
    )
    is_server = any(SERVERS.fullmatch(name) for name in names if name)
    if is_server or message.get_content_type() == "multipart/report":
        return True
    answers = str(message.get("Auto-Submitted", "no")).lower().startswith("auto-replied")
    return not sender and not answers and "In-Reply-To" not in message


def _is_deep(message: Message, left: int = DEEPEST) -> bool:
    if not left:
        return True
    return any(_is_deep(part, left - 1) for part in _parts(message))


def _blocks(part: Message) -> list[Message]:
    """The blocks of a delivery status: one about the server, then one for each address."""
    return _parts(part) if part.get_content_type() == "message/delivery-status" else []


def _said(block: Message) -> tuple[str, str]:
    """What became of an address, in small letters, and the codes that say why."""
    codes = f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}"
    return str(block.get("Action", "")).strip().lower(), codes
