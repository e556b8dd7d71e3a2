"""What a thread is about and in which space it stands, changed after it was begun."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.spaces import spaces
from forum.domain.themes.tags import split
from forum.domain.threads import audiences, classification
from forum.infra.i18n import _
from forum.models.spaces import Audience
from forum.models.themes import NO_AXIS, Need
from forum.models.threads import Thread
from forum.policy.actions import may_start, require
from forum.policy.errors import Conflict
from forum.web.forms import errors_on
from forum.web.forms.classification import ClassificationForm, MoveForm
from forum.web.forms.threads import axis_of
from forum.web.http import links
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
    who = actor()
    thread = classification.to_move(who, thread_id)
    others = [space for space in spaces.of_member(who) if space.id != thread.space_id]
    chosen = next((space for space in others if space.slug == request.args.get("to")), None)
    if chosen is not None:
        return _readers(thread, chosen, MoveForm(formdata=None))
    return render_template("threads/move.html", thread=thread, spaces=others, space=None)


@bp.post("/threads/<int:thread_id>/space")
@open_to(members)
def move(thread_id: int) -> ResponseReturnValue:
    who, form = actor(), MoveForm()
    thread = classification.to_move(who, thread_id)
    space = spaces.by_slug(who, form.space.data or "")
    form.offer(space.widest_audience, thread.audience)
    if form.validate():
        with errors_on(form):
            thread = classification.move(who, thread_id, space.id, audience=Audience(form.audience.data))
            flash(_("The thread is now in %(space)s.", space=space.name), "ok")
            return redirect(links.to_thread(thread), 303)
    return _readers(thread, space, form), 422


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


def _readers(thread: Thread, space: Any, form: MoveForm) -> str:
    """The page on which the author chooses who reads the thread in the other space, with whom that is now."""
    require(may_start(actor(), space))
    form.space.data = space.slug
    form.offer(space.widest_audience, thread.audience)
    options = {option.audience.value: option for option in audiences.options(space)}
    here = spaces.by_id(actor(), thread.space_id)
    return render_template(
        "threads/move.html",
        thread=thread,
        space=space,
        form=form,
        options=options,
        selected=options.get(form.audience.data) or next(iter(options.values())),
        others=[(code, option.who, option.count) for code, option in options.items()],
        present=audiences.option(here.id, here.name, thread.audience, fresh=True),
    )
