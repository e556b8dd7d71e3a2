"""Undo within ten minutes; and taking one's own text out of lessons, which can be undone like the others."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.consents import removals
from forum.domain.moderation import undo as undo_acts
from forum.infra.i18n import _
from forum.models.undo import UndoKind
from forum.web.desk_returns import back_to_desk
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("undoing", __name__)


@bp.post("/undo/<int:act_id>")
@open_to(members)
def undo(act_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        again = undo_acts.rendered(actor(), act_id)
    act = undo_acts.undo(actor(), act_id, again=again)
    flash(_("Everything is as it was before."), "ok")
    if back := back_to_desk():
        return back
    if act.kind == UndoKind.REMOVE:
        return redirect(url_for(".own_excerpts"), 303)
    if act.kind == UndoKind.BOOKMARK:
        return redirect(url_for("bookmarks.index"), 303)
    if act.kind == UndoKind.NOTE:
        return redirect(url_for("notes.index", slug=act.before["slug"]), 303)
    if act.kind == UndoKind.MEASURE:
        address = {"slug": act.before["slug"], "member_id": act.before["member_id"]}
        return redirect(url_for("measures.show", **address), 303)
    if act.kind == UndoKind.REFUSE_POST:
        return redirect(url_for("held_posts.index", slug=act.before["slug"]), 303)
    if "item" in act.before:
        return redirect(url_for("desk.index", item=act.before["item"]), 303)
    if act.kind in (UndoKind.CONFIRM, UndoKind.END):
        return redirect(url_for("lessons.show", public_id=act.before["public_id"]), 303)
    if act.kind == UndoKind.HIDE_REVISION:
        return redirect(url_for("history.show", post_id=act.post_id), 303)
    return redirect(url_for("threads.short", thread_id=act.thread_id), 303)


@bp.get("/consents/excerpts")
@open_to(members)
def own_excerpts() -> ResponseReturnValue:
    return render_template("consents/excerpts.html", excerpts=removals.mine(actor()))


@bp.get("/consents/excerpts/<int:excerpt_id>/removal")
@open_to(members)
def ask_removal(excerpt_id: int) -> ResponseReturnValue:
    own = removals.asked(actor(), excerpt_id)
    return render_template(
        "consents/removal.html", own=own, leaves_bare=removals.leaves_bare(actor(), excerpt_id)
    )


@bp.post("/consents/excerpts/<int:excerpt_id>/removal")
@open_to(members)
def removal(excerpt_id: int) -> ResponseReturnValue:
    removals.take_out(actor(), excerpt_id)
    flash(_("Nobody can read this in the lesson now."), "ok")
    return redirect(url_for(".own_excerpts"), 303)
