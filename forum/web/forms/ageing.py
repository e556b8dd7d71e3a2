"""Saying that something in a lesson no longer holds."""

from wtforms import TextAreaField

from forum.infra.i18n import lazy
from forum.models.ageing import LessonSignal
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest


class SignalForm(CarefulForm):
    looked_at = ("reason",)

    reason = TextAreaField(
        lazy("What no longer holds, and how do you know?"), [Longest(LessonSignal.REASON_MAX, "paragraphs")]
    )
