"""Bringing counter-evidence against a claim, replying to it, and the sentences of moderators."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from forum.domain.lessons import report_words
from forum.infra.i18n import lazy
from forum.models.disputes import CounterEvidence, EvidenceReply
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, Unchosen


class EvidenceForm(CarefulForm):
    """The claims that can be chosen are those of the lesson; the view fills them in."""

    looked_at = ("words",)

    claim = RadioField(
        lazy("Which claim does it contradict?"), [Unchosen()], coerce=str, validate_choice=False
    )
    words = TextAreaField(
        lazy("What contradicts it, in your own words?"), [Longest(CounterEvidence.WORDS_MAX, "paragraphs")]
    )
    post = StringField(
        lazy("Does it stand in a post here? The address of that post"), [Longest(report_words.ADDRESS_MAX)]
    )
    with_report = BooleanField(lazy("It is in what I reported on this lesson"))


class ReplyForm(CarefulForm):
    looked_at = ("words",)

    words = TextAreaField(lazy("Your reply"), [Longest(EvidenceReply.WORDS_MAX, "paragraphs")])


class SentenceForm(FlaskForm):
    """A sentence of a moderator: why not, how it ended, or what the next version does with it."""

    reason = StringField(lazy("Reason"), [Longest(CounterEvidence.REASON_MAX)])
