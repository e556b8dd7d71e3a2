"""The character zero: nobody can type it, and PostgreSQL keeps no text that holds it. Refused at the door."""

from flask import Flask, abort, request

from forum.policy.errors import NotFound

ZERO = "\x00"


def init_app(app: Flask) -> None:
    """Look at every request before its view does."""
    app.before_request(refuse_zero)


def refuse_zero() -> None:
    """No page has it in its address, and no form of ours sends it."""
    if ZERO in request.path or any(ZERO in value for value in request.args.values()):
        raise NotFound
    for name, values in request.form.lists():
        if ZERO in name or any(ZERO in value for value in values):
            abort(400)
