"""The address to which mail that cannot be delivered comes back: it names the mail, and nobody else can make one.

BOUNCE_ADDRESS is `returned@forum.example`, and the envelope of mail 12 has `returned+12-<sign>@forum.example`. The sign
stands for the mail and the address that it went to: whoever does not have the letter cannot report about it, and what
is reported about an address that its owner has replaced since is about nobody.
"""

import hmac
import re
from collections.abc import Iterator

from flask import current_app
from sqlalchemy import select

from forum.infra import addresses, tokens
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.mail import OutgoingMail
from forum.models.spaces import AccessRequest, Invitation

SIGN = "return-path"  # the purpose of its mark
LENGTH = 20  # of the sign, in hexadecimal: mail servers may change the case of letters
_TAIL = re.compile(rf"\+(\d{{1,10}})-([0-9a-f]{{{LENGTH}}})$", re.IGNORECASE)
MOST = 20  # addresses that are looked for in one letter


def of_mail(mail_id: int, address: str) -> str:
    """Return the sender of the envelope of a mail to `address`; empty without BOUNCE_ADDRESS."""
    base = _base()
    if base is None:
        return ""
    name, domain = base
    return f"{name}+{mail_id}-{_short(tokens.mark(SIGN, _subject(mail_id, address)))}@{domain}"


def plain() -> str:
    """Return the sender of the envelope of a letter that stands in no queue; empty without BOUNCE_ADDRESS."""
    base = _base()
    return "" if base is None else "@".join(base)


def is_ours(address: str) -> bool:
    """Return whether reports may come to this address: BOUNCE_ADDRESS, or one that may be that of a mail."""
    base = _base()
    if base is None:
        return False
    name, _at, domain = address.strip().lower().rpartition("@")
    return (_TAIL.sub("", name), domain) == base


def mail_behind(address: str) -> tuple[OutgoingMail, str] | None:
    """Return the mail that an address stands for, and where it went; None when we did not make that address."""
    found = _TAIL.search(address.strip().lower().rpartition("@")[0])
    if found is None or not is_ours(address):
        return None
    mail = db.session.get(OutgoingMail, int(found[1])) if int(found[1]) < 2**31 else None
    went_to = recipient(mail) if mail is not None else None
    if mail is None or went_to is None:
        return None
    signs = [_short(mark) for mark in tokens.marks(SIGN, _subject(mail.id, went_to))]
    fits = any(hmac.compare_digest(sign, found[2]) for sign in signs)
    return (mail, went_to) if fits else None


def mentioned_in(content: bytes) -> Iterator[str]:
    """Return the addresses in a letter that may be those of a mail, the first ones."""
    base = _base()
    if base is not None:
        name, domain = (re.escape(part.encode()) for part in base)
        looked_for = re.compile(rb"%s\+\d{1,10}-[0-9a-f]{%d}@%s" % (name, LENGTH, domain), re.IGNORECASE)
        for found in list(looked_for.findall(content))[:MOST]:
            yield found.decode("ascii")


def recipient(mail: OutgoingMail) -> str | None:
    """Return the address to which a mail goes as things stand; None when there is nobody any more."""
    if mail.access_request_id is not None:
        query = select(AccessRequest.email).where(AccessRequest.id == mail.access_request_id)
    elif mail.member_id is not None:
        query = select(Member.email).where(Member.id == mail.member_id)
    else:
        query = select(Invitation.email).where(Invitation.id == mail.invitation_id)
    return db.session.scalar(query)


def _base() -> tuple[str, str] | None:
    """The part before the @ and the domain of BOUNCE_ADDRESS."""
    written = current_app.config["BOUNCE_ADDRESS"]
    if not written:
        return None
    name, _at, domain = written.lower().rpartition("@")
    return name, addresses.ascii_domain(domain)


def _subject(mail_id: int, address: str) -> str:
    return f"{mail_id} {address}"


def _short(mark: str) -> str:
    return tokens.digest(mark)[:LENGTH]
