"""The tags of the network, for its editors: merged where two mean the same, spelt otherwise, and that undone."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.moderation import tag_merges
from forum.domain.threads import tag_list
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.tags import MergeForm
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor, viewer

bp = Blueprint("tags", __name__)
LONGEST = 60  # of a tag as typed in an address


@bp.get("/tags")
@open_to(members)
def index() -> ResponseReturnValue:
    wanted, after = request.args.get("q", "")[:LONGEST], request.args.get("after", "")[:LONGEST]
    page = tag_list.page(actor(), wanted=wanted, after=after)
    return render_template(
        "tags/index.html", page=page, wanted=wanted, after=after, merges=tag_merges.latest(actor())
    )


@bp.get("/tags/<slug>")
@open_to(members)
def show(slug: str) -> ResponseReturnValue:
    if "into" not in request.args:
        return _page(slug, MergeForm(formdata=None))
    form = MergeForm(request.args, meta={"csrf": False})
    if form.validate():
        with errors_on(form):
            tag, into, other = tag_merges.wanted(actor(), slug, form.into.data or "")
            return render_template("tags/merge.html", tag=tag, into=into, other=other, most=tag_list.MOST)
    return _page(slug, form), 422


@bp.post("/tags/<slug>/merge")
@open_to(members)
def merge(slug: str) -> ResponseReturnValue:
    form = MergeForm()
    if form.validate():
        with errors_on(form):
            done = tag_merges.merge(actor(), slug, form.into.data or "")
            flash(_("“%(old)s” is now “%(new)s” everywhere.", old=done.old_name, new=done.new_name), "ok")
            return redirect(url_for(".index"), 303)
    transactions.only_look()
    return _page(slug, form), 422


@bp.post("/tags/merges/<int:merge_id>/undoing")
@open_to(members)
def undo(merge_id: int) -> ResponseReturnValue:
    tag_merges.undo(actor(), merge_id)
    flash(_("Everything is as it was before."), "ok")
    return redirect(url_for(".index"), 303)


def address_of_today() -> ResponseReturnValue | None:
    """Return the way to the same list by the present names of its tags, when the address has one that was merged."""
    asked = request.args.getlist("tag")[: tag_list.ASKED]
    moved = tag_list.moved(viewer(), asked)
    if not moved:
        return None
    values: dict[str, Any] = request.args.to_dict(flat=False)
    values["tag"] = list(dict.fromkeys(moved.get(slug, slug) for slug in asked))
    return redirect(url_for(request.endpoint or "", **(request.view_args or {}), **values), 302)


def _page(slug: str, form: MergeForm) -> str:
    return render_template("tags/show.html", tag=tag_list.one(actor(), slug), form=form, most=tag_list.MOST)
