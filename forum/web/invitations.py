"""Invitations: sent and taken back by a moderator, accepted by whoever holds the letter."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from forum.domain.people import mail_links as account_links
from forum.domain.people import passwords
from forum.domain.people.mail_links import LinkExpired
from forum.domain.spaces import invitations, spaces
from forum.infra import i18n
from forum.infra.i18n import _
from forum.models.spaces import Role
from forum.web import accounts, devices, people_page
from forum.web.forms import errors_on
from forum.web.forms.accounts import EmptyForm
from forum.web.forms.invitations import AcceptanceForm, InvitationForm
from forum.web.http.access import anyone, members, open_to, signed_in
from forum.web.http.current_user import begin, viewer
from forum.web.http.links import to_space

bp = Blueprint("invitations", __name__)
bp.register_error_handler(LinkExpired, accounts.link_expired)


@bp.post("/spaces/<slug>/invitations")
@open_to(members)
def send(slug: str) -> Any:
    space, form = spaces.by_slug(viewer(), slug), InvitationForm()
    if form.validate():
        with errors_on(form):
            invitations.invite(viewer(), space.id, role=Role(form.role.data), **_letter(form))
            flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "ok")
            return redirect(url_for("members.index", slug=slug), 303)
    return people_page.show(space, invitation_form=form), 422


@bp.post("/invitations/<int:invitation_id>/withdrawal")
@open_to(members)
def withdraw(invitation_id: int) -> Any:
    invitation = invitations.withdraw(viewer(), invitation_id)
    flash(_("The invitation to %(email)s is taken back.", email=invitation.email), "ok")
    return redirect(url_for("members.index", slug=spaces.by_id(viewer(), invitation.space_id).slug), 303)


@bp.get("/invitations/<token>")
@open_to(anyone)
def accept(token: str) -> Any:
    return _page(token, AcceptanceForm(formdata=None, city=account_links.invitation_of(token).space.city))


@bp.post("/invitations/<token>")
@open_to(anyone)
def accept_new(token: str) -> Any:
    form, invitation = AcceptanceForm(), account_links.invitation_of(token)
    if form.validate():
        with errors_on(form):
            member, space = invitations.accept(token, _profile(form))
            begin(*passwords.begin(member, device=devices.in_words(request.user_agent.string)))
            flash(_("Welcome to %(space)s.", space=space.name), "ok")
            return redirect(to_space(space), 303)
    return render_template("invitations/accept_new.html", form=form, invitation=invitation, token=token), 422


@bp.post("/invitations/<token>/acceptance")
@open_to(signed_in)
def accept_own(token: str) -> Any:
    space = invitations.accept_as(viewer(), token)
    flash(_("Welcome to %(space)s.", space=space.name), "ok")
    return redirect(to_space(space), 303)


def _page(token: str, form: AcceptanceForm) -> str:
    invitation = account_links.invitation_of(token)
    if viewer() is None and not invitations.has_account(invitation):
        return render_template("invitations/accept_new.html", form=form, invitation=invitation, token=token)
    fits = viewer() is not None and viewer().email == invitation.email
    return render_template(
        "invitations/accept.html", form=EmptyForm(), invitation=invitation, token=token, fits=fits
    )


def _letter(form: InvitationForm) -> dict[str, Any]:
    return {"email": form.email.data, "note": form.note.data or "", "locale": form.locale.data}


def _profile(form: AcceptanceForm) -> invitations.Profile:
    return invitations.Profile(
        name=form.name.data, password=form.password.data, locale=i18n.locale(), **form.capacity()
    )
