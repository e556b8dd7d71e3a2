"""Forms of the workbench: the words of a lesson, its claims and excerpts, and what a reviewer says."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from forum.domain.lessons import library
from forum.domain.themes import labels
from forum.infra.i18n import lazy
from forum.models.themes import Axis, Need

LINES = ("conditions", "not_for", "addressees")
ON_ONE_LINE = ("title", "one_sentence", "change_note")
PARAGRAPHS = (
    "recommendation", "context", "problem", "what_was_done", "result", "summary", "unknowns", "alternative_reading",
)  # fmt: skip


def _longest(limit: int) -> Length:
    return Length(max=limit, message=lazy("Use at most %(max)d characters."))


class TextForm(FlaskForm):
    saved_count = IntegerField(widget=HiddenInput())
    title = StringField(lazy("Title"), [_longest(100)])
    one_sentence = StringField(lazy("In one sentence"), [_longest(200)])
    outcome = RadioField(lazy("How it went"), validate_choice=False)
    needs = SelectMultipleField(
        lazy("Needs"), validate_choice=False, widget=ListWidget(), option_widget=CheckboxInput()
    )
    axis = SelectField(lazy("Axis"), validate_choice=False)
    confidence = SelectField(lazy("How sure are we?"), validate_choice=False)
    tags = StringField(lazy("Tags"), [_longest(220)])
    recommendation = TextAreaField(lazy("What you can do"), [_longest(4000)])
    addressees = TextAreaField(lazy("For whom"), [_longest(2200)])
    conditions = TextAreaField(lazy("Works if"), [_longest(2200)])
    not_for = TextAreaField(lazy("Not for"), [_longest(2200)])
    unknowns = TextAreaField(lazy("What we do not know"), [_longest(4000)])
    alternative_reading = TextAreaField(lazy("Another reading"), [_longest(4000)])
    context = TextAreaField(lazy("Context"), [_longest(4000)])
    problem = TextAreaField(lazy("Problem"), [_longest(4000)])
    what_was_done = TextAreaField(lazy("What was done"), [_longest(4000)])
    result = TextAreaField(lazy("Result"), [_longest(4000)])
    summary = TextAreaField(lazy("Summary"), [_longest(4000)])
    change_note = StringField(lazy("What changed in this version"), [_longest(300)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = [(code.value, labels.OUTCOMES[code]) for code in library.OUTCOMES]
        self.needs.choices = [(need.value, labels.NEEDS[need]) for need in Need]
        self.axis.choices = [(axis.value, labels.AXES[axis]) for axis in Axis]
        self.confidence.choices = [(code.value, name) for code, name in labels.CONFIDENCES.items()]

    @classmethod
    def of(cls, version: Any, tags: list[str]) -> "TextForm":
        """The form as the draft stands."""
        kept: dict[str, Any] = {name: getattr(version, name) for name in (*ON_ONE_LINE, *PARAGRAPHS)}
        kept |= {name: "\n".join(getattr(version, name)) for name in LINES}
        kept |= {name: getattr(version, name).value for name in ("outcome", "axis", "confidence")}
        return cls(
            formdata=None,
            data=kept | {"needs": version.needs, "tags": ", ".join(tags), "saved_count": version.saved_count},
        )

    def words(self) -> dict[str, Any]:
        """What to keep, as the verb takes it."""
        found: dict[str, Any] = {
            name: self[name].data or "" for name in (*ON_ONE_LINE, *PARAGRAPHS) if self[name].raw_data
        }
        found |= {name: (self[name].data or "").splitlines() for name in LINES if self[name].raw_data}
        found |= {name: self[name].data for name in ("outcome", "axis", "confidence") if self[name].raw_data}
        return found | {"needs": self.needs.data or []}


class ClaimForm(FlaskForm):
    text = StringField(lazy("Claim"), [DataRequired(lazy("Write the claim in one sentence.")), _longest(300)])


class ExcerptForm(FlaskForm):
    claim_id = SelectField(lazy("Claim"), coerce=int, validate_choice=False)
    post_id = HiddenField()
    words = TextAreaField(
        lazy("Words from the talk"), [DataRequired(lazy("Paste the words from the talk.")), _longest(1500)]
    )
    stance = RadioField(lazy("What do these words do for the claim?"), default="supports")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stance.choices = list(labels.STANCES.items())

    def offer(self, claims: list[Any]) -> None:
        """The claims that may take the words."""
        self.claim_id.choices = [(claim.id, f"{claim.number}. {claim.text}") for claim in claims]


class SourceForm(FlaskForm):
    address = StringField(
        lazy("Address or number of the talk"), [DataRequired(lazy("Paste the address of the talk."))]
    )


class SubmissionForm(FlaskForm):
    audience = RadioField(lazy("Who will read this lesson?"))

    def offer(self, audiences: list[str]) -> None:
        """The circles of readers that may be chosen."""
        self.audience.choices = [(code, labels.AUDIENCES[code]) for code in audiences]


class ReturnForm(FlaskForm):
    note = TextAreaField(
        lazy("What should become better?"),
        [DataRequired(lazy("Say what should become better.")), _longest(1000)],
    )
