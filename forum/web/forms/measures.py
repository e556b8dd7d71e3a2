"""What moderators decide about a member in their space, and what the member says against it."""

from datetime import date, timedelta

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from forum.domain.spaces.measures import LENGTHS, LONGEST, Decision
from forum.infra import days
from forum.infra.i18n import _, day, lazily, lazy
from forum.models.measures import MeasureKind, MeasureObjection, SpaceMeasure
from forum.web.forms.fields import Longest
from forum.web.forms.held import LastDayField

A_DAY, NO_END = "day", ""
_LENGTHS = {str(number): number for number in LENGTHS}


def _until(number: int) -> str:
    """Name the end, of which a number of days says too little: it holds to the end of the last."""
    last = days.today() + timedelta(days=number)
    if number == 1:
        return _("Until tomorrow, %(day)s, 24:00", day=day(last))
    return _("%(number)s days: until %(day)s, 24:00", number=number, day=day(last))


class ReasonForm(FlaskForm):
    """Why, for the person; one for each kind on the page."""

    reason = StringField(
        lazy("Reason"),
        [Longest(SpaceMeasure.REASON_MAX, missing=lazy("Say why: this person reads it."))],
    )


class MeasureForm(ReasonForm):
    """How long, too: some days that are offered, or up to a day."""

    length = SelectField(lazy("How long?"))
    last_day = LastDayField(lazy("Up to and including"), [Optional()])

    def decision(self, kind: MeasureKind) -> Decision:
        """Return what was filled in."""
        return Decision(kind, self.reason.data or "", self._last_day())

    def _last_day(self) -> date | None:
        if self.length.data == A_DAY:
            return self.last_day.data or date.min  # none was chosen: refused at that field
        return days.today() + timedelta(days=_LENGTHS[self.length.data]) if self.length.data else None


def form_of(kind: MeasureKind, **options: object) -> ReasonForm:
    """Return the form of a kind; what its fields are called in the page has the kind in it, as there are several."""
    form = ReasonForm(**options) if kind == MeasureKind.WARN else MeasureForm(**options)
    if isinstance(form, MeasureForm):
        form.length.choices = _lengths(kind)
    for field in form:
        field.id = f"{field.name}-{kind.value}"
    return form


def between() -> dict[str, str]:
    """Return between which days the last one can lie, as a control is told."""
    today = days.today()
    return {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}


def _lengths(kind: MeasureKind) -> list[SelectChoice]:
    offered = [SelectChoice(value, lazily(_until, number)) for value, number in _LENGTHS.items()]
    without_end = [SelectChoice(NO_END, lazy("Until a moderator ends it"))]
    chosen = [*(without_end if kind == MeasureKind.HOLD else []), *offered]
    return [*chosen, SelectChoice(A_DAY, lazy("Up to a day that I choose"))]


class PersonNoteForm(FlaskForm):
    words = TextAreaField(
        lazy("A note for the other moderators"),
        [Longest(600, "paragraphs", missing=lazy("Write something first."))],
    )


class MeasureObjectionForm(FlaskForm):
    words = TextAreaField(
        lazy("Why is this not right?"),
        [Longest(MeasureObjection.WORDS_MAX, "paragraphs", missing=lazy("Say why this is not right."))],
    )


class KeepForm(FlaskForm):
    answer = StringField(
        lazy("Why it stays"),
        [Longest(MeasureObjection.ANSWER_MAX, missing=lazy("Say why: this person reads it."))],
    )
