"""What a thread is about, and in which space it stands."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField
from wtforms.validators import DataRequired, InputRequired

from forum.domain.themes.labels import AXES, NEEDS
from forum.infra.i18n import lazy
from forum.models.themes import NO_AXIS, Axis
from forum.web.forms.fields import named
from forum.web.forms.threads import ThreadForm


class ClassificationForm(FlaskForm):
    axis = ThreadForm.axis
    need = RadioField(
        lazy("What are you looking for?"),
        [DataRequired(lazy("Choose what you are looking for."))],
        choices=named(NEEDS),
    )
    tags = ThreadForm.tags
    seen_change = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)

    def offer(self, now: Axis | None, *, may_wait: bool) -> None:
        """Offer the axes, and `may_wait` to leave it open while there is none; then what others chose goes before."""
        if now is not None or not may_wait:
            self.axis.choices = named(AXES)
        if now is not None and self.axis.data == NO_AXIS:
            self.axis.data = now.value
