"""Numbers in addresses: one that no row can have leads nowhere, before any database is asked."""

from flask import Flask
from werkzeug.routing import IntegerConverter, ValidationError

from forum.infra.paging import LARGEST


class RowId(IntegerConverter):
    """`<int:…>` in our routes: the number of a row."""

    regex = r"\d{1,18}"

    def to_python(self, value: str) -> int:
        """The number, when a database can be asked for it."""
        number = super().to_python(value)
        if number > LARGEST:
            raise ValidationError
        return int(number)


def init_app(app: Flask) -> None:
    """Read every `<int:…>` this way; to be called before the blueprints come."""
    app.url_map.converters["int"] = RowId
