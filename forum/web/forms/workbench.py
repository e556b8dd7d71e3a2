"""Forms of the workbench: the fields of a lesson, its claims and excerpts, and the note of a reviewer."""

import re
from typing import Any, NamedTuple

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
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from forum.domain.lessons import fields, library_choice, meanwhile
from forum.domain.lessons.places import FoundPlace, Place
from forum.domain.lessons.review_candidates import Candidate
from forum.domain.themes import labels, tags
from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import LessonVersion, ReviewRequest
from forum.models.themes import Axis, Need
from forum.web.forms.fields import Longest, accepted_by, accepted_tags, named

LINES = ("conditions", "not_for", "addressees")
ON_ONE_LINE = ("title", "one_sentence", "change_note")
PARAGRAPHS = (
    "recommendation", "context", "problem", "what_was_done", "result", "summary", "unknowns", "alternative_reading",
)  # fmt: skip

GROUP, OTHER = "group", "other"
NEW = "new"
ID = re.compile(r"[0-9]{1,18}")
PLACE = re.compile(r"([0-9]{1,18})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")


def _paragraphs(label: Any) -> TextAreaField:
    return TextAreaField(label, [Longest(LessonVersion.PARAGRAPHS_MAX, "paragraphs")])


def _items(label: Any) -> TextAreaField:
    return TextAreaField(label, [Longest(LessonVersion.ITEM_MAX, "items"), _few_enough])


def _few_enough(form: Any, field: Any) -> None:
    """Refuse more lines than a list of a lesson has."""
    accepted_by(lambda typed: fields.clean({field.name: typed.splitlines()}))(form, field)


class TextForm(FlaskForm):
    saved_count = IntegerField(widget=HiddenInput())
    base_marks = HiddenField()  # of each field, as it was saved when the form was drawn
    title = StringField(lazy("Title"), [Longest(LessonVersion.TITLE_MAX)])
    one_sentence = StringField(lazy("In one sentence"), [Longest(LessonVersion.ONE_SENTENCE_MAX)])
    outcome = RadioField(lazy("How it went"), validate_choice=False)
    needs = SelectMultipleField(
        lazy("What are you looking for?"),
        validate_choice=False,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    axis = SelectField(lazy("Theme"), validate_choice=False)
    confidence = SelectField(lazy("How sure are we?"), validate_choice=False)
    tags = StringField(lazy("Tags"), [Longest(tags.LESSON_LINE_MAX), accepted_by(accepted_tags)])
    recommendation = _paragraphs(lazy("What you can do"))
    addressees = _items(lazy("For whom"))
    conditions = _items(lazy("Works if"))
    not_for = _items(lazy("Not for"))
    unknowns = _paragraphs(lazy("What we do not know"))
    alternative_reading = _paragraphs(lazy("Another reading"))
    context = _paragraphs(lazy("Context"))
    problem = _paragraphs(lazy("Problem"))
    what_was_done = _paragraphs(lazy("What was done"))
    result = _paragraphs(lazy("Result"))
    summary = _paragraphs(lazy("Summary"))
    change_note = StringField(lazy("What changed in this version"), [Longest(LessonVersion.CHANGE_NOTE_MAX)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = named(labels.OUTCOMES, library_choice.OUTCOMES)
        self.needs.choices = named(labels.NEEDS, Need)
        self.axis.choices = named(labels.AXES, Axis)
        self.confidence.choices = named(labels.CONFIDENCES)

    @classmethod
    def of(cls, version: Any, tag_names: list[str]) -> "TextForm":
        """Return the form filled with a version of a lesson and its tags."""
        data: dict[str, Any] = {name: getattr(version, name) for name in (*ON_ONE_LINE, *PARAGRAPHS)}
        data |= {name: "\n".join(getattr(version, name)) for name in LINES}
        data |= {name: getattr(version, name).value for name in ("outcome", "axis", "confidence")}
        data |= {"needs": version.needs, "tags": ", ".join(tag_names)}
        marks = meanwhile.line_of(meanwhile.marks(data))
        return cls(formdata=None, data=data | {"saved_count": version.saved_count, "base_marks": marks})

    def put_together(self, saved: "TextForm") -> set[str]:
        """Take over what is saved now in fields that were not changed here, and return those that both changed."""
        names = [
            field.name for field in self if field.name not in ("saved_count", "base_marks", "csrf_token")
        ]
        mine = meanwhile.marks({name: self[name].data for name in names})
        sides = meanwhile.look(
            mine,
            meanwhile.marks({name: saved[name].data for name in names}),
            meanwhile.read(self.base_marks.data),
        )
        unsent = {name for name in names if name != "needs" and not self[name].raw_data}
        for name in (*(sides.saved | unsent), "saved_count", "base_marks"):
            self[name].data, self[name].raw_data = saved[name].data, None
        return sides.both - unsent

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent, as keyword arguments of `lessons.save`."""
        values: dict[str, Any] = {
            name: self[name].data or "" for name in (*ON_ONE_LINE, *PARAGRAPHS) if self[name].raw_data
        }
        values |= {name: (self[name].data or "").splitlines() for name in LINES if self[name].raw_data}
        values |= {name: self[name].data for name in ("outcome", "axis", "confidence") if self[name].raw_data}
        return values | {"needs": self.needs.data or []}


class BeginForm(FlaskForm):
    title = HiddenField()
    axis = RadioField(lazy("Which theme is it about?"), validate_choice=False)
    asked = HiddenField(default="1")  # of a form on the page that asks for the theme

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.axis.choices = named(labels.AXES, Axis)


class ClaimForm(FlaskForm):
    text = StringField(
        lazy("Claim"), [Longest(Claim.TEXT_MAX, missing=lazy("Write the claim in one sentence."))]
    )


class Reworded(NamedTuple):
    """Another wording of a claim that was refused: it stays in its field, with the reason."""

    claim_id: int
    text: str
    message: str


class ExcerptForm(FlaskForm):
    claim_id = SelectField(lazy("Claim"), coerce=int, validate_choice=False)
    place = HiddenField(lazy("Place"))  # post.revision.start.end, of selected words or out of `places`
    words = TextAreaField(
        lazy("Excerpt from the thread"),
        [Longest(Excerpt.WORDS_MAX, "quotation", missing=lazy("Paste the excerpt from the thread."))],
    )
    stance = RadioField(lazy("What does this excerpt do for the claim?"), default="supports")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stance.choices = list(labels.STANCES.items())
        self.places: list[FoundPlace] = []

    def chosen_place(self) -> tuple[int, Place] | None:
        """Return the post and the place in it that were selected or chosen; None for pasted words."""
        return _place(self.place.data)

    def offer(self, claims: list[Any]) -> None:
        """Offer the claims under which the excerpt may be placed."""
        self.claim_id.choices = [(claim.id, f"{claim.number}. {claim.text}") for claim in claims]


class BarForm(FlaskForm):
    """The bar of stances: what was pressed, for which claim, and the sentences or the words that it is about."""

    press = HiddenField()  # a stance, or NEW
    target = HiddenField()  # the id of a claim
    sentence = SelectMultipleField(validate_choice=False)
    place = HiddenField()
    words = HiddenField()

    @property
    def claim_id(self) -> int | None:
        """The claim that the words go under; None for one that they begin."""
        target = self.target.data or ""
        return int(target) if self.press.data != NEW and ID.fullmatch(target) else None

    @property
    def chosen(self) -> str:
        """The stance: whoever begins a claim with words, begins it with what supports it."""
        return "supports" if self.press.data == NEW else self.press.data or ""

    def selected(self) -> tuple[int, Place] | None:
        """Return where the selected words stand; None where sentences were picked."""
        return _place(self.place.data)

    def sentences(self) -> list[tuple[int, Place]]:
        """Return where the picked sentences stand."""
        return [place for place in map(_place, self.sentence.data or []) if place is not None]

    def as_excerpt(self) -> ExcerptForm:
        """Return what was pressed as the form below the thread has it: what is refused is shown there."""
        data = {"claim_id": self.claim_id, "words": self.words.data, "stance": self.chosen or "supports"}
        return ExcerptForm(formdata=None, data=data)


def _place(value: str | None) -> tuple[int, Place] | None:
    match = PLACE.fullmatch(value or "")
    if match is None:
        return None
    post_id, *place = map(int, match.groups())
    return post_id, Place(*place)


class SourceForm(FlaskForm):
    address = StringField(
        lazy("Address or number of the thread"), [DataRequired(lazy("Paste the address of the thread."))]
    )


class AskForm(FlaskForm):
    reviewer = RadioField(
        lazy("Whom do you ask?"), [DataRequired(lazy("Choose whom you ask."))], validate_choice=False
    )
    reviewer_name = StringField(lazy("Name"), [Longest(Member.NAME_MAX)])
    message = TextAreaField(lazy("What should they know?"), [Longest(ReviewRequest.NOTE_MAX, "paragraphs")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reviewer.choices = []
        self.found: list[Candidate] = []  # by the name that somebody typed
        self.about: dict[str, str] = {}  # a line about each person who is offered


class SubmissionForm(AskForm):
    audience = RadioField(lazy("Who will read this lesson?"))

    def offer(self, audiences: list[str]) -> None:
        """Offer the audiences that may be chosen."""
        self.audience.choices = [(code, labels.AUDIENCES[code]) for code in audiences]
