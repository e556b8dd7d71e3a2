"""Another name for a tag."""

from flask_wtf import FlaskForm
from wtforms import StringField

from forum.infra.i18n import lazy
from forum.models.themes import Tag
from forum.web.forms.fields import Longest


class MergeForm(FlaskForm):
    into = StringField(
        lazy("New name, or the name of another tag"),
        validators=[Longest(Tag.NAME_MAX, missing=lazy("Type the name that it should have."))],
    )
