"""Forms on the page of a space's people, and on that of the network's accounts."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from forum.domain.people.directory import LONGEST
from forum.domain.spaces import guests
from forum.domain.themes.labels import ROLES
from forum.infra.i18n import _, lazy
from forum.infra.paging import LARGEST
from forum.models.accounts import Member
from forum.models.moderation import ModerationAction
from forum.models.spaces import JoinRequest, Role
from forum.web.forms.fields import Longest, named
from forum.web.forms.people import CITY_CHOICES


class GuestDayField(DateField):
    """The last day of a guest; empty: without an end."""

    def __init__(self, **options: Any) -> None:
        super().__init__(lazy("Guest until"), validators=[Optional()], default=guests.usual_until, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; one that is none gets a sentence of ours."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Choose a day, or leave this empty.")) from error


class FindForm(FlaskForm):
    """Whom somebody looks for among the people of a space; stands in the address."""

    name = StringField(lazy("Name"), validators=[Longest(LONGEST)], id="find-name")
    role = SelectField(
        lazy("Role"),
        choices=[SelectChoice("", lazy("Everybody")), *named(ROLES, Role)],
        validate_choice=False,
        id="find-role",
    )
    city = SelectField(
        lazy("City"),
        choices=[SelectChoice("", lazy("All cities")), *CITY_CHOICES],
        validate_choice=False,
        id="find-city",
    )


class RoleForm(FlaskForm):
    role = SelectField(lazy("Role"), choices=named(ROLES, Role))
    handle = StringField(
        lazy("Who moderates it next: the @name of a full member"), [Optional(), Longest(Member.NAME_MAX)]
    )


class ModeratorForm(FlaskForm):
    """Who moderates a space where nobody does."""

    handle = StringField(
        lazy("The @name of a member"),
        [
            Longest(
                Member.NAME_MAX, missing=lazy("Choose a full member of this space who does not moderate it.")
            )
        ],
    )


class ReasonForm(FlaskForm):
    reason = StringField(
        lazy("Reason, for the log"),
        validators=[Longest(ModerationAction.REASON_MAX, missing=lazy("Say why: it stays in the log."))],
    )


class RemovalForm(FlaskForm):
    reason = StringField(
        lazy("Reason"),
        validators=[Longest(ModerationAction.REASON_MAX, missing=lazy("Say why: this person reads it."))],
    )
    ends = BooleanField(lazy("They left: end what they speak as, too"))


class LeavingForm(FlaskForm):
    handle = StringField(
        lazy("Who moderates it next: the @name of a full member"), [Longest(Member.NAME_MAX)]
    )


class EndForm(FlaskForm):
    until = GuestDayField()


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
    until = GuestDayField()
    # What was shown beside the request: nothing else is confirmed.
    capacity = IntegerField(validators=[Optional(), NumberRange(1, LARGEST)], widget=HiddenField.widget)


class JoinRequestForm(FlaskForm):
    message = TextAreaField(
        lazy("A message to the moderator"), validators=[Longest(JoinRequest.MESSAGE_MAX, "paragraphs")]
    )
