"""Named places where a test may kill this process, to prove that nothing is lost or done twice there."""

import os
import signal

_hits: dict[str, int] = {}


def failpoint(name: str) -> None:
    """Kill this process with SIGKILL when FAILPOINT is `name`, or `name:3` for the third time it is reached."""
    setting = os.environ.get("FAILPOINT", "")
    if not setting:
        return
    point, _, turn = setting.partition(":")
    if point != name:
        return
    _hits[name] = _hits.get(name, 0) + 1
    if _hits[name] >= int(turn or 1):
        os.kill(os.getpid(), signal.SIGKILL)
