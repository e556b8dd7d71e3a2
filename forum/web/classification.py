"""What a thread is about and in which space it stands, changed after it was begun."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.regrouping import own_moving
from forum.domain.spaces import spaces
from forum.domain.spaces.spaces import SpaceFacts
from forum.domain.themes.tags import split
from forum.domain.threads import classification
from forum.infra.i18n import _
from forum.models.themes import NO_AXIS, Need
from forum.models.threads import Thread
from forum.policy.errors import Conflict
from forum.web import moving_pages
from forum.web.forms import errors_on
from forum.web.forms.classification import ClassificationForm
from forum.web.forms.regrouping import OwnMoveForm
from forum.web.forms.threads import axis_of
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("classification", __name__)


@bp.get("/threads/<int:thread_id>/classification")
@open_to(members)
def show(thread_id: int) -> ResponseReturnValue:
    thread, now = classification.current(actor(), thread_id)
    return _form(thread, now, _filled_in(thread, now))


@bp.post("/threads/<int:thread_id>/classification")
@open_to(members)
def change(thread_id: int) -> ResponseReturnValue:
    thread, now = classification.current(actor(), thread_id)
    form = _filled_in(thread, now)
    if form.validate():
        try:
            with errors_on(form):
                thread = classification.classify(
                    actor(),
                    thread_id,
                    need=Need(form.need.data),
                    axis=axis_of(form.axis),
                    tags=split(form.tags.data or ""),
                    seen_change=form.seen_change.data,
                )
                flash(_("Your choice is saved."), "ok")
                return redirect(links.to_thread(thread), 303)
        except Conflict as error:
            thread, now = classification.current(actor(), thread_id)  # as the other one left it
            form.seen_change.raw_data = [str(now.last_change)]
            form.offer(now.axis, may_wait=_may_wait(thread))
            return _form(thread, now, form, conflict=error.reason), 409
    return _form(thread, now, form), 422


@bp.get("/threads/<int:thread_id>/space")
@open_to(members)
def choose_space(thread_id: int) -> ResponseReturnValue:
    thread = classification.to_move(actor(), thread_id)
    others = moving_pages.other_spaces(thread)
    chosen = next((space for space in others if space.slug == request.args.get("to")), None)
    if chosen is None:
        return moving_pages.choose(thread, others, is_own=True)
    return _dry_run(thread_id, chosen, OwnMoveForm(formdata=None, audience=request.args.get("audience")))


@bp.post("/threads/<int:thread_id>/space")
@open_to(members)
def move(thread_id: int) -> ResponseReturnValue:
    who, form = actor(), OwnMoveForm()
    classification.to_move(who, thread_id)
    space = spaces.by_slug(who, form.space.data or "")
    try:
        thread = own_moving.move(who, thread_id, moving_pages.place(space, form), seen=form.seen.data)
    except Conflict as error:
        transactions.only_look()
        return _dry_run(thread_id, space, form, conflict=error.reason), 409
    flash(_("The thread is now in %(space)s.", space=space.name), "ok")
    return redirect(links.to_thread(thread), 303)


def _filled_in(thread: Thread, now: classification.Classification) -> ClassificationForm:
    """The form as it was sent, or with what is chosen now; a field that was not sent changes nothing."""
    may_wait = _may_wait(thread)
    form = ClassificationForm(
        data={
            "need": now.need.value,
            "axis": now.axis.value if now.axis else NO_AXIS if may_wait else None,
            "tags": ", ".join(now.tags),
            "seen_change": now.last_change,
        }
    )
    form.offer(now.axis, may_wait=may_wait)
    return form


def _may_wait(thread: Thread) -> bool:
    """Whether the viewer may leave the axis to the moderators: the author of the thread."""
    return thread.author_id == actor().id


def _form(
    thread: Thread, now: classification.Classification, form: ClassificationForm, conflict: str = ""
) -> str:
    return render_template(
        "threads/classification.html", thread=thread, now=now, form=form, conflict=conflict
    )


def _dry_run(thread_id: int, space: SpaceFacts, form: OwnMoveForm, conflict: str = "") -> str:
    found = own_moving.asked(actor(), thread_id, moving_pages.place(space, form))
    return moving_pages.look(found, space, form, is_own=True, conflict=conflict)
