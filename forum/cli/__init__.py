"""The command line: an edge that knows every floor. Each command commits once, at its end."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the commands."""
