"""The earlier texts of a post: reading them, and hiding one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.audit import undoable
from forum.domain.moderation import revisions
from forum.domain.threads import history
from forum.infra.i18n import _
from forum.infra.paging import LARGEST_NUMBER, id_of
from forum.models.undo import UndoKind
from forum.web.forms import errors_on
from forum.web.forms.moderation import VersionForm
from forum.web.http import unread
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer

bp = Blueprint("history", __name__)


@bp.get("/posts/<int:post_id>/revisions")
@open_to(anyone)
def show(post_id: int) -> ResponseReturnValue:
    who, before = viewer(), id_of(request.args.get("before"), LARGEST_NUMBER)
    found = history.of_post(who, post_id, before=before or None)
    unread.opened_post("version_hidden", post_id)
    acts = undoable.open_acts(who, thread_id=found.thread.id, kind=UndoKind.HIDE_REVISION) if who else []
    return render_template(
        "posts/history.html",
        history=found,
        acts=[act for act in acts if act.number == found.number],
        older=url_for(".show", post_id=post_id, before=found.older) if found.older else None,
        newer=url_for(".show", post_id=post_id) if before else None,
    )


@bp.get("/posts/<int:post_id>/revisions/<int:version>/hiding")
@open_to(members)
def ask_hiding(post_id: int, version: int) -> ResponseReturnValue:
    return _question(post_id, version, VersionForm(formdata=None))


@bp.post("/posts/<int:post_id>/revisions/<int:version>/hiding")
@open_to(members)
def hide(post_id: int, version: int) -> ResponseReturnValue:
    form = VersionForm()
    if form.validate():
        with errors_on(form):
            revisions.hide(actor(), post_id, version, reason=form.reason.data or "", rule=form.chosen_rule)
            flash(_("This version can no longer be read."), "ok")
            return redirect(url_for(".show", post_id=post_id), 303)
    return _question(post_id, version, form), 422


def _question(post_id: int, version: int, form: VersionForm) -> str:
    post, asked, space_id = revisions.asked(actor(), post_id, version)
    if post.author_id != actor().id:  # who hides their own is asked for none
        form.offer_rules(space_id)
    return render_template("posts/version_hiding.html", post=post, version=asked, form=form)
