"""Changing one's own words."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from forum.infra.i18n import lazy
from forum.infra.text import MAX_LENGTH


class PostForm(FlaskForm):
    title = StringField(lazy("Title"), [Length(max=160, message=lazy("Use at most 160 characters."))])
    body = TextAreaField(
        lazy("Your words"),
        [
            DataRequired(lazy("Write something first.")),
            Length(max=MAX_LENGTH, message=lazy("That text is too long.")),
        ],
    )
    seen_revision = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)
