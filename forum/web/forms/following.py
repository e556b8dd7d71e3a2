"""What a member is told of a thread or a space."""

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from forum.infra.i18n import lazy
from forum.models.following import FollowLevel
from forum.web.forms.fields import required


class FollowForm(FlaskForm):
    level = RadioField(
        lazy("What do you want to be told?"),
        choices=[
            SelectChoice(FollowLevel.ALL.value, lazy("Everything")),
            SelectChoice(FollowLevel.ANSWERS.value, lazy("Answers to me")),
            SelectChoice(FollowLevel.NOTHING.value, lazy("Nothing")),
        ],
        validators=[required(lazy("Choose what you want to be told."))],
    )
