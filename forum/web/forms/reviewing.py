"""The forms of whoever checks a version: five questions, a comment beside one place, and what they decide."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.widgets import HiddenInput

from forum.domain.themes import labels
from forum.infra.i18n import lazy
from forum.models.lessons import LessonReview
from forum.models.reviewing import Question, ReviewComment
from forum.web.forms.fields import Longest


class DecisionForm(FlaskForm):
    version = IntegerField(widget=HiddenInput())

    def read(self) -> int:
        """Return the sequence of the version that the reviewer read: one that there is not, when none is named."""
        return self.version.data or 0


class CheckForm(DecisionForm):
    """The five questions, each a field by its code."""

    borne = RadioField(lazy("Does every excerpt support its claim?"), validate_choice=False)
    unknown = RadioField(lazy("Do those who are not to be named stay unrecognised?"), validate_choice=False)
    limits = RadioField(lazy("Does it say when it does not work?"), validate_choice=False)
    dissent = RadioField(lazy("Is dissent heard?"), validate_choice=False)
    usable = RadioField(lazy("Can somebody in your city begin with it tomorrow?"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.questions:
            field.choices = list(labels.REPLIES.items())

    @property
    def questions(self) -> list[RadioField]:
        """The fields, in the order of the questions."""
        return [self[question.value] for question in Question]

    @property
    def answered(self) -> int:
        """How many of the questions have an answer."""
        return sum(bool(field.data) for field in self.questions)

    def answers(self) -> dict[str, str]:
        """Return what was answered, by the codes of the questions."""
        return {field.name: field.data for field in self.questions if field.data}


class ReturnForm(DecisionForm):
    note = TextAreaField(lazy("What should be improved?"), [Longest(LessonReview.NOTE_MAX, "paragraphs")])


class CommentForm(DecisionForm):
    place = HiddenField()
    text = TextAreaField(
        lazy("Your comment"),
        [Longest(ReviewComment.TEXT_MAX, "paragraphs", missing=lazy("Write what you want to say about it."))],
    )
