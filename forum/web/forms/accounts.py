"""Forms at the front door: signing in, asking for access, a new password."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, StringField, TextAreaField

from forum.infra.i18n import lazy
from forum.web.forms.people import CapacityFields, email_field, filled, longest, new_password_field


class SignInForm(FlaskForm):
    email = email_field()
    password = PasswordField(
        lazy("Password"), validators=[filled(lazy("Fill in your password.")), longest(256)]
    )
    remember = BooleanField(lazy("Stay signed in on this device"))
    next = HiddenField()


class JoinForm(CapacityFields):
    name = StringField(lazy("Your name"), validators=[filled(lazy("Fill in your name.")), longest(80)])
    email = email_field()
    password = new_password_field()
    message = TextAreaField(lazy("A word to the moderator"), validators=[longest(500)])


class RequestResetForm(FlaskForm):
    email = email_field()


class ResetForm(FlaskForm):
    password = new_password_field()


class EmptyForm(FlaskForm):
    """Only a button."""
