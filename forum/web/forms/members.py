"""Forms on the page of a space's people, and on that of the network's accounts."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField

from forum.domain.vocabulary import ROLES
from forum.infra.i18n import lazy
from forum.models.spaces import Role
from forum.web.forms.people import filled, longest


class RoleForm(FlaskForm):
    role = SelectField(lazy("Role"), choices=[(item.value, ROLES[item]) for item in Role])


class ReasonForm(FlaskForm):
    reason = StringField(
        lazy("Reason, for the log"), validators=[filled(lazy("Say why: it stays in the log.")), longest(300)]
    )


class AnswerForm(FlaskForm):
    answer = SelectField(
        lazy("Answer"),
        choices=[
            (Role.MEMBER.value, lazy("Let in as a member")),
            (Role.GUEST.value, lazy("Let in as a guest")),
            ("no", lazy("Do not let in")),
        ],
    )


class KnockForm(FlaskForm):
    message = TextAreaField(lazy("A word to the moderator"), validators=[longest(500)])
