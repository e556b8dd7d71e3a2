"""Forms on the page of a space's people, and on that of the network's accounts."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from forum.domain.themes.labels import ROLES
from forum.infra.i18n import lazy
from forum.infra.paging import LARGEST
from forum.models.moderation import ModerationAction
from forum.models.spaces import JoinRequest, Role
from forum.web.forms.fields import Longest, named


class RoleForm(FlaskForm):
    role = SelectField(lazy("Role"), choices=named(ROLES, Role))


class ReasonForm(FlaskForm):
    reason = StringField(
        lazy("Reason, for the log"),
        validators=[Longest(ModerationAction.REASON_MAX, missing=lazy("Say why: it stays in the log."))],
    )


class RemovalForm(ReasonForm):
    ends = BooleanField(lazy("They left: end what they speak as, too"))


CONFIRMED = "confirmed"


class AnswerForm(FlaskForm):
    answer = SelectField(
        lazy("Answer"),
        choices=[
            SelectChoice(Role.MEMBER.value, lazy("Let in as a member")),
            SelectChoice(CONFIRMED, lazy("Let in as a member, and confirm what they speak as")),
            SelectChoice(Role.GUEST.value, lazy("Let in as a guest")),
            SelectChoice("no", lazy("Do not let in")),
        ],
    )
    # What was shown beside the request: nothing else is confirmed.
    capacity = IntegerField(validators=[Optional(), NumberRange(1, LARGEST)], widget=HiddenField.widget)


class JoinRequestForm(FlaskForm):
    message = TextAreaField(
        lazy("A message to the moderator"), validators=[Longest(JoinRequest.MESSAGE_MAX, "paragraphs")]
    )
