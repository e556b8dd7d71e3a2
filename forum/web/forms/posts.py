"""Changing one's own post."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from forum.infra.i18n import lazy
from forum.infra.text import MAX_LENGTH
from forum.models.threads import Thread
from forum.web.forms.fields import longest


class PostForm(FlaskForm):
    title = StringField(lazy("Title"), [longest(Thread.TITLE_MAX)])
    body = TextAreaField(
        lazy("Your words"),
        [
            DataRequired(lazy("Write something first.")),
            Length(max=MAX_LENGTH, message=lazy("That text is too long.")),
        ],
    )
    seen_revision = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)
