"""Forms of the workbench: claims and excerpts, and what is asked of a reviewer and answered."""

import re
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired

from forum.domain.lessons.places import FoundPlace, Place
from forum.domain.lessons.review_candidates import Candidate
from forum.domain.themes import labels
from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.models.claims import Claim, Excerpt
from forum.models.lessons import ReviewRequest
from forum.models.themes import Axis
from forum.web.forms.fields import Longest, named

GROUP, OTHER = "group", "other"
NEW = "new"
ID = re.compile(r"[0-9]{1,18}")
PLACE = re.compile(r"([0-9]{1,18})\.([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")


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
