"""Which lines of a log, and which months, somebody asks for; stands in the address."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from forum.domain.audit.asked import Asked
from forum.domain.audit.kinds import KINDS
from forum.domain.audit.log import Person
from forum.infra.i18n import _, lazy
from forum.infra.paging import id_of
from forum.models.moderation import Action


class DaysForm(FlaskForm):
    since = DateField(lazy("From"), [Optional()], id="log-since")
    until = DateField(lazy("Up to and including"), [Optional()], id="log-until")

    def validate_until(self, field: DateField) -> None:
        """Refuse days that end before they begin."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_("Choose a last day that is not before the first one."))


class LogForm(DaysForm):
    kind = SelectField(lazy("What"), id="log-kind", default="")
    person = SelectField(lazy("By or about whom"), id="log-person", default="")

    def choose_among(self, people: list[Person]) -> "LogForm":
        """Offer these people, and the kinds by their names; return this form."""
        kinds = sorted((str(kind.name), action.value) for action, kind in KINDS.items())
        self.kind.choices = [
            SelectChoice("", lazy("Everything")),
            *(SelectChoice(code, name) for name, code in kinds),
        ]
        self.person.choices = [
            SelectChoice("", lazy("Everybody")),
            *(SelectChoice(str(one.id), one.name) for one in people),
        ]
        return self

    def asked(self) -> Asked:
        """Return what is asked for, by a form that is valid."""
        return Asked(
            kind=Action(self.kind.data) if self.kind.data else None,
            person_id=id_of(self.person.data) or None,
            since=self.since.data,
            until=self.until.data,
        )


def month_of(typed: str, otherwise: date) -> date:
    """Return the first day of a month that an address names as 2026-10, or another day where it names none."""
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        return otherwise
