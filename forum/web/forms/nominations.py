"""Why a moderator closes what members nominated."""

from flask_wtf import FlaskForm
from wtforms import StringField

from forum.infra.i18n import lazy
from forum.models.nominations import Nomination
from forum.web.forms.fields import Longest


class ClosingForm(FlaskForm):
    reason = StringField(
        lazy("Reason"),
        [Longest(Nomination.REASON_MAX, missing=lazy("Say why: whoever nominated it reads it."))],
    )
