"""Forms that mean DELETE: browsers only send GET and POST, so a field `_method` says when something is taken away."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from flask import abort, request

View = Callable[..., Any]


class FormView:
    """The views behind one POST address, chosen by the method that the form asks for; `status` where there is none.

    Both have the same guard, which `access.check_guard` reads from the endpoint: that of the first view.
    """

    def __init__(self, method: str, view: View, status: int = 405) -> None:
        self.views = {method: view}
        self.status = status
        update_wrapper(self, view)  # Flask reads the name of the endpoint from here, too

    def __call__(self, **values: Any) -> Any:
        """Run the view for the method of this form."""
        view = self.views.get("DELETE" if request.form.get("_method", "").upper() == "DELETE" else "POST")
        return abort(self.status) if view is None else view(**values)

    def delete(self, view: View) -> View:
        """Register the view for the same address when the form asks for DELETE; ValueError for another guard."""
        if vars(view).get("open_to") is not vars(self).get("open_to"):
            raise ValueError(
                f"{view.__name__} has another guard than the view that it shares its address with"
            )
        self.views["DELETE"] = view
        return view


def form_method(view: View) -> FormView:
    """Let a POST view share its address with a view for DELETE, which follows as `@<view>.delete`."""
    return FormView("POST", view)


def form_delete(*, otherwise: int = 405) -> Callable[[View], FormView]:
    """Mark a POST view that only takes forms with `_method=DELETE`; others get the status `otherwise`."""
    return lambda view: FormView("DELETE", view, otherwise)
