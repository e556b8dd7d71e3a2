"""Runs a command that ends when the process that started it ends, however that happened.

    python tests/parent_death_signal.py USER COMMAND …      USER is a name, or - to stay who we are

A killed test run cannot clean up. On Linux the kernel does it: it sends the signal that PostgreSQL reads as
"stop at once". Elsewhere only an orderly end cleans up.
"""

import ctypes
import os
import pwd
import signal
import sys

PARENT_DIED = 1  # PR_SET_PDEATHSIG of prctl(2)


def main(user: str, command: list[str]) -> None:
    parent = os.getppid()
    if user != "-":
        account = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":  # after the change of user, which would undo it
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGQUIT)
        if os.getppid() != parent:
            sys.exit("The starting process was gone before the command began.")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
