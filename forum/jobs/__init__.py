"""Floor 5, the edge without a browser: processes events, sends mail, and opens digests when they are due."""

from flask import Flask

from forum.jobs import queue


def init_app(app: Flask) -> None:
    """Connect the queue, and let the other edges wake the worker without importing this one."""
    queue.init_app(app)
    app.extensions["wake"] = queue.wake_worker
