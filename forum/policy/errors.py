"""Errors that the domain raises. The edges turn each class into one kind of answer, in one place."""


class DomainError(Exception):
    """Base of every error of the domain."""


class NotFound(DomainError):
    """Absent, or not for this reader: the two look the same (404)."""


class Forbidden(DomainError):
    """Visible but not allowed (403); `reason` is a sentence for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Invalid(DomainError):
    """A value that has the right type but is refused (422); the form shows `message` at `field`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Conflict(DomainError):
    """Changed by somebody else in the meantime (409); `reason` is a sentence for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason
