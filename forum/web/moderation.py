"""What moderators do with posts, and the log of a space."""

from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.audit import log as audit_log
from forum.domain.lessons import impact
from forum.domain.moderation import hiding as post_hiding
from forum.domain.moderation import locking
from forum.domain.spaces import spaces
from forum.domain.threads import posts, rendering
from forum.infra import i18n
from forum.infra.i18n import _
from forum.policy.actions import may_hide, may_moderate, require
from forum.web.forms import errors_on
from forum.web.forms.moderation import HidingForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("moderation", __name__)


@bp.get("/spaces/<slug>/moderation")
@open_to(members)
def log(slug: str) -> ResponseReturnValue:
    who, space = actor(), spaces.by_slug(actor(), slug)
    page = audit_log.page(who, space.id, cursor=request.args.get("after"))
    older = url_for(".log", slug=slug, after=page.next_cursor) if page.next_cursor else None
    return render_template(
        "moderation/log.html",
        space=space,
        days=[
            list(lines) for _day, lines in groupby(page.rows, lambda line: i18n.local_day(line.created_at))
        ],
        older=older,
        hidden=post_hiding.hidden_posts(who, space.id),
        closed=locking.closed_threads(who, space.id),
    )


@bp.get("/posts/<int:post_id>/hiding")
@open_to(members)
def ask_hiding(post_id: int) -> ResponseReturnValue:
    return _question(post_id, HidingForm(formdata=None))


@bp.post("/posts/<int:post_id>/hiding")
@form_method
@open_to(members)
def hiding(post_id: int) -> ResponseReturnValue:
    form = HidingForm()
    if form.validate():
        with errors_on(form):
            post = post_hiding.hide(actor(), post_id, reason=form.reason.data or "")
            flash(_("This post is hidden. Its author reads your reason."), "ok")
            return redirect(links.to_page_of(post.thread, post.number), 303)
    return _question(post_id, form), 422


@hiding.delete
@open_to(members)
def restore(post_id: int) -> ResponseReturnValue:
    with transactions.looking_up():
        thread, seen = posts.place(actor(), post_id)
        is_shown = seen.hidden_at is None and bool(may_moderate(actor(), thread.space_id))
        rendered = None if is_shown else rendering.again(actor(), post_id)
    if is_shown:  # by somebody else, or on another page
        flash(_("This post is not hidden."), "ok")
        return redirect(links.to_thread(thread, number=seen.number), 303)
    post = post_hiding.restore(actor(), post_id, rendered=rendered)
    flash(_("This post can be read again."), "ok")
    return redirect(links.to_thread(post.thread, number=post.number), 303)


def _question(post_id: int, form: HidingForm) -> str:
    thread, post = posts.place(actor(), post_id)
    require(may_hide(actor(), post, thread))
    losses = impact.of_post(actor(), post_id)
    return render_template("moderation/hiding.html", thread=thread, post=post, form=form, losses=losses)
