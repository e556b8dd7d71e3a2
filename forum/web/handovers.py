"""Handing over what one holds as a moderator: the page, offers, and what their successors answer."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.handovers import answers, holdings, offers
from forum.domain.handovers.holdings import Holding, SpaceHoldings
from forum.domain.handovers.kinds import KINDS
from forum.infra.i18n import _, ngettext
from forum.web.desk_returns import back_to_desk, told_on_desk
from forum.web.forms import errors_on
from forum.web.forms.handovers import LEFT, OWN, FindSuccessorForm, OfferForm, name_of
from forum.web.http import unread
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete

bp = Blueprint("handovers", __name__)

# Where each kind of item is to be seen.
ADDRESSES: Mapping[str, Callable[[Holding, SpaceHoldings], str]] = {
    "lesson": lambda one, _space: url_for("workbench.show", lesson_id=one.item.lesson_id),
    "review": lambda one, _space: url_for("workbench.show", lesson_id=one.item.lesson_id),
    "question": lambda one, _space: url_for("consents.permission", lesson_id=one.item.lesson_id),
    "invitation": lambda _one, space: url_for("members.index", slug=space.slug, _anchor="invited"),
}


@bp.get("/hand-over")
@open_to(moderators)
def index() -> ResponseReturnValue:
    unread.opened("hand_over_offered", "hand_over_accepted", "hand_over_declined", "left_behind")
    return _page()


@bp.post("/hand-over/offers")
@open_to(moderators)
def offer() -> ResponseReturnValue:
    form = OfferForm()
    if form.validate():
        with errors_on(form):
            successor_id = form.successor.data
            new = offers.offer(actor(), form.space.data or 0, form.named_items(), successor_id=successor_id)
            if successor_id == actor().id:
                flash(_("You have taken it over."), "ok")
            else:
                flash(
                    ngettext(
                        "Offered: %(num)d thing. Nothing changes before it is accepted.",
                        "Offered: %(num)d things. Nothing changes before they are accepted.",
                        len(new) or len(form.items.data or ()),
                    ),
                    "ok",
                )
            return redirect(url_for(".index"), 303)
    return _page(form), 422


@bp.post("/hand-over/offers/<int:offer_id>")
@form_delete()
@open_to(moderators)
def withdraw(offer_id: int) -> ResponseReturnValue:
    offers.withdraw(actor(), offer_id)
    flash(_("The offer is taken back. It stays with who holds it."), "ok")
    return redirect(url_for(".index"), 303)


@bp.post("/hand-over/offers/<int:offer_id>/acceptance")
@open_to(moderators)
@told_on_desk
def accept(offer_id: int) -> ResponseReturnValue:
    answers.accept(actor(), offer_id)
    if back := back_to_desk(_("You have taken it over.")):
        return back
    flash(_("You have taken it over."), "ok")
    return redirect(url_for(".index"), 303)


@bp.post("/hand-over/offers/<int:offer_id>/refusal")
@open_to(moderators)
@told_on_desk
def decline(offer_id: int) -> ResponseReturnValue:
    answers.decline(actor(), offer_id)
    if back := back_to_desk(_("You do not take it over. It stays with who holds it.")):
        return back
    flash(_("You do not take it over. It stays with who holds it."), "ok")
    return redirect(url_for(".index"), 303)


def _page(refused: OfferForm | None = None) -> str:
    who, find = actor(), FindSuccessorForm(request.args, meta={"csrf": False})
    name = (find.name.data or "") if find.validate() else ""
    page = holdings.page(who, cursor=request.args.get("after"), name=name)
    forms = {
        (space.id, group): _form(refused, space.id, group).about(who, space, group)
        for space in page.rows
        for group, items in ((OWN, space.own), (LEFT, space.left))
        if any(one.offer_id is None for one in items)
    }
    return render_template(
        "handovers/index.html",
        page=page,
        after=request.args.get("after"),
        forms=forms,
        find=find if find.name.data or any(space.more_successors for space in page.rows) else None,
        refused=refused,
        name_of=name_of,
        address=lambda one, space: ADDRESSES[one.kind](one, space),
        labels={kind.name: kind.label for kind in KINDS.values()},
    )


def _form(refused: OfferForm | None, space_id: int, group: str) -> OfferForm:
    """The form as it was refused, for the place from where it was sent; a new one for every other."""
    if refused is not None and (refused.space.data, refused.group.data) == (space_id, group):
        return refused
    return OfferForm(formdata=None)
