"""The composer, the reply under a talk, and who may read it."""

import uuid
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from forum.domain.themes.labels import AUDIENCES, AXES, KINDS, NEEDS
from forum.domain.themes.tags import split
from forum.infra.i18n import lazy
from forum.infra.text import MAX_LENGTH
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.models.threads import PostKind

TOO_LONG = lazy("That text is too long.")
REPLY_KINDS = (
    PostKind.EXPERIENCE,
    PostKind.QUESTION,
    PostKind.ADDITION,
    PostKind.OBJECTION,
    PostKind.CONDITION,
    PostKind.APPLICATION,
)


def _named(names: Any, codes: Any = None) -> list[SelectChoice]:
    return [SelectChoice(code.value, names[code]) for code in (codes or names)]


def _new_key() -> str:
    return str(uuid.uuid4())


class ThreadForm(FlaskForm):
    title = StringField(
        lazy("Title"),
        [
            DataRequired(lazy("Give it a title.")),
            Length(max=160, message=lazy("Use at most 160 characters.")),
        ],
    )
    body = TextAreaField(
        lazy("Your story"),
        [DataRequired(lazy("Write something first.")), Length(max=MAX_LENGTH, message=TOO_LONG)],
    )
    need = RadioField(
        lazy("What is it?"),
        [DataRequired(lazy("Choose what you are looking for."))],
        choices=_named(NEEDS),
        default="stories",
    )
    axis = SelectField(
        lazy("What is it about?"),
        [DataRequired(lazy("Choose what it is about."))],
        choices=[SelectChoice("", lazy("Choose one of the six")), *_named(AXES)],
    )
    tags = StringField(lazy("Tags"), [Length(max=400, message=TOO_LONG)])
    audience = RadioField(lazy("Who may read this?"), [DataRequired(lazy("Choose who may read this."))])
    idempotency_key = HiddenField(default=_new_key)

    def offer(self, widths: list[Audience], default: Audience) -> None:
        """Let choose among the circles that the space allows."""
        self.audience.choices = _named(AUDIENCES, widths)
        if not self.audience.data and not self.is_submitted():
            self.audience.data = default.value

    def words(self) -> dict[str, Any]:
        """What the verb wants, by name."""
        return {
            "title": self.title.data,
            "body": self.body.data,
            "need": Need(self.need.data),
            "axis": Axis(self.axis.data),
            "audience": Audience(self.audience.data),
            "tags": split(self.tags.data or ""),
            "idempotency_key": self.idempotency_key.data or "",
        }


class ReplyForm(FlaskForm):
    kind = RadioField(lazy("What you add, if you know"), [Optional()], choices=_named(KINDS, REPLY_KINDS))
    body = TextAreaField(
        lazy("Your answer"),
        [DataRequired(lazy("Write something first.")), Length(max=MAX_LENGTH, message=TOO_LONG)],
    )
    idempotency_key = HiddenField(default=_new_key)


class AudienceForm(FlaskForm):
    audience = SelectField(lazy("Who may read this?"), choices=_named(AUDIENCES))
