"""The mailbox folder: letters as .eml files that sort by time, read back for who looks at the demo."""

import hashlib
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from forum.infra import clock
from forum.infra.mail_headers import read_address, read_text

NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{16}\.eml")


@dataclass(frozen=True)
class StoredMail:
    """A letter in a mailbox folder, read back."""

    name: str
    message: EmailMessage
    sender: str
    recipient: str
    subject: str
    sent_at: str
    text: str
    html: str | None
    headers: list[tuple[str, str]]


def name_for(message_id: str) -> str:
    """Return the file name of a letter that arrives now."""
    mark = hashlib.sha256(message_id.encode()).hexdigest()[:16]
    return f"{clock.now():%Y%m%dT%H%M%S%fZ}-{mark}.eml"


def read_mailbox(folder: str | Path, *, limit: int = 100) -> list[StoredMail]:
    """Return the newest letters of a mailbox folder, newest first; an absent folder is an empty one."""
    names = sorted((p.name for p in Path(folder).glob("*.eml") if NAME.fullmatch(p.name)), reverse=True)
    letters = (read_one(folder, name) for name in names[:limit])
    return [letter for letter in letters if letter is not None]


def read_one(folder: str | Path, name: str) -> StoredMail | None:
    """Return one letter by its file name; None when there is none, or the name is not one of ours."""
    path = Path(folder) / name
    if not NAME.fullmatch(name) or not path.is_file():
        return None
    mail = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    raw = dict(mail.raw_items())
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    return StoredMail(
        name=name,
        message=mail,
        sender=_address(raw.get("From", "")),
        recipient=_address(raw.get("To", "")),
        subject=read_text(raw.get("Subject", "")),
        sent_at=str(mail["Date"]),
        text=plain.get_content().replace("\r\n", "\n") if plain is not None else "",
        html=rich.get_content() if rich is not None else None,
        headers=[(key, str(value)) for key, value in mail.items()],
    )


def _address(value: str) -> str:
    name, address = read_address(value)
    return f"{name} <{address}>" if name else address
