"""The way back to the desk: forms there say `then=desk`, which item it is about (`item`), and where to go on (`next`).

A view that such a form is sent to returns `back_to_desk(...) or` its own answer, and stands under `told_on_desk`; the
page on which somebody looks before they decide stands under `told_when_decided`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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

_CARRIED = ("then", "item", "next")
KEPT = "desk_done"  # in the session, for the next look at the desk
# Where the words that somebody typed are called an answer; on a request to join that is which button it was.
_ANSWERED = ("objections-", "left_out-", "measures-")


class Done(NamedTuple):
    """What was just done on the desk: a sentence that says what the other person gets, and how it is undone."""

    sentence: str
    act_id: int | None = None
    item: str = ""


def is_from_desk() -> bool:
    """Return whether a form stood on the desk."""
    return request.form.get("then") == "desk"


def back_to_desk(
    sentence: str = "", act_id: int | None = None, *, still_waits: bool = False
) -> AnyResponse | Response | None:
    """Return the way back for a form of the desk, None for any other.

    `sentence` stands there in place of what was settled, with undo for the act that has this id. `still_waits`: the
    item is not settled by it, and stays open.
    """
    if not is_from_desk():
        return None
    numbers.keep(actor())
    if sentence:
        session[KEPT] = [sentence, act_id, request.form.get("item", "")]
    there = place_on_desk() if still_waits else own_path(request.form.get("next"))
    return redirect(there or url_for("desk.index"), 303)


def place_on_desk() -> str | None:
    """Return where on the desk the item is open from which this page was asked or a form refused; None elsewhere."""
    asked = request.values
    if asked.get("then") != "desk":
        return None
    parts = urlsplit(own_path(asked.get("next")) or url_for("desk.index"))
    item = asked.get("item", "")
    query = urlencode({**dict(parse_qsl(parts.query)), "item": item})
    return urlunsplit(("", "", parts.path, query, item))


def on_from_desk() -> dict[str, str]:
    """Return what a link of this page carries on, so that the page behind it leads back to the desk, too."""
    if request.values.get("then") != "desk":
        return {}
    return {name: request.values[name] for name in _CARRIED if request.values.get(name)}


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
            transactions.begin_writing()  # also after a form that was refused, whose page was to be drawn next
            return _second(actor(), error)

    return answered


def told_when_decided(kind: str, argument: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Lead somebody to the desk who opens the page of what was decided meanwhile: there they read who decided, and how.

    `argument` of the address is the id of the item, of this kind. It may be opened from a tab or a mail of days ago.
    """

    def told(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def opened(**named: Any) -> Any:
            try:
                return view(**named)
            except (Conflict, NotFound) as error:
                if is_ahead():
                    raise
                is_there = request.args.get("then") == "desk"
                found = decided.of(actor(), f"{kind}-{named[argument]}")
                if found is None and not is_there:
                    raise
                desk = (own_path(request.args.get("next")) if is_there else None) or url_for("desk.index")
                if found is None:
                    flash(_why(error), "care")
                elif found.is_own:
                    session[KEPT] = [_own(found), None, ""]
                else:
                    sentence = _("%(name)s decided this already: %(what)s.", name=found.name, what=found.what)
                    session[KEPT] = [sentence, None, ""]
                return redirect(desk, 303)

        return opened

    return told


def _second(who: Actor, error: DomainError) -> Any:
    key = request.form.get("item", "")
    found = decided.of(who, key)
    if found is None:
        flash(_why(error), "care")
        return back_to_desk()
    if found.is_own:
        return back_to_desk(_own(found))
    sentence = _("%(name)s decided this just now: %(what)s.", name=found.name, what=found.what)
    kept = _("What you wrote is kept as a note.")
    if _keep(who, key, found):
        sentence = f"{sentence} {kept}"
    return back_to_desk(sentence)


def _why(error: DomainError) -> str:
    return getattr(error, "reason", "") or _("This no longer waits.")


def _own(found: Decided) -> str:
    return _("You decided this already: %(what)s.", what=found.what)


def _keep(who: Actor, key: str, found: Decided) -> bool:
    """Keep the reason that they typed, for the moderators of the space; return whether there was any."""
    typed = request.form.get("answer" if key.startswith(_ANSWERED) else "reason", "")
    words = typed.strip()[: DeskNote.WORDS_MAX]
    if not words or found.space_id is None:
        return False
    notes.add_to(who, key, space_id=found.space_id, words=words)
    return True
