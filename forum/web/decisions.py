"""The page on which moderators or a deputy decide on an objection of any kind, and where they are afterwards."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from forum.domain.spaces import spaces
from forum.web.desk_returns import back_to_desk, place_on_desk
from forum.web.forms.house_rules import GroundedForm
from forum.web.http.current_user import actor


def page(template: str, found: Any, form: FlaskForm, *, space_id: int, **more: Any) -> str:
    """Return the page of an objection in a space: `template` says what it is about, the rest is the same for all."""
    if isinstance(form, GroundedForm):
        form.offer_rules(space_id)
    space = spaces.by_id(actor(), space_id)
    return render_template(template, found=found, space=space, form=form, at_desk=place_on_desk(), **more)


def done(sentence: str, space_id: int, *, act_id: int | None = None) -> ResponseReturnValue:
    """Return the way on after a decision: the desk on which it was taken, else what waits in the space, saying so.

    `act_id` is the act that undoes it on the desk; the list finds its own.
    """
    if desk := back_to_desk(sentence, act_id):
        return desk
    flash(sentence, "ok")
    return redirect(to_list(space_id), 303)


def to_list(space_id: int) -> str:
    """Return the address of what waits in a space for its moderators and its deputy."""
    return url_for("settling.index", slug=spaces.by_id(actor(), space_id).slug)
