"""How notices reach a mailbox: on the page of settings, and as far as a link in a mail goes."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from forum.domain.mailing.kinds import KINDS
from forum.domain.mailing.stops import DIGEST, STOPS, Stop
from forum.domain.themes.labels import FREQUENCIES
from forum.infra.i18n import _, lazy
from forum.models.subscriptions import Delivery, Frequency
from forum.web.forms.fields import Unchosen, named

DELIVERIES = {
    Delivery.AT_ONCE: lazy("At once"),
    Delivery.DIGEST: lazy("In the digest"),
    Delivery.NOTHING: lazy("Not by e-mail"),
}
NOT_QUIET = "none"
# The usual delivery of each stop: that of its first kind in the table.
USUAL = {kind.stop: kind.default for kind in reversed(list(KINDS.values())) if kind.stop}
HOURS = [
    SelectChoice(NOT_QUIET, lazy("none")),
    *(SelectChoice(str(hour), f"{hour}:00") for hour in range(24)),
]


class Boxes(SelectMultipleField):
    """Any number of boxes, also none."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LinkForm(FlaskForm):
    """What somebody changes with the link in a mail alone."""

    frequency = RadioField(
        lazy("How often does the digest come?"),
        choices=named(FREQUENCIES, Frequency),
        validators=[Unchosen()],
    )
    stopped = Boxes(
        lazy("What do you not want e-mails about?"),
        choices=[SelectChoice(stop.name, stop.about) for stop in STOPS.values() if stop.name != DIGEST],
    )

    def show_only(self, offered: Iterable[Stop]) -> None:
        """Draw the boxes of these stops; what is sent may have any, as it was drawn before."""
        self.stopped.choices = [SelectChoice(stop.name, stop.about) for stop in offered]


class QuietHoursFields(FlaskForm):
    from_hour = SelectField(lazy("From"), choices=HOURS, default=NOT_QUIET)
    until_hour = SelectField(lazy("Until"), choices=HOURS, default=NOT_QUIET)

    def validate_until_hour(self, field: Any) -> None:
        """Both hours or none, and not the same."""
        quiet = NOT_QUIET not in (self.from_hour.data, field.data)
        if not quiet and self.from_hour.data != field.data:
            raise ValidationError(_("Choose both hours, or none."))
        if quiet and self.from_hour.data == field.data:
            raise ValidationError(_("Choose another hour than the first."))

    def hours(self) -> tuple[int, int] | None:
        """Return from when until when, None for no quiet hours."""
        if self.from_hour.data == NOT_QUIET:
            return None
        return int(self.from_hour.data), int(self.until_hour.data)


def _delivery_field(stop: Stop) -> RadioField:
    return RadioField(stop.about, choices=named(DELIVERIES, stop.choices))


def notices_form(offered: Iterable[Stop], **how: Any) -> Any:
    """Return the form with a field for each of these stops, filled with `how`, which goes to the form as it is."""
    return _form_class(tuple(stop.name for stop in offered))(**how)


@cache
def _form_class(names: tuple[str, ...]) -> Any:
    """One for each set of stops that somebody is offered, of which there are few; its words are lazy."""
    fields = {f"stop_{name}": _delivery_field(STOPS[name]) for name in names}
    return type("NoticesForm", (QuietHoursFields,), fields)
