"""A note on the page of a space."""

from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Optional

from forum.infra import text
from forum.infra.i18n import lazy
from forum.models.notes import SpaceNote
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest


class NoteForm(CarefulForm):
    """`seen`: the version that is changed; `is_welcome`: filled in for the welcome of a space."""

    title = StringField(lazy("Title"), [Longest(SpaceNote.TITLE_MAX, missing=lazy("Choose a title."))])
    body = TextAreaField(
        lazy("Text"), [Longest(SpaceNote.BODY_MAX, "post", missing=lazy("Write something first."))]
    )
    seen = IntegerField(validators=[Optional()], widget=HiddenField.widget)
    is_welcome = HiddenField()

    def texts(self) -> dict[str, str]:
        """Return what was typed, as keyword arguments of the verbs."""
        return {"title": self.title.data or "", "body": text.typed(self.body.data or "")}
