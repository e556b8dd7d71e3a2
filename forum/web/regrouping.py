"""A thread gets another place: what that would do to its readers is shown first, then it is confirmed as shown."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.moderation import narrowing
from forum.domain.regrouping import agreements, moving, reasons
from forum.domain.spaces import spaces
from forum.domain.spaces.spaces import SpaceFacts
from forum.domain.threads import audiences
from forum.infra.i18n import _
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.actions import may_moderate
from forum.policy.errors import Conflict, Invalid
from forum.web import moving_pages, reader_rows, refused
from forum.web.forms import errors_on
from forum.web.forms.regrouping import MoveOnForm, ReadersForm
from forum.web.forms.threads import AudienceForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("regrouping", __name__)


@bp.get("/threads/<int:thread_id>/move")
@open_to(members)
def ask_move(thread_id: int) -> ResponseReturnValue:
    who = actor()
    slug = request.args.get("to")
    if slug:
        space = spaces.by_slug(who, slug)
        return _dry_run(thread_id, space, MoveOnForm(formdata=None, audience=request.args.get("audience")))
    thread = moving.to_move(who, thread_id)
    return moving_pages.choose(thread, moving_pages.other_spaces(thread), is_own=False)


@bp.post("/threads/<int:thread_id>/move")
@open_to(members)
def move(thread_id: int) -> ResponseReturnValue:
    who, form = actor(), MoveOnForm()
    space = spaces.by_slug(who, form.space.data or "")
    chosen = moving_pages.place(space, form)
    try:
        if form.validate():
            with errors_on(form):
                thread = moving.move(
                    who, thread_id, chosen, seen=form.seen.data, reason=form.reason.data or ""
                )
                flash(_("The thread is now in %(space)s.", space=space.name), "ok")
                return redirect(links.to_thread(thread), 303)
    except Conflict as error:
        transactions.only_look()
        return _dry_run(thread_id, space, form, conflict=error.reason), 409
    transactions.only_look()
    return _dry_run(thread_id, space, form), 422


@bp.get("/threads/<int:thread_id>/audience")
@open_to(members)
def ask_audience(thread_id: int) -> ResponseReturnValue:
    chosen = _chosen(AudienceForm(request.args, meta={"csrf": False}))
    thread = narrowing.asked(actor(), thread_id, audience=chosen)
    if chosen == thread.audience:
        return redirect(links.to_thread(thread), 303)
    return _readers(thread, chosen, ReadersForm(formdata=None))


@bp.post("/threads/<int:thread_id>/audience")
@open_to(members)
def audience(thread_id: int) -> ResponseReturnValue:
    chosen, form = _chosen(AudienceForm()), ReadersForm()
    status, conflict = 422, ""
    try:
        if form.validate():
            with errors_on(form):
                thread = narrowing.set_audience(
                    actor(),
                    thread_id,
                    audience=chosen,
                    seen=form.seen.data or "",
                    reason=form.reason.data or "",
                )
                flash(_("From now on other people can read this thread."), "ok")
                return redirect(links.to_thread(thread), 303)
    except Conflict as error:
        status, conflict = 409, error.reason
    transactions.only_look()
    thread = narrowing.asked(actor(), thread_id, audience=chosen)
    return _readers(thread, chosen, form, conflict), status


def _chosen(form: AudienceForm) -> Audience:
    if not form.validate():
        raise Invalid("audience", _("Choose who may read this."))
    return Audience(form.audience.data)


def _readers(thread: Thread, chosen: Audience, form: ReadersForm, conflict: str = "") -> str:
    """What other readers of a thread would do now, with the form that confirms it."""
    who, space = actor(), spaces.by_id(actor(), thread.space_id)
    found = narrowing.foreseen(who, thread, chosen)
    form.audience.data, form.seen.data = chosen.value, found.digest
    return render_template(
        "threads/audience.html",
        thread=thread,
        space_name=space.name,
        form=form,
        run=found,
        rows=reader_rows.of_readers(found),
        smaller_means=found.takes_away and not found.refusal and may_moderate(who, thread.space_id),
        asked=agreements.standing(who, found.regrouping) if found.asks_others else None,
        now=audiences.option(space.id, space.name, thread.audience, fresh=True),
        then=audiences.option(space.id, space.name, chosen, fresh=True),
        needs_reason=reasons.is_asked(who, thread, chosen),
        is_narrower=chosen.rank < thread.audience.rank,
        conflict="" if found.refusal else conflict,
        refused=refused.of(found.refusal, thread),
    )


def _dry_run(thread_id: int, space: SpaceFacts, form: MoveOnForm, conflict: str = "") -> str:
    found = moving.asked(actor(), thread_id, moving_pages.place(space, form))
    return moving_pages.look(found, space, form, is_own=False, conflict=conflict)
