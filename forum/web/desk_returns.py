"""The way back to the desk: forms there say `then=desk`, which item it is about (`item`), and where to go on (`next`).

A view that such a form is sent to returns `back_to_desk(...) or` its own answer, and stands under `told_on_desk`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from flask import Response, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from forum.domain.desk import decided, notes, numbers
from forum.domain.desk.decided import Decided
from forum.infra.i18n import _
from forum.models.desk import DeskNote
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, DomainError, NotFound
from forum.web.http import transactions
from forum.web.http.current_user import actor
from forum.web.http.links import own_path
from forum.web.http.prefetch import is_ahead

KEPT = "desk_done"  # in the session, for the next look at the desk


class Done(NamedTuple):
    """What was just done on the desk: a sentence that says what the other person gets, and how it is undone."""

    sentence: str
    act_id: int | None = None
    item: str = ""


def is_from_desk() -> bool:
    """Return whether a form stood on the desk."""
    return request.form.get("then") == "desk"


def back_to_desk(sentence: str = "", act_id: int | None = None) -> AnyResponse | Response | None:
    """Return the way back for a form of the desk, None for any other.

    `sentence` stands there in place of what was settled, with undo for the act that has this id.
    """
    if not is_from_desk():
        return None
    numbers.keep(actor())
    if sentence:
        session[KEPT] = [sentence, act_id, request.form.get("item", "")]
    return redirect(own_path(request.form.get("next")) or url_for("desk.index"), 303)


def just_done() -> Done | None:
    """Return what was just done, once: nothing for a page that is fetched ahead."""
    if KEPT not in session or is_ahead():
        return None
    return Done(*session.pop(KEPT))


def told_on_desk(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let somebody who comes second on the desk read there who decided, with what they typed kept as a note."""

    @wraps(view)
    def answered(*args: Any, **named: Any) -> Any:
        try:
            return view(*args, **named)
        except (Conflict, NotFound) as error:
            if not is_from_desk():
                raise
            transactions.undo()
            return _second(actor(), error)

    return answered


def _second(who: Actor, error: DomainError) -> Any:
    key = request.form.get("item", "")
    found = decided.of(who, key)
    if found is None:
        flash(getattr(error, "reason", "") or _("This waits no longer."), "care")
        return back_to_desk()
    if found.is_own:
        return back_to_desk(_("You decided this already: %(what)s.", what=found.what))
    sentence = _("%(name)s decided this just now: %(what)s.", name=found.name, what=found.what)
    kept = _("What you wrote is kept as a note.")
    if _keep(who, key, found):
        sentence = f"{sentence} {kept}"
    return back_to_desk(sentence)


def _keep(who: Actor, key: str, found: Decided) -> bool:
    """Keep the reason that they typed, for the moderators of the space; return whether there was any."""
    words = request.form.get("reason", "").strip()[: DeskNote.WORDS_MAX]
    if not words or found.space_id is None:
        return False
    notes.add_to(who, key, space_id=found.space_id, words=words)
    return True
