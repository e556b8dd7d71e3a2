"""Invitations: sent and withdrawn by a moderator, accepted by who got the mail."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.mailing import hold
from forum.domain.people import mail_links, passwords
from forum.domain.people.mail_links import LinkExpired
from forum.domain.spaces import confirmations, invitations, spaces
from forum.infra import i18n
from forum.infra.i18n import _
from forum.models.spaces import Role
from forum.web import accounts, devices, members_page
from forum.web.forms import errors_on
from forum.web.forms.accounts import EmptyForm
from forum.web.forms.invitations import AcceptanceForm, InvitationForm
from forum.web.http import transactions, unsent_forms
from forum.web.http.access import anyone, members, open_to, signed_in
from forum.web.http.current_user import actor, begin, viewer
from forum.web.http.links import to_space

bp = Blueprint("invitations", __name__)


@bp.errorhandler(LinkExpired)
def used(error: LinkExpired) -> ResponseReturnValue:
    """Answer an invitation that no longer works: who accepted it goes on to the space."""
    transactions.only_look()  # nothing that the link began is kept
    who, token = viewer(), (request.view_args or {})["token"]
    space = invitations.space_joined_by(who, token) if who is not None else None
    return redirect(to_space(space), 303) if space is not None else accounts.link_expired(error)


@bp.post("/spaces/<slug>/invitations")
@open_to(members)
def send(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(viewer(), slug), InvitationForm()
    if form.validate():
        with errors_on(form):
            invitations.invite(actor(), space.id, role=Role(form.role.data), **_letter(form))
            sentence = _("The invitation to %(email)s is on its way.", email=form.email.data)
            if hold.is_held():
                sentence = _(
                    "E-mails are held now: the invitation to %(email)s leaves later.", email=form.email.data
                )
            flash(sentence, "ok")
            return redirect(url_for("members.index", slug=slug), 303)
    return members_page.show(space, invitation_form=form), 422


@bp.post("/invitations/<int:invitation_id>/withdrawal")
@open_to(members)
def withdraw(invitation_id: int) -> ResponseReturnValue:
    invitation = invitations.withdraw(actor(), invitation_id)
    flash(_("The invitation to %(email)s is withdrawn.", email=invitation.email), "ok")
    return redirect(url_for("members.index", slug=spaces.by_id(viewer(), invitation.space_id).slug), 303)


@bp.get("/invitations/<token>")
@open_to(anyone)
def accept(token: str) -> ResponseReturnValue:
    invitation = mail_links.invitation_of(token)
    # A guest is proposed no city: whom a city hosts need not be of it.
    city = None if invitation.role == Role.GUEST else invitation.space.city
    return _page(token, AcceptanceForm(formdata=None, city=city))


def accept_anew(token: str) -> ResponseReturnValue:
    """Answer the form of a page that was open too long, perhaps while it was accepted in another tab."""
    try:
        return _page(token, AcceptanceForm(), open_too_long=True), 403
    except LinkExpired as error:
        return used(error)


@bp.post("/invitations/<token>")
@open_to(anyone)
@unsent_forms.without_session(accept_anew)
def accept_new(token: str) -> ResponseReturnValue:
    with transactions.looking_up():
        form, invitation = AcceptanceForm(), mail_links.invitation_of(token)
    if form.validate():
        with errors_on(form):
            with transactions.looking_up():
                password_hash = invitations.hash_password(token, _profile(form))
            member, space = invitations.accept(token, _profile(form), password_hash=password_hash)
            begin(*passwords.begin(member, device=devices.in_words(request.user_agent.string)))
            flash(_("Welcome to %(space)s.", space=space.name), "ok")
            return redirect(to_space(space), 303)
    return _page_for_new(token, form, invitation), 422


@bp.post("/invitations/<token>/acceptance")
@open_to(signed_in)
def accept_own(token: str) -> ResponseReturnValue:
    space = invitations.accept_as(actor(), token)
    flash(_("Welcome to %(space)s.", space=space.name), "ok")
    return redirect(to_space(space), 303)


def _page(token: str, form: AcceptanceForm, *, open_too_long: bool = False) -> str:
    invitation = mail_links.invitation_of(token)
    if viewer() is None and not invitations.has_account(invitation):
        return _page_for_new(token, form, invitation, open_too_long=open_too_long)
    who = viewer()
    fits = who is not None and who.email == invitation.email
    confirms = confirmations.invitation_confirms(invitation, who) if fits else None
    return render_template(
        "invitations/accept.html",
        form=EmptyForm(),
        invitation=invitation,
        token=token,
        fits=fits,
        confirms=confirms,
    )


def _page_for_new(token: str, form: AcceptanceForm, invitation: Any, *, open_too_long: bool = False) -> str:
    return render_template(
        "invitations/accept_new.html",
        form=form,
        invitation=invitation,
        token=token,
        open_too_long=open_too_long,
        confirms=confirmations.invitation_confirms(invitation, None),
    )


def _letter(form: InvitationForm) -> dict[str, Any]:
    return {
        "email": form.email.data,
        "until": form.until.data,
        "note": form.note.data or "",
        "locale": form.locale.data,
    }


def _profile(form: AcceptanceForm) -> invitations.Profile:
    return invitations.Profile(
        name=form.name.data, password=form.password.data, locale=i18n.locale(), **form.capacity()
    )
