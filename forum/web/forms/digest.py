"""The digest: how often, and about what."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from forum.domain.themes.labels import AXES, FREQUENCIES
from forum.infra.i18n import lazy
from forum.models.subscriptions import Frequency
from forum.web.forms.fields import named


class Boxes(SelectMultipleField):
    """Any number of boxes, also none."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DigestForm(FlaskForm):
    frequency = RadioField(
        lazy("How often?"),
        choices=named(FREQUENCIES, Frequency),
        validators=[InputRequired(lazy("Choose how often, or never."))],
    )
    spaces = Boxes(lazy("From which spaces?"), coerce=int)
    axes = Boxes(lazy("About which themes?"), choices=named(AXES))

    def __init__(self, own_spaces: list[Any], **values: Any) -> None:
        super().__init__(**values)
        self.spaces.choices = [SelectChoice(space.id, space.name) for space in own_spaces]
