"""The refusals of the house. The edges turn each into one kind of answer, in one place."""


class Refusal(Exception):
    """Anything that the rules of the house refuse."""


class NotFound(Refusal):
    """Not there, or not for her: the two look the same (404)."""


class Forbidden(Refusal):
    """Seen but not allowed (403); `reason` is a sentence for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Invalid(Refusal):
    """A value that has the right shape but cannot be meant (422); the form shows `message` at `field`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Conflict(Refusal):
    """Somebody else changed it in the meantime (409); `reason` is a sentence for the page."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason
