"""What a kind of letter says at the moment of sending, or why there is none any more."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from forum.domain.digests.letter import DigestLetter


class NothingToSend(Exception):
    """The letter should not be sent any more; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotNow(Exception):
    """The letter may leave at `until`, as its reader has quiet hours."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


@dataclass(frozen=True)
class Content:
    """A subject, and the context for the template of this kind.

    `stop` is what stops it, where that is not always the same for its kind; `about` names the thread or the lesson that
    it is about; `notices` are the rows that it carries.
    """

    subject: str
    context: dict[str, Any] = field(default_factory=dict)
    digest: DigestLetter | None = None
    stop: str | None = None
    about: str = ""
    notices: tuple[int, ...] = ()
