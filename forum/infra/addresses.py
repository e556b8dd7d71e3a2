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


def key(address: str) -> str:
    """Return what somebody typed in the form in which it can be compared with stored addresses."""
    return clean(address) or address.strip().lower()
