"""What moderators fill in who take words away, or give a thread another title."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from forum.domain.moderation.shortened import WORDS_MAX
from forum.infra.i18n import lazy
from forum.models.moderation import ModerationAction
from forum.models.sealing import SealingObjection
from forum.models.threads import Post, Thread
from forum.web.forms.fields import Longest
from forum.web.forms.house_rules import GroundedForm

_WHY = lazy("Say why: the author reads it.")


class DeletionForm(GroundedForm):
    reason = StringField(lazy("Reason"), [Longest(Post.HIDDEN_REASON_MAX, missing=_WHY)])


class LeavingOutForm(GroundedForm):
    words = StringField(
        lazy("Words that must go"),
        [Longest(WORDS_MAX, missing=lazy("Type what must go, two characters at least."))],
    )
    reason = StringField(lazy("Reason"), [Longest(Post.HIDDEN_REASON_MAX, missing=_WHY)])


class TitleForm(FlaskForm):
    title = StringField(lazy("Title"), [Longest(Thread.TITLE_MAX, missing=lazy("Choose a title."))])
    reason = StringField(lazy("Reason"), [Longest(ModerationAction.REASON_MAX, missing=_WHY)])


class LeftOutObjectionForm(FlaskForm):
    words = TextAreaField(
        lazy("Why should the words not have been left out?"),
        [
            Longest(
                SealingObjection.WORDS_MAX,
                "paragraphs",
                missing=lazy("Say why the words should not have been left out."),
            )
        ],
    )


class StaysLeftOutForm(GroundedForm):
    answer = StringField(lazy("Why the words stay out"), [Longest(SealingObjection.ANSWER_MAX, missing=_WHY)])
