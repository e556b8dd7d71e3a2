"""Forms of threads: starting one, replying, and who may read it."""

import uuid
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from forum.domain.themes.labels import AUDIENCES, AXES, KINDS, NEEDS
from forum.domain.themes.tags import LINE_MAX, split
from forum.domain.threads.sendings import clean_key
from forum.infra.i18n import lazy
from forum.infra.text import MAX_LENGTH
from forum.models.spaces import Audience
from forum.models.themes import Axis, Need
from forum.models.threads import PostKind, Thread
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, accepted_by, accepted_tags, named

REPLY_KINDS = (
    PostKind.EXPERIENCE,
    PostKind.QUESTION,
    PostKind.ADDITION,
    PostKind.OBJECTION,
    PostKind.CONDITION,
    PostKind.APPLICATION,
)


def _new_key() -> str:
    return str(uuid.uuid4())


def _post_number(typed: Any) -> int | None:
    """The number of a post in its thread; nobody types it, so anything else is none."""
    number = int(typed) if str(typed or "").isdecimal() and len(str(typed)) < 9 else 0
    return number or None


class ThreadForm(CarefulForm):
    title = StringField(
        lazy("Title"),
        [Longest(Thread.TITLE_MAX, missing=lazy("Choose a title."))],
    )
    body = TextAreaField(
        lazy("Your story"),
        [Longest(MAX_LENGTH, "post", missing=lazy("Write something first."))],
    )
    need = RadioField(
        lazy("What are you looking for?"),
        [DataRequired(lazy("Choose what you are looking for."))],
        choices=named(NEEDS),
        default="stories",
    )
    axis = SelectField(
        lazy("Which theme is it about?"),
        [DataRequired(lazy("Choose a theme."))],
        choices=[SelectChoice("", lazy("Choose one of the six themes")), *named(AXES)],
    )
    tags = StringField(lazy("Tags"), [Longest(LINE_MAX), accepted_by(accepted_tags)])
    audience = RadioField(lazy("Who may read this?"), [DataRequired(lazy("Choose who may read this."))])
    idempotency_key = HiddenField(default=_new_key, filters=[clean_key])
    once_more = HiddenField()  # filled in by the page that asks whether the same words are to be posted again

    def offer(self, audiences: list[Audience], default: Audience) -> None:
        """Offer the audiences that the space allows, with `default` chosen in a form that was not sent yet."""
        self.audience.choices = named(AUDIENCES, audiences)
        if not self.audience.data and not self.is_submitted():
            self.audience.data = default.value

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as keyword arguments of `threads.start`."""
        return {
            "title": self.title.data,
            "body": self.body.data,
            "need": Need(self.need.data),
            "axis": Axis(self.axis.data),
            "audience": Audience(self.audience.data),
            "tags": split(self.tags.data or ""),
            "idempotency_key": self.idempotency_key.data,
            "once_more": bool(self.once_more.data),
        }


class ReplyForm(CarefulForm):
    body = TextAreaField(
        lazy("Your reply"),
        [Longest(MAX_LENGTH, "post", missing=lazy("Write something first."))],
    )
    # "None of these" so that a choice can be taken back without a script.
    kind = RadioField(
        lazy("What kind of reply is it?"),
        [Optional()],
        choices=[*named(KINDS, REPLY_KINDS), SelectChoice("", lazy("None of these"))],
        default="",
    )
    answers = HiddenField(filters=[_post_number])
    idempotency_key = HiddenField(default=_new_key, filters=[clean_key])
    once_more = HiddenField()  # filled in by the page that asks whether the same words are to be posted again

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as keyword arguments of `threads.reply`."""
        return {
            "body": self.body.data,
            "kind": PostKind(self.kind.data) if self.kind.data else None,
            "answers": self.answers.data,
            "idempotency_key": self.idempotency_key.data,
            "once_more": bool(self.once_more.data),
        }


class AudienceForm(FlaskForm):
    audience = SelectField(lazy("Who may read this?"), choices=named(AUDIENCES))
