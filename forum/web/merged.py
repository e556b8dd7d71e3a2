"""Addresses of threads that were merged into others: they lead on, for who may see the other one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from forum.domain.threads import moved
from forum.infra.paging import id_of
from forum.policy.errors import NotFound
from forum.web.http import links
from forum.web.http.current_user import viewer


def led_on(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Lead from the page of a thread that is not there to where its posts stand now; NotFound as the view has it."""

    @wraps(view)
    def page(thread_id: int, **values: Any) -> ResponseReturnValue:
        try:
            return view(thread_id=thread_id, **values)
        except NotFound:
            there = moved.leads_to(viewer(), thread_id, id_of(request.args.get("page")) or 1)
            if there is None:
                raise
            return redirect(links.to_thread(there, number=there.there), 303)

    return page
