"""Forms of visitors: signing in, asking for access, a new password."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, TextAreaField

from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.models.spaces import JoinRequest
from forum.web.forms.fields import Longest, required, short_enough_password
from forum.web.forms.people import CapacityFields, email_field, new_password_field


class SignInForm(FlaskForm):
    email = email_field()
    password = PasswordField(
        lazy("Password"), validators=[required(lazy("Fill in your password.")), short_enough_password]
    )
    remember = BooleanField(lazy("Stay signed in on this device"))
    next = HiddenField()


class JoinForm(CapacityFields):
    name = StringField(
        lazy("Your name"), validators=[Longest(Member.NAME_MAX, missing=lazy("Fill in your name."))]
    )
    email = email_field()
    message = TextAreaField(
        lazy("A message to the moderator"), validators=[Longest(JoinRequest.MESSAGE_MAX, "paragraphs")]
    )


class ConfirmForm(FlaskForm):
    password = new_password_field(lazy("Choose your password"))


class RequestResetForm(FlaskForm):
    email = email_field()


class ResetForm(FlaskForm):
    password = new_password_field()


class EmptyForm(FlaskForm):
    """Only a button."""
