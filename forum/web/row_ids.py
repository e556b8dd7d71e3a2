"""Numbers in addresses: one that no row can have leads nowhere, before any database is asked."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class RowId(IntegerConverter):
    """`<int:…>` in our routes: the number of a row. Eighteen figures fit in every database."""

    regex = r"\d{1,18}"


def init_app(app: Flask) -> None:
    """Read every `<int:…>` this way; to be called before the blueprints come."""
    app.url_map.converters["int"] = RowId
