"""For moderators: what waits in their space, and whose posts do."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.audit import undoable
from forum.domain.held_posts import choosing, deciding, pointing, queue
from forum.domain.spaces import spaces
from forum.domain.themes import labels
from forum.infra.i18n import _
from forum.models.undo import UndoKind
from forum.policy.actions import may_moderate
from forum.policy.errors import Conflict
from forum.web.desk_returns import back_to_desk, is_from_desk, place_on_desk, told_on_desk, told_when_decided
from forum.web.forms import errors_on
from forum.web.forms.held import HoldingForm, RefusalForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("held_posts", __name__)


@bp.get("/spaces/<slug>/moderation/held")
@open_to(members)
def index(slug: str) -> ResponseReturnValue:
    space = spaces.by_slug(actor(), slug)
    waiting = queue.of_space(actor(), space.id)
    mine = undoable.open_acts(actor(), kind=UndoKind.REFUSE_POST)
    return render_template(
        "held/index.html",
        space=space,
        waiting=waiting[: queue.ON_PAGE],
        are_more=len(waiting) > queue.ON_PAGE,
        pointed=pointing.of_space(actor(), space.id),
        most_pointed=pointing.MOST,
        kinds=labels.KINDS,
        acts=[act for act in mine if act.before["slug"] == slug],
    )


@bp.get("/spaces/<slug>/moderation/held/<int:held_id>")
@open_to(members)
@told_when_decided("held", "held_id")
def show(slug: str, held_id: int) -> ResponseReturnValue:
    return _one(slug, held_id, RefusalForm(formdata=None))


@bp.post("/spaces/<slug>/moderation/held/<int:held_id>/approval")
@open_to(members)
@told_on_desk
def approve(slug: str, held_id: int) -> ResponseReturnValue:
    spaces.by_slug(actor(), slug)
    with transactions.looking_up():
        html = deciding.rendered(actor(), held_id)
    try:
        post = deciding.approve(actor(), held_id, seen=request.form.get("seen", 0, type=int), html=html)
    except Conflict as error:
        return _back(slug, error)
    address = links.to_post(post.thread_id, post.thread.slug, post.number)
    done = _("The post can be read now. Its author is told.")
    if desk := back_to_desk(done):
        return desk
    flash(done, "ok")
    return redirect(_list(slug) if "then" in request.form else address, 303)


@bp.post("/spaces/<slug>/moderation/held/<int:held_id>/refusal")
@open_to(members)
@told_on_desk
def refuse(slug: str, held_id: int) -> ResponseReturnValue:
    spaces.by_slug(actor(), slug)
    form = RefusalForm()
    if form.validate():
        try:
            with errors_on(form):
                deciding.refuse(
                    actor(),
                    held_id,
                    seen=form.seen.data or 0,
                    reason=form.reason.data or "",
                    rule=form.chosen_rule,
                )
                done = _("It does not appear. In ten minutes its author reads why.")
                if desk := back_to_desk(done, deciding.undoable_of(actor(), held_id)):
                    return desk
                flash(done, "ok")
                return redirect(_list(slug), 303)
        except Conflict as error:
            return _back(slug, error)
    return _one(slug, held_id, form), 422


@bp.post("/spaces/<slug>/moderation/pointed-out/<int:item_id>/view")
@open_to(members)
@told_on_desk
def see(slug: str, item_id: int) -> ResponseReturnValue:
    pointing.seen(actor(), item_id)
    done = _("Seen. It is no longer pointed out.")
    if desk := back_to_desk(done):
        return desk
    flash(done, "ok")
    return redirect(url_for(".index", slug=slug), 303)


@bp.get("/spaces/<slug>/holding")
@open_to(members)
def holding(slug: str) -> ResponseReturnValue:
    space = spaces.by_slug(actor(), slug)
    return _holding(space, HoldingForm.of(choosing.chosen(actor(), space.id)))


@bp.post("/spaces/<slug>/holding")
@open_to(members)
def choose_holding(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), HoldingForm()
    if form.validate():
        with errors_on(form):
            choosing.choose(actor(), space.id, form.chosen())
            flash(_("Saved. It counts for every post that is sent from now on."), "ok")
            return redirect(url_for(".holding", slug=slug), 303)
    choosing.chosen(actor(), space.id)
    return _holding(space, form), 422


def _one(slug: str, held_id: int, form: RefusalForm) -> str:
    space, one = spaces.by_slug(actor(), slug), queue.details(actor(), held_id)
    form.seen.data = form.seen.data or one.revision
    form.offer_rules(space.id)
    return render_template(
        "held/show.html",
        space=space,
        back=_list(slug),
        at_desk=place_on_desk(),
        one=one,
        form=form,
        kinds=labels.KINDS,
        needs=labels.NEEDS,
        axes=labels.AXES,
        audiences=labels.AUDIENCES,
    )


def _holding(space: spaces.SpaceFacts, form: HoldingForm) -> str:
    return render_template(
        "held/holding.html",
        space=space,
        form=form,
        days=form.longest(choosing.LONGEST),
        most=choosing.LONGEST,
    )


def _list(slug: str) -> str:
    """Where what waits stands, for a moderator and for the deputy who stands in for them."""
    space = spaces.by_slug(actor(), slug)
    return url_for(".index" if may_moderate(actor(), space.id) else "settling.index", slug=slug)


def _back(slug: str, error: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it cannot appear now: the list as it is, with why."""
    if is_from_desk():
        raise error
    transactions.undo()
    flash(error.reason, "care")
    return redirect(_list(slug), 303)
