"""Errors that the domain raises. The edges turn each kind into one kind of answer, in one place."""


class DomainError(Exception):
    """Base of everything that a rule refuses."""


class NotFound(DomainError):
    """Not there, or not for this reader: the two look the same (404)."""


class Forbidden(DomainError):
    """Seen but not allowed (403); `reason` is a sentence for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Invalid(DomainError):
    """A value that has the right shape but cannot be meant (422); the form shows `message` at `field`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Conflict(DomainError):
    """Somebody else changed it in the meantime (409); `reason` is a sentence for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason
