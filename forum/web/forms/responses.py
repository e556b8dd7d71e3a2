"""Responding to a story, and why a moderator hides a sentence."""

from typing import Any

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

from forum.domain.themes.labels import RESPONSES
from forum.infra.i18n import lazy
from forum.models.responses import ResponseKind, ThreadResponse
from forum.web.forms.accepting import AcceptingForm
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, named
from forum.web.forms.house_rules import GroundedForm


class ResponseForm(CarefulForm, AcceptingForm):
    kind = RadioField(
        lazy("Do you recognise this?"),
        choices=named(RESPONSES),
        validators=[InputRequired(lazy("Choose how it is with you."))],
    )
    sentence = StringField(lazy("Add one sentence, if you like"), [Longest(ThreadResponse.SENTENCE_MAX)])
    readers = HiddenField()  # of the thread, as the form said it

    def values(self) -> dict[str, Any]:
        """Return what the verb takes: a form without the field leaves the sentence as it is."""
        sent = self.sentence.data if self.sentence.raw_data else None
        return {
            "kind": ResponseKind(self.kind.data),
            "sentence": sent,
            "accepts": self.accepts.data,
            "readers": self.readers.data,
        }


class SentenceHidingForm(GroundedForm):
    reason = StringField(
        lazy("Reason"),
        [Longest(ThreadResponse.HIDDEN_REASON_MAX, missing=lazy("Say why: the author reads it."))],
    )
