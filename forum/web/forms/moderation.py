"""Reasons that moderators give."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from forum.infra.i18n import lazy

TOO_LONG = lazy("Use at most 300 characters.")


class HidingForm(FlaskForm):
    reason = StringField(
        lazy("Reason"),
        [DataRequired(lazy("Say why: the author reads it.")), Length(max=300, message=TOO_LONG)],
    )


class LockForm(FlaskForm):
    reason = StringField(lazy("Reason"), [Length(max=300, message=TOO_LONG)])
