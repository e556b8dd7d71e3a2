"""Cahiers: the list, one with its lessons on one page, and what editors of the network do with them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.cahiers import cahiers, page
from forum.domain.cahiers.draft_places import CAHIER, CAHIER_CHANGE
from forum.infra import i18n
from forum.infra.i18n import _
from forum.models.cahiers import Cahier
from forum.policy.actions import may_edit_network, require
from forum.policy.errors import Conflict
from forum.web import cahier_pages as pages
from forum.web import careful, draft_slots, previews
from forum.web.forms import errors_on
from forum.web.forms.cahiers import CahierForm
from forum.web.http import indexing, links, transactions
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer

bp = Blueprint("cahiers", __name__)


@bp.get("/cahiers")
@open_to(anyone)
def index() -> ResponseReturnValue:
    """Return the cahiers of which the reader may see a lesson."""
    who, cursor = viewer(), request.args.get("after")
    found = page.index(who, cursor=cursor)
    return render_template(
        "cahiers/index.html",
        cards=found.rows,
        older=url_for(".index", after=found.next_cursor) if found.next_cursor else None,
        newer=url_for(".index") if cursor else None,
        may_edit=bool(may_edit_network(who)),
        left=draft_slots.left(CAHIER) if who else None,
    )


@bp.get("/cahiers/<cahier_slug>")
@open_to(anyone)
def show(cahier_slug: str) -> ResponseReturnValue:
    """Return a cahier with every lesson in it that the reader may see."""
    cahier = page.show(viewer(), cahier_slug)
    address = url_for(".show", cahier_slug=cahier_slug)
    if not cahier.is_public:
        indexing.is_at(None)
    return render_template(
        "cahiers/show.html", cahier=cahier, address=links.absolute(address), day=i18n.day(cahier.changed_at)
    )


@bp.get("/cahiers/new")
@open_to(members)
def new() -> ResponseReturnValue:
    """Return the form of a new cahier."""
    who = actor()
    if not may_edit_network(who) and (words := draft_slots.unsendable()):
        return redirect(words, 303)
    require(may_edit_network(who))
    slot = draft_slots.slot(CAHIER, who.id)
    return pages.blank(draft_slots.fill(CahierForm, slot) or CahierForm(formdata=None), slot)


@bp.post("/cahiers")
@open_to(members)
@draft_slots.kept_when_refused
def create() -> ResponseReturnValue:
    """Make a cahier; its lessons are chosen on the next page."""
    who, form = actor(), CahierForm()
    require(may_edit_network(who))
    if "leave" in request.form:
        left = draft_slots.leave(CAHIER, who.id, is_changed=bool(form.title.data or form.body.data))
        return redirect(url_for(".index", **left), 303)
    if previews.is_asked():
        transactions.only_look()
        html, status = previews.of(form)
        return pages.blank(form, draft_slots.slot(CAHIER, who.id), preview=html), status
    if form.validate() and not careful.finds(form):
        with errors_on(form):
            cahier = cahiers.create(who, form.words())
            draft_slots.accepted(CAHIER, who.id)
            flash(_("The cahier is made. Choose its lessons."), "ok")
            return redirect(url_for("cahiers.edition", cahier_slug=cahier.slug, _anchor="lessons"), 303)
    transactions.only_look()
    return pages.blank(form, draft_slots.slot(CAHIER, who.id)), 422


@bp.get("/cahiers/<cahier_slug>/edition")
@open_to(members)
def edition(cahier_slug: str) -> ResponseReturnValue:
    """Return all that an editor may change of a cahier."""
    return pages.edition(pages.to_edit(cahier_slug))


@bp.post("/cahiers/<cahier_slug>/edition")
@open_to(members)
@draft_slots.kept_when_refused
def save(cahier_slug: str) -> ResponseReturnValue:
    """Save title, introduction and readers."""
    cahier, form = pages.to_edit(cahier_slug), CahierForm()
    if "leave" in request.form:
        return _left(cahier, form)
    if previews.is_asked():
        transactions.only_look()
        html, status = previews.of(form)
        return pages.edition(cahier, form, preview=html), status
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                cahiers.change(actor(), cahier_slug, form.words(), seen=form.seen.data or 0)
                draft_slots.accepted(CAHIER_CHANGE, cahier.id)
                flash(_("The cahier is saved."), "ok")
                return redirect(url_for(".edition", cahier_slug=cahier_slug), 303)
        except Conflict as error:
            transactions.only_look()
            return pages.conflict(pages.to_edit(cahier_slug), form, error.reason), 409
    transactions.only_look()
    return pages.edition(pages.to_edit(cahier_slug), form), 422


@bp.get("/cahiers/<cahier_slug>/removal")
@open_to(members)
def ask_removal(cahier_slug: str) -> ResponseReturnValue:
    """Ask whether a cahier shall go."""
    return render_template("cahiers/removal.html", cahier=pages.to_edit(cahier_slug))


@bp.post("/cahiers/<cahier_slug>/removal")
@open_to(members)
def remove(cahier_slug: str) -> ResponseReturnValue:
    """Delete a cahier."""
    cahiers.remove(actor(), cahier_slug)
    flash(_("The cahier is deleted. Its lessons stay where they are."), "ok")
    return redirect(url_for(".index"), 303)


def _left(cahier: Cahier, form: CahierForm) -> ResponseReturnValue:
    words = form.words()
    is_changed = (words.title, words.body) != (cahier.title, cahier.body)
    left: dict[str, Any] = draft_slots.leave(CAHIER_CHANGE, cahier.id, is_changed=is_changed)
    return redirect(url_for(".edition", cahier_slug=cahier.slug, **left), 303)
