"""Reasons that moderators give, and what of their space may stand in mails."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forum.infra.i18n import lazy
from forum.models.moderation import ModerationAction
from forum.models.spaces import MailPolicy
from forum.models.threads import Post
from forum.web.forms.fields import Longest
from forum.web.forms.house_rules import GroundedForm

USUAL = "usual"  # no choice of this space


class HidingForm(GroundedForm):
    reason = StringField(
        lazy("Reason"),
        [Longest(Post.HIDDEN_REASON_MAX, missing=lazy("Say why: the author reads it."))],
    )


class VersionForm(GroundedForm):
    reason = StringField(lazy("Reason"), [Longest(Post.HIDDEN_REASON_MAX, missing=lazy("Say why."))])


class LockForm(FlaskForm):
    reason = StringField(lazy("Reason"), [Longest(ModerationAction.REASON_MAX)])


class MailPolicyForm(FlaskForm):
    policy = RadioField(
        lazy("What may stand in an e-mail?"),
        choices=[
            SelectChoice(USUAL, lazy("As usual in the network")),
            SelectChoice(MailPolicy.FULL.value, lazy("The whole post")),
            SelectChoice(MailPolicy.EXCERPT.value, lazy("The first words")),
            SelectChoice(
                MailPolicy.TITLE.value, lazy("Only the name of the writer and the title of the thread")
            ),
            SelectChoice(MailPolicy.LINK.value, lazy("Only that there is something new")),
        ],
        validators=[InputRequired(lazy("Choose what may stand in an e-mail."))],
    )

    def chosen(self) -> MailPolicy | None:
        """Return the policy, None for as usual."""
        return None if self.policy.data == USUAL else MailPolicy(self.policy.data)
