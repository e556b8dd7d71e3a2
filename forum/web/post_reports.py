"""Report a post to the moderators, with or without an account; and what came of one's own reports."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.moderation import post_reports, settlers
from forum.domain.moderation.post_reports import Said
from forum.domain.themes.report_labels import OUTCOMES, REASONS
from forum.infra.i18n import _
from forum.models.post_reports import ReportReason
from forum.policy.errors import NotFound
from forum.web.accounts import address
from forum.web.forms import errors_on
from forum.web.forms.post_reports import PostReportForm
from forum.web.http import links, transactions, unread
from forum.web.http.access import anyone, open_to, signed_in
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_method

bp = Blueprint("post_reports", __name__)


@bp.get("/posts/<int:post_id>/reports/new")
@open_to(anyone)
def new(post_id: int) -> ResponseReturnValue:
    said = post_reports.own(viewer(), post_id)
    form = PostReportForm(formdata=None)
    if said is not None:
        form = PostReportForm(formdata=None, reason=said.reason.value, words=said.words)
    return _page(post_id, form)


@bp.post("/posts/<int:post_id>/reports")
@form_method
@open_to(anyone)
def report(post_id: int) -> ResponseReturnValue:
    form = PostReportForm()
    post_reports.place(viewer(), post_id)
    if form.validate():
        with errors_on(form):
            said = Said(ReportReason(form.reason.data), form.words.data or "", address())
            thread, post = post_reports.report(viewer(), post_id, said)
            if viewer() is None:
                flash(_("The moderators have your report. Thank you."), "ok")
            else:
                flash(_("The moderators have your report. You hear what comes of it."), "ok")
            return redirect(links.to_thread(thread, number=post.number), 303)
    transactions.only_look()
    return _page(post_id, form), 422


@report.delete
@open_to(anyone)
def take_back(post_id: int) -> ResponseReturnValue:
    who = viewer()
    if who is None:
        raise NotFound
    if post_reports.take_back(who, post_id):
        flash(_("You took your report back."), "ok")
    else:
        flash(_("You have no open report about this post."), "ok")
    return redirect(url_for(".own"), 303)


@bp.get("/reports")
@open_to(signed_in)
def own() -> ResponseReturnValue:
    cursor = request.args.get("after")
    page = post_reports.page(actor(), cursor=cursor)
    unread.opened("report_settled")
    return render_template(
        "post_reports/own.html",
        reports=page.rows,
        older=url_for(".own", after=page.next_cursor) if page.next_cursor else None,
        newer=url_for(".own") if cursor else None,
        reasons=REASONS,
        outcomes=OUTCOMES,
    )


def _page(post_id: int, form: PostReportForm) -> str:
    reader = viewer()
    thread, post = post_reports.place(reader, post_id)
    return render_template(
        "post_reports/new.html",
        thread=thread,
        post=post,
        form=form,
        is_looked_at=settlers.is_looked_at(post, thread, said_by=reader.id if reader else None),
        is_said=post_reports.own(viewer(), post_id) is not None,
    )
