"""The form in which the text of a lesson is written."""

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
from wtforms.fields.core import Field
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget, TextArea

from forum.domain.lessons import completeness, external_sources, fields, library_choice, meanwhile, text_form
from forum.domain.lessons.text_form import ADVICE, CHOSEN, LISTS, ON_ONE_LINE, PARAGRAPHS, SOURCES
from forum.domain.themes import labels, tags
from forum.infra.i18n import lazy
from forum.models.lessons import LessonVersion
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome
from forum.web.forms.fields import Longest, accepted_by, accepted_tags, named

# What a lesson needs before it can be sent, each with the fields of which one has to be filled in.
OF_A_LESSON = {
    "title": ("title",),
    "one_sentence": ("one_sentence",),
    "outcome": ("outcome",),
    "advice": ADVICE,
    "conditions": ("conditions",),
    "unknowns": ("unknowns",),
}
OF_A_NOTE = {name: (name,) for name in ("title", "one_sentence", "outcome", "open_questions")}
OWN = ("saved_count", "base_marks", "csrf_token")


class ItemsField(TextAreaField):
    """A list, of which each item may come in an input of its own; its data is one text with an item on each line."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take all inputs together."""
        if valuelist:
            self.data = text_form.sent(self.name, lambda name: valuelist if name == self.name else [])

    def items(self) -> list[str]:
        """Return the items, for an input each."""
        return [line for line in (self.data or "").splitlines() if line.strip()]


class SourcesField(Field):
    """Sources outside the forum, with an input for each of their parts; its data is one text with a source a line."""

    widget = TextArea()

    def process(self, formdata: Any, *more: Any, **named: Any) -> None:
        """Take the inputs of each part together."""
        super().process(formdata, *more, **named)
        if formdata is not None and (typed := text_form.sent(self.name, formdata.getlist)) is not None:
            self.data, self.raw_data = typed, [typed]

    def rows(self) -> list[dict[str, str]]:
        """Return the sources, for inputs each."""
        return external_sources.from_text(self.data or "")

    def _value(self) -> str:
        return self.data or ""


def _paragraphs(label: Any) -> TextAreaField:
    return TextAreaField(label, [Longest(LessonVersion.PARAGRAPHS_MAX, "paragraphs")])


def _items(label: Any) -> ItemsField:
    return ItemsField(label, [Longest(LessonVersion.ITEM_MAX, "items"), _few_enough])


def _line(label: Any, limit: int) -> TextAreaField:
    return TextAreaField(label, [Longest(limit)])


def _few_enough(form: Any, field: Any) -> None:
    """Refuse more items than a list of a lesson has."""
    accepted_by(lambda typed: fields.clean({field.name: typed.splitlines()}))(form, field)


def _real_sources(form: Any, field: Any) -> None:
    """Refuse what is no address on the web, or a day to come."""
    accepted_by(lambda typed: fields.clean({SOURCES: external_sources.from_text(typed)}))(form, field)


def _day_ahead(form: Any, field: Any) -> None:
    """Refuse a day that has passed, or is too far away."""
    accepted_by(lambda typed: fields.clean({"review_on": typed}))(form, field)


class TextForm(FlaskForm):
    saved_count = IntegerField(widget=HiddenInput())
    base_marks = HiddenField()  # of each field, as it was saved when the form was drawn
    title = _line(lazy("Title"), LessonVersion.TITLE_MAX)
    one_sentence = _line(lazy("In one sentence"), LessonVersion.ONE_SENTENCE_MAX)
    outcome = RadioField(lazy("How did it go?"), validate_choice=False)
    advice_field = _paragraphs(labels.ADVICE_TO["advice_field"])
    advice_head = _paragraphs(labels.ADVICE_TO["advice_head"])
    advice_council = _paragraphs(labels.ADVICE_TO["advice_council"])
    advice_government = _paragraphs(labels.ADVICE_TO["advice_government"])
    recommendation = _paragraphs(labels.ADVICE_TO["recommendation"])
    conditions = _items(lazy("When does it work?"))
    unknowns = _paragraphs(lazy("What do we not know?"))
    assumptions = _items(lazy("What do people take for granted?"))
    open_questions = _items(lazy("Which questions stay open?"))
    context = _paragraphs(lazy("Where was it?"))
    problem = _paragraphs(lazy("What was the problem?"))
    what_was_done = _paragraphs(lazy("What did you do?"))
    result = _paragraphs(lazy("What came of it?"))
    alternative_reading = _paragraphs(lazy("Another reading"))
    not_for = _items(lazy("Not for"))
    confidence = RadioField(lazy("How sure are we?"), validate_choice=False)
    external_sources = SourcesField(lazy("Sources outside the forum"), [_real_sources])
    axis = SelectField(lazy("Theme"), validate_choice=False)
    needs = SelectMultipleField(
        lazy("What are you looking for?"),
        validate_choice=False,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    tags = StringField(lazy("Tags"), [Longest(tags.LESSON_LINE_MAX), accepted_by(accepted_tags)])
    addressees = _items(lazy("For whom"))
    summary = _paragraphs(lazy("Summary"))
    licence = SelectField(lazy("Licence"), validate_choice=False)
    review_on = StringField(lazy("To be looked at again"), [Longest(len("2026-11-30")), _day_ahead])
    owner = _line(lazy("Who keeps it"), LessonVersion.OWNER_MAX)
    change_note = _line(lazy("What changed in this version"), LessonVersion.CHANGE_NOTE_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = named(labels.LESSON_OUTCOMES, library_choice.OUTCOMES)
        self.needs.choices = named(labels.NEEDS, Need)
        self.axis.choices = named(labels.AXES, Axis)
        self.confidence.choices = named(labels.CONFIDENCES)
        self.licence.choices = [
            ("", lazy("None; CC BY 4.0 for a lesson that everyone can read")),
            (fields.OPEN_LICENCE, "CC BY 4.0"),
        ]

    @classmethod
    def of(cls, version: Any, tag_names: list[str]) -> "TextForm":
        """Return the form filled with a version of a lesson and its tags."""
        data: dict[str, Any] = {name: getattr(version, name) for name in (*ON_ONE_LINE, *PARAGRAPHS)}
        data |= {name: "\n".join(getattr(version, name)) for name in LISTS}
        data |= {name: getattr(version, name).value for name in ("outcome", "axis", "confidence")}
        data |= {"needs": version.needs, "tags": ", ".join(tag_names), "licence": version.licence or ""}
        data[SOURCES] = external_sources.as_text(version.external_sources)
        data["review_on"] = version.review_on.isoformat() if version.review_on else ""
        marks = meanwhile.line_of(meanwhile.marks(data))
        return cls(formdata=None, data=data | {"saved_count": version.saved_count, "base_marks": marks})

    def needed(self) -> dict[str, bool]:
        """Return what the lesson needs, or the note of a discussion, and whether it is there."""
        not_chosen = completeness.OUTCOME_NOT_CHOSEN.value
        of = OF_A_NOTE if self.outcome.data == Outcome.DISCUSSION.value else OF_A_LESSON
        return {
            name: any(words and words != not_chosen for one in names if (words := self.words(one)))
            for name, names in of.items()
        }

    def words(self, name: str) -> str:
        """Return what stands in a field, without white space around it; "" for a field that is empty."""
        return str(self[name].data or "").strip()

    def marks(self) -> str:
        """Return a mark of each field as it stands in the form, as one line."""
        return meanwhile.line_of(meanwhile.marks({name: self[name].data for name in self.names()}))

    def names(self) -> list[str]:
        """Return the names of the fields of the lesson."""
        return [field.name for field in self if field.name not in OWN]

    def put_together(self, saved: "TextForm") -> set[str]:
        """Take over what is saved now in fields that were not changed here, and return those that both changed."""
        names = self.names()
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
        sent = {name: self[name].data or "" for name in self.names() if self[name].raw_data}
        values: dict[str, Any] = {
            name: sent[name] for name in (*ON_ONE_LINE, *PARAGRAPHS, *CHOSEN) if name in sent
        }
        values |= {name: sent[name].splitlines() for name in LISTS if name in sent}
        if SOURCES in sent:
            values[SOURCES] = external_sources.from_text(sent[SOURCES])
        return values | {"needs": self.needs.data or []}
