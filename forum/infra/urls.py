"""The application class: it remembers addresses that it built, and ends a request within reach of the error pages."""

from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Any

from flask import Flask, Response, has_request_context, request

REMEMBERED = 8_192  # addresses in each process


class App(Flask):
    """A Flask application whose `url_for` builds each address of this site once.

    What `after_view` names runs after each view, before the answer counts as one: whatever it raises becomes an error
    page, which Flask does for no function that it calls after a request.
    """

    after_view: Callable[[Response], None] | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # typed: 1 and True are equal and lead to different addresses.
        self._remembered = lru_cache(REMEMBERED, typed=True)(self._address)

    def dispatch_request(self) -> Response:
        """Run the view of this request, and what follows it."""
        response = self.make_response(super().dispatch_request())
        if self.after_view is not None:
            self.after_view(response)
        return response

    def url_for(
        self,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """Return the address of an endpoint, as Flask does; a full one (`_external`) is always built anew."""
        if not has_request_context() or _external is not None or _scheme is not None:
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint}{endpoint}" if request.blueprint else endpoint[1:]
        parts = chain.from_iterable(values.items())
        try:
            return self._remembered(request.script_root, endpoint, _anchor, _method, *parts)
        except TypeError:  # a value that cannot be remembered, such as a list
            return super().url_for(endpoint, _anchor=_anchor, _method=_method, **values)

    def _address(
        self, script_root: str, endpoint: str, anchor: str | None, method: str | None, *parts: Any
    ) -> str:
        # Built within the request, which has this script root.
        values = dict(zip(parts[::2], parts[1::2], strict=True))
        return super().url_for(endpoint, _anchor=anchor, _method=method, **values)
