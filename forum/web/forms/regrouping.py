"""What gives posts other readers: first shown, then confirmed as it was shown."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired

from forum.domain.themes.labels import AUDIENCES
from forum.infra.i18n import lazy
from forum.models.moderation import ModerationAction
from forum.models.spaces import Audience
from forum.web.forms.fields import Longest, named


class PlaceForm(FlaskForm):
    """Where somebody wants a thread: it only shows what would happen."""

    audience = RadioField(lazy("Who may read this?"), [DataRequired(lazy("Choose who may read this."))])

    def offer(self, widest: Audience) -> None:
        """Offer what a space allows."""
        allowed = [level for level in Audience if level.rank <= widest.rank]
        self.audience.choices = named(AUDIENCES, allowed)


class OwnMoveForm(FlaskForm):
    """The form that confirms what was shown; of an author, who gives no reason."""

    space = HiddenField()
    audience = HiddenField()
    seen = HiddenField()


class MoveOnForm(OwnMoveForm):
    reason = StringField(
        lazy("Reason"),
        [Longest(ModerationAction.REASON_MAX, missing=lazy("Say why: the author reads it."))],
    )


class ReadersForm(FlaskForm):
    """Other readers for a thread where it stands. Only fewer of them take a reason: then the domain asks for it."""

    audience = HiddenField()
    seen = HiddenField()
    reason = StringField(lazy("Reason"), [Longest(ModerationAction.REASON_MAX)])


class ArchiveForm(FlaskForm):
    seen = HiddenField()
    reason = StringField(lazy("Reason"), [Longest(ModerationAction.REASON_MAX)])
