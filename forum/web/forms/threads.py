"""Forms of threads: starting one, replying, and who may read it."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from forum.domain.themes.labels import AUDIENCES, AXES, AXES_OR_NONE, KINDS, NEEDS
from forum.domain.themes.tags import LINE_MAX, split
from forum.domain.threads import titles
from forum.domain.threads.audiences import AudienceOption
from forum.domain.threads.sendings import clean_key
from forum.infra import text
from forum.infra.i18n import _, lazy
from forum.infra.paging import LARGEST_NUMBER, id_of
from forum.infra.text import MAX_LENGTH
from forum.models.spaces import Audience
from forum.models.themes import NO_AXIS, Axis, Need
from forum.models.threads import PostKind, Thread
from forum.web.forms.accepting import AcceptingForm
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, Unchosen, accepted_by, accepted_tags, named

REPLY_KINDS = (
    PostKind.EXPERIENCE,
    PostKind.QUESTION,
    PostKind.ADDITION,
    PostKind.OBJECTION,
    PostKind.CONDITION,
    PostKind.APPLICATION,
)


AXIS_CHOICES = [*named(AXES), SelectChoice(NO_AXIS, AXES_OR_NONE[NO_AXIS])]


def axis_of(field: RadioField) -> Axis | None:
    """Return the axis that was chosen in a field; None where somebody left that to the moderators."""
    return None if field.data == NO_AXIS else Axis(field.data)


def _new_key() -> str:
    return str(uuid.uuid4())


def _post_number(typed: Any) -> int | None:
    """The number of a post in its thread; nobody types it, so anything else is none."""
    return id_of(str(typed or ""), LARGEST_NUMBER) or None


class ThreadForm(CarefulForm, AcceptingForm):
    title = StringField(
        lazy("Title"),
        [Longest(Thread.TITLE_MAX)],
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
    axis = RadioField(
        lazy("Which theme is it about?"), [DataRequired(lazy("Choose a theme."))], choices=AXIS_CHOICES
    )
    tags = StringField(lazy("Tags"), [Longest(LINE_MAX), accepted_by(accepted_tags)])
    audience = RadioField(lazy("Who may read this?"), [DataRequired(lazy("Choose who may read this."))])
    space = SelectField(lazy("In which space?"))
    idempotency_key = HiddenField(default=_new_key, filters=[clean_key])
    once_more = HiddenField()  # filled in by the page that asks whether the same words are to be posted again

    readers: Sequence[AudienceOption] = ()  # who they are, for each audience that is offered

    def validate_title(self, field: Any) -> None:
        """Offer the first sentence to who chose no title yet: it stands in the field when the page comes back."""
        if not text.one_line(field.data or ""):
            field.data = titles.offered(self.body.data or "")
            if field.data:
                raise ValidationError(
                    _("This is your first sentence now. Change it if you like, and send again.")
                )
            raise ValidationError(_("Choose a title."))

    def offer(self, spaces: Iterable[Any], chosen: Any, audiences: list[Audience]) -> None:
        """Offer these spaces, and the audiences that the chosen one allows; a form that was not sent gets its usual."""
        self.space.choices = [SelectChoice(space.slug, space.name) for space in spaces]
        self.space.data = self.space.data or chosen.slug
        self.audience.choices = named(AUDIENCES, audiences)
        if not self.audience.data and not self.is_submitted():
            self.audience.data = chosen.default_audience.value

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as keyword arguments of `sending.start`."""
        return {
            "title": self.title.data,
            "body": self.body.data,
            "need": Need(self.need.data),
            "axis": axis_of(self.axis),
            "audience": Audience(self.audience.data),
            "tags": split(self.tags.data or ""),
            "idempotency_key": self.idempotency_key.data,
            "once_more": bool(self.once_more.data),
            "accepts": self.accepts.data,
        }


class ReplyForm(CarefulForm, AcceptingForm):
    body = TextAreaField(
        lazy("Your reply"),
        [Longest(MAX_LENGTH, "post", missing=lazy("Write something first."))],
    )
    # "None of these" so that a choice can be taken back without a script.
    kind = RadioField(
        lazy("What kind of reply is it?"),
        [Unchosen()],
        choices=[*named(KINDS, REPLY_KINDS), SelectChoice("", lazy("None of these"))],
        default="",
    )
    answers = HiddenField(filters=[_post_number])
    readers = HiddenField()  # of the thread, as the form said it
    idempotency_key = HiddenField(default=_new_key, filters=[clean_key])
    once_more = HiddenField()  # filled in by the page that asks whether the same words are to be posted again

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as keyword arguments of `sending.reply`."""
        return {
            "body": self.body.data,
            "kind": PostKind(self.kind.data) if self.kind.data else None,
            "answers": self.answers.data,
            "readers": self.readers.data,
            "idempotency_key": self.idempotency_key.data,
            "once_more": bool(self.once_more.data),
            "accepts": self.accepts.data,
        }


class AudienceForm(FlaskForm):
    audience = SelectField(lazy("Who may read this?"), choices=named(AUDIENCES))
