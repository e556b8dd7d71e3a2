"""A note on the desk."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField

from forum.infra.i18n import lazy
from forum.models.desk import DeskNote
from forum.web.forms.fields import Longest


class NoteForm(FlaskForm):
    words = TextAreaField(
        lazy("A note for the other moderators"), [Longest(DeskNote.WORDS_MAX, "paragraphs")]
    )
