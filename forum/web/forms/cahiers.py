"""A cahier: its title, introduction and readers; and a lesson that is added to it."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from forum.domain.cahiers.cahiers import Words
from forum.infra import text
from forum.infra.i18n import lazy
from forum.models.cahiers import Cahier, CahierLesson
from forum.models.spaces import Audience
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, required


class CahierForm(CarefulForm):
    """`seen`: the version that is changed."""

    title = StringField(lazy("Title"), [Longest(Cahier.TITLE_MAX, missing=lazy("Choose a title."))])
    body = TextAreaField(
        lazy("Introduction"), [Longest(Cahier.BODY_MAX, "post", missing=lazy("Write something first."))]
    )
    audience = RadioField(
        lazy("Who reads it?"),
        [required(lazy("Choose one of these."))],
        choices=[
            SelectChoice(Audience.NETWORK.value, lazy("The whole network")),
            SelectChoice(
                Audience.PUBLIC.value, lazy("Everybody: it can only hold lessons that are for everybody")
            ),
        ],
        default=Audience.NETWORK.value,
    )
    seen = IntegerField(validators=[Optional()], widget=HiddenInput())

    def words(self) -> Words:
        """Return what was typed and chosen."""
        body = text.typed(self.body.data or "")
        return Words(self.title.data or "", body, Audience(self.audience.data or Audience.NETWORK))


class AddLessonForm(FlaskForm):
    """A lesson by its number or address, and why it stands there."""

    lesson = StringField(
        lazy("Number or address of a lesson"), [required(lazy("Give a number or an address."))]
    )
    why = StringField(lazy("Why it stands here"), [Longest(CahierLesson.WHY_MAX)])


class WhyForm(FlaskForm):
    """Why one lesson stands there."""

    why = StringField(lazy("Why it stands here"), [Longest(CahierLesson.WHY_MAX)])
