"""Handing over what one holds as a moderator: the page, offers, and what their successors answer."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.handovers import answers, holdings, offers
from forum.domain.handovers.kinds import KINDS
from forum.infra.i18n import _, ngettext
from forum.web.forms import errors_on
from forum.web.forms.handovers import LEFT, OWN, OfferForm, name_of
from forum.web.http import unread
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete

bp = Blueprint("handovers", __name__)


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
            new = offers.offer(actor(), form.space.data or 0, form.named_pieces(), successor_id=successor_id)
            if successor_id == actor().id:
                flash(_("You have taken it over."), "ok")
            else:
                flash(
                    ngettext(
                        "Offered: %(num)d thing. Nothing changes before it is accepted.",
                        "Offered: %(num)d things. Nothing changes before they are accepted.",
                        len(new) or len(form.pieces.data or ()),
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
def accept(offer_id: int) -> ResponseReturnValue:
    answers.accept(actor(), offer_id)
    flash(_("You have taken it over."), "ok")
    return redirect(url_for(".index"), 303)


@bp.post("/hand-over/offers/<int:offer_id>/refusal")
@open_to(moderators)
def decline(offer_id: int) -> ResponseReturnValue:
    answers.decline(actor(), offer_id)
    flash(_("You do not take it over. It stays with who holds it."), "ok")
    return redirect(url_for(".index"), 303)


def _page(refused: OfferForm | None = None) -> str:
    who = actor()
    spaces = holdings.page(who)
    forms = {
        (space.id, group): _form(refused, space.id, group).about(who, space, group)
        for space in spaces
        for group, pieces in ((OWN, space.own), (LEFT, space.left))
        if any(one.offer_id is None for one in pieces)
    }
    return render_template(
        "handovers/index.html",
        spaces=spaces,
        forms=forms,
        refused=refused,
        name_of=name_of,
        labels={name: kind.label for name, kind in KINDS.items()},
    )


def _form(refused: OfferForm | None, space_id: int, group: str) -> OfferForm:
    """The form as it was refused, for the place from where it was sent; a new one for every other."""
    if refused is not None and (refused.space.data, refused.group.data) == (space_id, group):
        return refused
    return OfferForm(formdata=None)
