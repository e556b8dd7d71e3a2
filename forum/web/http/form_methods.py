"""What a form means by its button: browsers only know GET and POST, so a field says when something is taken away."""

from flask import request


def is_delete() -> bool:
    """Whether this POST stands for a DELETE of the noun in its address."""
    return request.form.get("_method", "").upper() == "DELETE"
