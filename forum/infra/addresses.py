"""E-mail addresses: the shape in which one is kept and compared. Wraps email-validator."""

from email_validator import EmailNotValidError, validate_email


def clean(address: str) -> str | None:
    """Return the address as it is stored, in lower case; None when no mail could ever reach it."""
    try:
        # Whether the domain takes mail is asked by sending: a look-up here would tell others who is signing up.
        valid = validate_email(
            address.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        return None
    return valid.normalized.lower()


def ascii_domain(domain: str) -> str:
    """Return a domain as mail servers write it; ValueError for one that is none.

    By IDNA 2008, as `clean` checked it: Python's own codec is of 2003, and sends mail for straße.example elsewhere.
    """
    if domain.isascii():
        if len(domain) > 253 or not all(0 < len(label) <= 63 for label in domain.split(".")):
            raise ValueError("not a domain")
        return domain
    try:
        return str(
            validate_email(f"x@{domain}", check_deliverability=False, test_environment=True).ascii_domain
        )
    except EmailNotValidError as error:
        raise ValueError("not a domain") from error


def has_plain_mailbox(address: str) -> bool:
    """Return whether what stands before the @ is ASCII: many mail servers refuse anything else, and so do we."""
    return address.rpartition("@")[0].isascii()


def key(address: str) -> str:
    """Return what somebody typed in the form in which it can be compared with stored addresses."""
    return clean(address) or address.strip().lower()
