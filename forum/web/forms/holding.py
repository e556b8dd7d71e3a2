"""Who else works on a draft."""

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from forum.domain.lessons.holding import Hands
from forum.infra.i18n import lazy
from forum.infra.paging import id_of
from forum.web.forms.fields import required


class DeputyForm(FlaskForm):
    deputy = SelectField(
        lazy("Deputy"),
        coerce=lambda value: id_of(str(value)),
        validate_choice=False,
        choices=[],
        validators=[required(lazy("Choose another moderator of this space."))],
    )

    def offer(self, hands: Hands) -> "DeputyForm":
        """Draw it with those who can be named."""
        self.deputy.choices = [SelectChoice(*one) for one in hands.candidates]
        return self
