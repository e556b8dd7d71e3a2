"""Input that none of our forms sends is refused before a view or a database gets it."""

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, ValidationError

from forum.infra.bodies import UNREAD
from forum.infra.paging import LARGEST
from forum.policy.errors import NotFound

NUL = "\x00"  # nobody can type it, and PostgreSQL stores no text that contains it


class RowIdConverter(IntegerConverter):
    """`<int:…>` in our routes: the id of a row. A number that no row can have matches no route."""

    regex = r"\d{1,18}"

    def to_python(self, value: str) -> int:
        """Return the number; ValidationError above the largest id."""
        number = super().to_python(value)
        if number > LARGEST:
            raise ValidationError
        return int(number)


def init_app(app: Flask) -> None:
    """Check every request; to be called before the blueprints are registered, which use the converter."""
    app.before_request(refuse_unread)
    app.before_request(reject_foreign_input)
    app.url_map.converters["int"] = RowIdConverter


def refuse_unread() -> None:
    """Answer 408 for a body that came too slowly, 503 where too many arrived at once: neither was read."""
    if UNREAD in request.environ:
        abort(request.environ[UNREAD])


def reject_foreign_input() -> None:
    """Answer 404 for a NUL in an address; 400 for one in a form, for a value without a name, and for a file."""
    asked = (part for pair in request.args.items(multi=True) for part in pair)
    if NUL in request.path or any(NUL in part for part in asked):
        raise NotFound
    for name, values in request.form.lists():
        if name is None or NUL in name or any(NUL in value for value in values):
            abort(400)
    if request.files:
        abort(400)
