"""Floor 5, the edge without a browser: it reacts to events, sends mail, and keeps the calendar."""

from flask import Flask

from forum.jobs import queue


def init_app(app: Flask) -> None:
    """Tell the other edges how to wake the worker, without them knowing this one."""
    queue.init_app(app)
    app.extensions["wake"] = queue.wake_worker
