"""Letters at which the mail server was away, as one lane saw it: is it the server, or is it the letter?"""

from collections.abc import Callable

from forum.domain.mailing import mail_claims
from forum.infra.mail_errors import Away

REFUSALS = 5  # of the same letter, with others taken between them, after which it is refused for good


class HeldUp:
    """What one lane met since this worker started; another worker learns it anew."""

    def __init__(self) -> None:
        self._taken = 0  # letters that the server took
        self._met: dict[int, tuple[int, int]] = {}  # by mail: how often, and what was taken by then

    def note_taken(self, mail_id: int) -> None:
        """The server took this one."""
        self._taken += 1
        self._met.pop(mail_id, None)

    def mark_for(self, mail_id: int, away: Away) -> tuple[Callable[..., None], bool]:
        """Return what to write on this mail, and whether the server is away for the others too.

        It is not when it took others since it was away at this one, and is away at this one again.
        """
        times, taken = self._met.get(mail_id, (0, self._taken))
        is_the_server = taken == self._taken
        times = max(times, 1) if is_the_server else times + 1
        self._met[mail_id] = times, self._taken
        if is_the_server:
            return mail_claims.release, True
        if away.is_refusal and times >= REFUSALS:
            return mail_claims.mark_failed, False
        return mail_claims.schedule_retry, False
