"""What the refusal of one letter says of its address: the codes of RFC 3463 and 5321, as servers speak them."""

import re
from typing import Literal

Verdict = Literal["permanent", "temporary"]
STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# There is no such mailbox or domain, or it takes no mail at all (5.1.10: so its domain says).
GONE = frozenset({"1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.1", "4.4", "4.310"})
FULL, FULL_CODE = "2.2", 552
OF_SERVERS = ("3.", "5.", "7.")  # a system, a protocol, a policy: whoever is written to
# Statuses that say nothing. A server without a better one says it in words.
VAGUE = frozenset({"0.0", "1.0", "2.0", "5.0"})
UNKNOWN = re.compile(
    r"no such (?:user|mailbox|recipient|address|person)|unknown (?:user|mailbox|recipient|address)"
    r"|(?:user|mailbox|recipient|address) (?:is )?(?:unknown|not found|does not exist|doesn't exist)",
    re.IGNORECASE,
)
# What RFC 5321 has every 550 say, also one about policy: of the address it may be, not that it is gone.
UNAVAILABLE = re.compile(r"(?:user|mailbox|recipient|address) (?:is )?unavailable", re.IGNORECASE)
OF_SENDER = re.compile(r"\bsender\b", re.IGNORECASE)


def of_address(code: int, said: str) -> Verdict | None:
    """Return what an answer to RCPT, or to a letter with one recipient, says of the address; None for nothing.

    Whatever else is refused is about us: our letter, our sender, how often we write. A relay that is not set up well
    refuses everybody, and must not stop the mail of everybody.
    """
    found = STATUS.match(said.strip())
    status = f"{found[2]}.{found[3]}" if found is not None and found[1] == str(code)[0] else ""
    if code < 500:
        return None if status.startswith(OF_SERVERS) else "temporary"
    if status == FULL or (code == FULL_CODE and not status):
        return "temporary"
    if status in GONE:
        return "permanent"
    if (status and status not in VAGUE) or OF_SENDER.search(said):
        return None
    if UNKNOWN.search(said):
        return "permanent"
    return "temporary" if UNAVAILABLE.search(said) else None
