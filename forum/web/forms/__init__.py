"""Forms: the shape of what comes in. What it means is for the verbs, whose refusals are shown at the same fields."""

from types import TracebackType
from typing import Any

from flask_wtf import FlaskForm

from forum.policy.errors import Invalid
from forum.web.http import transactions


def attach(form: FlaskForm, error: Invalid) -> None:
    """Show the refusal of a verb at its field, or on top when the form has no such field."""
    field: Any = form._fields.get(error.field)
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [*field.errors, error.message]


class errors_on:  # noqa: N801 - used as a statement: `with errors_on(form):`
    """Show an Invalid that is raised inside at its field of `form`, undo what was written, and go on after the block.

    A view that takes a form reads: validate, then within this block the verb and the redirect; after it the page
    with what was typed, as 422.
    """

    def __init__(self, form: FlaskForm) -> None:
        self.form = form

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Invalid):
            return False
        transactions.undo()
        attach(self.form, error)
        return True
