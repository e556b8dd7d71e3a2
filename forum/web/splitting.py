"""Split a thread, and merge one into another: chosen first, then shown before it is done, then done."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.regrouping import candidates, merging, refusals, splitting
from forum.domain.regrouping.plans import Changed, Plan
from forum.domain.spaces import spaces
from forum.domain.threads import audiences
from forum.infra.i18n import _
from forum.infra.paging import id_of
from forum.models.threads import Thread
from forum.policy.errors import Conflict
from forum.web import reader_rows, refused
from forum.web.forms import errors_on
from forum.web.forms.splitting import ANOTHER, MergeForm, SplitForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("splitting", __name__)


@bp.get("/threads/<int:thread_id>/split")
@open_to(members)
def choose(thread_id: int) -> ResponseReturnValue:
    thread = splitting.to_split(actor(), thread_id)
    form = SplitForm(formdata=None, after=request.args.get("after"))
    form.offer(thread.audience)
    return _choices(thread, form, first=request.args.get("from", type=int))


@bp.post("/threads/<int:thread_id>/split")
@open_to(members)
def split(thread_id: int) -> ResponseReturnValue:
    thread, form = splitting.to_split(actor(), thread_id), SplitForm()
    form.offer(thread.audience)
    said = ""
    if form.validate():
        try:
            with errors_on(form):
                if form.seen.data and "back" not in request.form:
                    new = splitting.split(actor(), thread_id, form.asked(), seen=form.seen.data)
                    flash(_("The posts stand in a thread of their own now."), "ok")
                    return redirect(links.to_thread(new), 303)
                if "back" not in request.form:
                    transactions.only_look()
                    return _look(form, splitting.planned(actor(), thread_id, form.asked()))
        except Changed as error:
            transactions.only_look()
            with errors_on(form):
                plan = splitting.planned(actor(), thread_id, form.asked())
                return _look(form, plan, conflict=error.reason), 409
        except Conflict as error:
            said = error.reason
    transactions.only_look()
    status = 409 if said else 422 if form.errors else 200
    return _choices(thread, form, conflict=said), status


@bp.get("/threads/<int:thread_id>/merge")
@open_to(members)
def choose_thread(thread_id: int) -> ResponseReturnValue:
    thread = merging.to_merge(actor(), thread_id)
    return _threads(thread, MergeForm(formdata=None, into=request.args.get("into", "")))


@bp.post("/threads/<int:thread_id>/merge")
@open_to(members)
def merge(thread_id: int) -> ResponseReturnValue:
    form, said = MergeForm(), ""
    if form.validate():
        try:
            with errors_on(form):
                if form.seen.data and "back" not in request.form:
                    target = merging.merge(actor(), thread_id, form.into_id(), seen=form.seen.data)
                    flash(_("All posts stand in this thread now."), "ok")
                    return redirect(links.to_thread(target), 303)
                if "back" not in request.form:
                    transactions.only_look()
                    return _look(form, merging.planned(actor(), thread_id, form.into_id()))
        except Changed as error:
            transactions.only_look()
            with errors_on(form):
                plan = merging.planned(actor(), thread_id, form.into_id())
                return _look(form, plan, conflict=error.reason), 409
        except Conflict as error:
            said = error.reason
    transactions.only_look()
    status = 409 if said else 422 if form.errors else 200
    return _threads(merging.to_merge(actor(), thread_id), form, conflict=said), status


def _choices(thread: Thread, form: SplitForm, *, first: int | None = None, conflict: str = "") -> str:
    """The posts that may go, a page of them; `first`: all from that one on are chosen."""
    after = id_of(form.after.data or "")
    found, last = candidates.page(actor(), thread, after=after)
    if first is not None:
        form.numbers.data = [one.number for one in found if one.number >= first and one.may_go]
    form.after.data = str(after) if after else ""
    return render_template(
        "splitting/split.html",
        thread=thread,
        form=form,
        posts=found,
        after=after or None,
        last=last,
        conflict=conflict,
        refused=refused.of(refusals.of_split(actor(), thread), thread),
    )


def _threads(thread: Thread, form: MergeForm, conflict: str = "") -> str:
    form.offer(candidates.other_threads(actor(), thread))
    found = refusals.of_merge(actor(), thread)
    return render_template(
        "splitting/merge.html",
        thread=thread,
        form=form,
        another=ANOTHER,
        refused=refused.of(found, thread),
        conflict="" if found else conflict,
    )


def _look(form: SplitForm | MergeForm, plan: Plan, conflict: str = "") -> str:
    """The page that shows what would be done, with a press that does just that."""
    space = spaces.by_id(actor(), plan.thread.space_id)
    losing = plan.target if plan.target is not None and plan.lost_of_target.count else plan.thread
    numbers = [post.number for post in plan.posts]
    return render_template(
        "splitting/dry_run.html",
        plan=plan,
        rows=reader_rows.of_plan(plan),
        form=form,
        posts=candidates.posts(actor(), plan.thread, numbers),
        now=audiences.option(space.id, space.name, losing.audience, fresh=True),
        then=audiences.option(space.id, space.name, plan.audience, fresh=True),
        conflict=conflict,
    )
