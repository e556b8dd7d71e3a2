"""Whose posts wait in a space, what becomes of one that waits, and its author's change of it."""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from forum.domain.held_posts.choosing import Choice
from forum.infra import days
from forum.infra.i18n import _, lazy
from forum.infra.text import MAX_LENGTH
from forum.models.held import HeldPost, Watch, WatchedWord
from forum.models.threads import Thread
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest
from forum.web.forms.house_rules import GroundedForm


class LastDayField(DateField):
    """The last day of something; empty: it does not happen."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; one that is none gets a sentence of ours."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Choose a day, or leave this empty.")) from error


class HoldingForm(FlaskForm):
    newcomers = BooleanField(lazy("Posts of newcomers"))
    guests = BooleanField(lazy("Posts of guests"))
    links = BooleanField(lazy("The first post of somebody with a link"))
    everybody_until = LastDayField(lazy("Posts of everybody, up to and including"), [Optional()])

    @classmethod
    def of(cls, choice: Choice) -> "HoldingForm":
        """Return the form as it was chosen."""
        names = ("newcomers", "guests", "links", "everybody_until")
        return cls(formdata=None, **{name: getattr(choice, name) for name in names})

    def chosen(self) -> Choice:
        """Return what was filled in."""
        until: date | None = self.everybody_until.data
        return Choice(self.newcomers.data, self.guests.data, self.links.data, until)

    def longest(self, longest: Any) -> dict[str, str]:
        """Return between which days the last one can lie, as a control is told."""
        today = days.today()
        return {"min": today.isoformat(), "max": (today + longest).isoformat()}


class RefusalForm(GroundedForm):
    reason = StringField(
        lazy("Why does it not appear?"),
        [Longest(HeldPost.REASON_MAX, missing=lazy("Say why: the author reads it."))],
    )
    seen = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)


class WaitingPostForm(CarefulForm):
    title = StringField(lazy("Title"), [Longest(Thread.TITLE_MAX, missing=lazy("Choose a title."))])
    body = TextAreaField(
        lazy("Your post"),
        [Longest(MAX_LENGTH, "post", missing=lazy("Write something first."))],
    )
    seen = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)

    @classmethod
    def of(cls, is_reply: bool, **values: Any) -> "WaitingPostForm":
        """Return the form; only a story has a title."""
        form = cls(**values)
        if is_reply:
            del form.title
        return form


class WatchForm(FlaskForm):
    word = StringField(lazy("Word"), [Longest(WatchedWord.WORD_MAX, missing=lazy("Type one word."))])
    watch = RadioField(
        lazy("What happens then?"),
        choices=[
            SelectChoice(Watch.POINT_OUT.value, lazy("Point it out")),
            SelectChoice(Watch.HOLD.value, lazy("Let the post wait")),
        ],
        default=Watch.POINT_OUT.value,
        validators=[InputRequired(lazy("Choose what happens."))],
    )
