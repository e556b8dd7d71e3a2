"""Reasons that moderators give."""

from flask_wtf import FlaskForm
from wtforms import StringField

from forum.infra.i18n import lazy
from forum.models.moderation import ModerationAction
from forum.models.threads import Post
from forum.web.forms.fields import Longest


class HidingForm(FlaskForm):
    reason = StringField(
        lazy("Reason"),
        [Longest(Post.HIDDEN_REASON_MAX, missing=lazy("Say why: the author reads it."))],
    )


class LockForm(FlaskForm):
    reason = StringField(lazy("Reason"), [Longest(ModerationAction.REASON_MAX)])
