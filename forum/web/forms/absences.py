"""When a moderator is away, and who stands in for them."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import Optional

from forum.domain.spaces.absences import AHEAD, LONGEST, Days, Lacking
from forum.infra import days
from forum.infra.i18n import _, lazy
from forum.models.accounts import Member
from forum.web.forms.fields import Longest, required

_CHOOSE = lazy("Choose a day.")


class DayField(DateField):
    """A day that has to be chosen."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, validators=[required(_CHOOSE)], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; one that is none gets a sentence of ours."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Choose a day.")) from error


class AbsenceForm(FlaskForm):
    first = DayField(lazy("First day"))
    last = DayField(lazy("Last day"))
    lacking: tuple[Lacking, ...] = ()

    def days(self) -> Days | None:
        """Return what was filled in; None while a day is missing."""
        return Days(self.first.data, self.last.data) if self.first.data and self.last.data else None

    def named(self) -> dict[int, str]:
        """Return who is named as a deputy, by the id of the space."""
        return {space.id: self._fields[space.field].data or "" for space in self.lacking}

    def deputies(self) -> list[Any]:
        """Return the fields in which a deputy is named, one for each space that lacks one."""
        return [self._fields[space.field] for space in self.lacking]

    def between(self) -> dict[str, str]:
        """Return between which days both can lie, as a control is told."""
        today = days.today()
        return {"min": today.isoformat(), "max": (today + AHEAD + LONGEST).isoformat()}


def form_of(lacking: list[Lacking], **options: Any) -> AbsenceForm:
    """Return the form with a field for each space without a deputy in which nobody would be there."""
    fields = {space.field: _deputy_field(space) for space in lacking}
    return type("AbsenceForm", (AbsenceForm,), {**fields, "lacking": tuple(lacking)})(**options)  # type: ignore[no-any-return]


def _deputy_field(space: Lacking) -> StringField:
    # Whether it has to be filled in, the verb says, which knows the days.
    label = _("Deputy in %(space)s: the @name of a full member", space=space.name)
    return StringField(label, [Optional(), Longest(Member.NAME_MAX)])
