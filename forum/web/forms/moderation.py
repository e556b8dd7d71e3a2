"""Reasons that moderators give."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired

from forum.infra.i18n import lazy
from forum.models.moderation import ModerationAction
from forum.models.threads import Post
from forum.web.forms.fields import longest


class HidingForm(FlaskForm):
    reason = StringField(
        lazy("Reason"),
        [DataRequired(lazy("Say why: the author reads it.")), longest(Post.HIDDEN_REASON_MAX)],
    )


class LockForm(FlaskForm):
    reason = StringField(lazy("Reason"), [longest(ModerationAction.REASON_MAX)])
