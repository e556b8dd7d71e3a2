"""Whether a thread is running talk: every list of what goes on now asks this, and nothing else decides it.

An archived thread is read as before, at its address, by search and where lessons quote it; it is only not among what
runs. Which queries ask this, and which show archived threads too, stands in `tests/rules/test_running.py`.
"""

from forum.models.threads import Thread

RUNNING = Thread.archived_at.is_(None)
ARCHIVED = Thread.archived_at.is_not(None)
