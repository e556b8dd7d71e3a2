"""What a member is told of a thread or a space, and how it reaches their mailbox."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from forum.infra.i18n import lazy
from forum.models.following import FollowLevel
from forum.models.subscriptions import Delivery
from forum.web.forms.fields import Unchosen, required


class FollowForm(FlaskForm):
    level = RadioField(
        lazy("What do you want to be told?"),
        choices=[
            SelectChoice(FollowLevel.ALL.value, lazy("Everything")),
            SelectChoice(FollowLevel.ANSWERS.value, lazy("Answers to me")),
            SelectChoice(FollowLevel.NOTHING.value, lazy("Nothing")),
        ],
        validators=[required(lazy("Choose what you want to be told."))],
    )


class FollowAndMailForm(FollowForm):
    delivery = RadioField(
        lazy("And by e-mail?"),
        choices=[
            SelectChoice("", lazy("As usual")),
            SelectChoice(Delivery.AT_ONCE.value, lazy("At once")),
            SelectChoice(Delivery.DIGEST.value, lazy("In the digest")),
            SelectChoice(Delivery.NOTHING.value, lazy("Not by e-mail")),
        ],
        validators=[Unchosen()],
    )
    weekly = BooleanField(lazy("Send me the digest, every week"))

    def chosen_delivery(self) -> Delivery | None:
        """Return what was chosen; None for as usual."""
        return Delivery(self.delivery.data) if self.delivery.data else None
