"""Threads whose talk is over: what archiving one would do, the archive of a space, and out of it again."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.moderation import archiving
from forum.domain.spaces import spaces
from forum.domain.threads import archived
from forum.infra.i18n import _
from forum.policy.errors import Conflict
from forum.web.forms import errors_on
from forum.web.forms.regrouping import ArchiveForm
from forum.web.http import links, transactions
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_method

bp = Blueprint("archiving", __name__)


@bp.get("/threads/<int:thread_id>/archive")
@open_to(members)
def ask(thread_id: int) -> ResponseReturnValue:
    return _plan(thread_id, ArchiveForm(formdata=None))


@bp.post("/threads/<int:thread_id>/archive")
@form_method
@open_to(members)
def archive(thread_id: int) -> ResponseReturnValue:
    form = ArchiveForm()
    try:
        if form.validate():
            with errors_on(form):
                seen, reason = form.seen.data or "", form.reason.data or ""
                thread = archiving.archive(actor(), thread_id, seen=seen, reason=reason)
                flash(_("This thread stands in the archive of its space."), "ok")
                return redirect(links.to_thread(thread), 303)
    except Conflict as error:
        transactions.only_look()
        return _plan(thread_id, form, conflict=error.reason), 409
    transactions.only_look()
    return _plan(thread_id, form), 422


@archive.delete
@open_to(members)
def bring_back(thread_id: int) -> ResponseReturnValue:
    thread = archiving.bring_back(actor(), thread_id)
    flash(_("This thread is no longer in the archive."), "ok")
    return redirect(links.to_thread(thread), 303)


@bp.get("/spaces/<slug>/archive")
@open_to(anyone)
def of_space(slug: str) -> ResponseReturnValue:
    who, cursor = viewer(), request.args.get("after")
    space, address = spaces.by_slug(who, slug), partial(url_for, ".of_space", slug=slug)
    page = archived.of_space(who, space.id, cursor=cursor)
    return render_template(
        "spaces/archive.html",
        space=space,
        threads=page.rows,
        older=address(after=page.next_cursor) if page.next_cursor else None,
        newer=address() if cursor else None,
    )


def _plan(thread_id: int, form: ArchiveForm, conflict: str = "") -> str:
    """What archiving would do now, with the form that confirms it; Conflict where it is archived already."""
    plan = archiving.planned(actor(), thread_id)
    form.seen.data = plan.digest
    return render_template(
        "regrouping/archive.html", plan=plan, thread=plan.thread, form=form, conflict=conflict
    )
