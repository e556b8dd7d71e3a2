"""What whoever was asked to check a lesson is told once it does not wait for them any more."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import render_template

from forum.domain.lessons import review_over
from forum.policy.errors import NotFound
from forum.web.http import transactions, unsent_forms
from forum.web.http.current_user import actor

View = Callable[..., Any]


def told_when_over(view: View) -> View:
    """Let a view about a review tell who was asked that it is over, with what they typed; NotFound for all others."""

    @wraps(view)
    def told(lesson_id: int) -> Any:
        try:
            return view(lesson_id=lesson_id)
        except NotFound:  # the link of a letter or a page that stood open, once the question was taken back
            transactions.only_look()
            if not review_over.was_asked(actor(), lesson_id):
                raise
            return render_template("workbench/over.html", typed=unsent_forms.request_fields()), 410

    return told
