"""Forms round an invitation: sending one, and accepting one as somebody new."""

from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from forum.domain.spaces import guests
from forum.domain.themes.labels import ROLES
from forum.infra.i18n import _, lazy
from forum.models.accounts import Member
from forum.models.spaces import Invitation, Role
from forum.web.forms.fields import Longest, named, required
from forum.web.forms.members import GuestDayField
from forum.web.forms.people import CapacityFields, new_password_field

LANGUAGES = [SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")]


class InvitationForm(FlaskForm):
    email = EmailField(
        lazy("E-mail address"),
        validators=[required(lazy("Fill in an e-mail address.")), Longest(Member.EMAIL_MAX)],
    )
    role = SelectField(
        lazy("Role"),
        choices=named(ROLES, (Role.MEMBER, Role.GUEST, Role.MODERATOR)),
    )
    until = GuestDayField()
    locale = SelectField(lazy("Language of the e-mail"), choices=LANGUAGES)
    note = TextAreaField(lazy("A personal message"), validators=[Longest(Invitation.NOTE_MAX, "paragraphs")])

    def validate_until(self, field: GuestDayField) -> None:
        """Refuse a last day that somebody chose for who is no guest; the proposed one means nothing there."""
        if self.role.data != Role.GUEST and field.data not in (None, guests.usual_until()):
            raise ValidationError(
                _("Only a guest has a last day. Leave it empty, or choose guest as the role.")
            )


class AcceptanceForm(CapacityFields):
    name = StringField(
        lazy("Your name"), validators=[Longest(Member.NAME_MAX, missing=lazy("Fill in your name."))]
    )
    password = new_password_field()
