"""Forms: the shape of what comes in. What it means is for the verbs, whose refusals land at the same fields."""

from typing import Any

from flask_wtf import FlaskForm

from forum.policy.errors import Invalid


def attach(form: FlaskForm, error: Invalid) -> None:
    """Show the refusal of a verb at its field, or on top when the form has no such field."""
    field: Any = form._fields.get(error.field)
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [*field.errors, error.message]
