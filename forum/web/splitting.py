"""Split a thread, and merge one into another: chosen first, then shown before it is done, then done."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

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

    def done() -> Response:
        seen, reason = form.seen.data or "", form.reason.data or ""
        new = splitting.split(actor(), thread_id, form.asked(), seen=seen, reason=reason)
        flash(_("The posts stand in a thread of their own now."), "ok")
        return redirect(links.to_thread(new), 303)

    answer = _answer(form, lambda: splitting.planned(actor(), thread_id, form.asked()), done)
    if not isinstance(answer, str):
        return answer
    return _choices(thread, form, conflict=answer), _status(form, answer)


@bp.get("/threads/<int:thread_id>/merge")
@open_to(members)
def choose_thread(thread_id: int) -> ResponseReturnValue:
    thread = merging.to_merge(actor(), thread_id)
    return _threads(thread, MergeForm(formdata=None, into=request.args.get("into", "")))


@bp.post("/threads/<int:thread_id>/merge")
@open_to(members)
def merge(thread_id: int) -> ResponseReturnValue:
    form = MergeForm()

    def done() -> Response:
        seen, reason = form.seen.data or "", form.reason.data or ""
        target = merging.merge(actor(), thread_id, form.into_id(), seen=seen, reason=reason)
        flash(_("All posts stand in this thread now."), "ok")
        return redirect(links.to_thread(target), 303)

    answer = _answer(form, lambda: merging.planned(actor(), thread_id, form.into_id()), done)
    if not isinstance(answer, str):
        return answer
    return _threads(merging.to_merge(actor(), thread_id), form, conflict=answer), _status(form, answer)


def _answer(
    form: SplitForm | MergeForm, planned: Callable[[], Plan], done: Callable[[], Response]
) -> Response | tuple[str, int] | str:
    """Do what was shown, or show what would be done; where something else is to be chosen, only why, in words."""
    form.validate()
    is_back, said = "back" in request.form, ""
    if is_back:
        form.reason.errors = ()
    if is_back or form.errors.keys() - {"reason"}:
        transactions.only_look()
        return ""
    try:
        with errors_on(form):
            if form.seen.data and not form.errors:
                return done()
    except Changed as error:
        said = error.reason
    except Conflict as error:
        transactions.only_look()
        return error.reason
    transactions.only_look()
    try:
        with errors_on(form):
            if not form.errors.keys() - {"reason"}:
                return _look(form, planned(), said), _status(form, said)
    except Conflict as error:
        return error.reason
    return ""


def _status(form: SplitForm | MergeForm, said: str) -> int:
    return 409 if said else 422 if form.errors else 200


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
