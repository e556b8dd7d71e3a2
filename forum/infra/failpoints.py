"""Named places where a test may kill this very process, to prove that nothing is lost or done twice there."""

import os
import signal

_hits: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Die here, at once and without goodbye, when FAILPOINT says `name` or `name:3` (the third time round)."""
    wanted = os.environ.get("FAILPOINT", "")
    if not wanted:
        return
    place, _, turn = wanted.partition(":")
    if place != name:
        return
    _hits[name] = _hits.get(name, 0) + 1
    if _hits[name] >= int(turn or 1):
        os.kill(os.getpid(), signal.SIGKILL)
