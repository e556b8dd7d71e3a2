"""Reporting a post, settling what was reported, objecting to a hidden post, and naming a deputy."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField

from forum.domain.moderation.settling import CHOSEN, Verdict
from forum.domain.themes.report_labels import OUTCOMES, REASONS
from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.models.post_reports import (
    PostObjection,
    PostReport,
    PostSettlement,
    ReportOutcome,
)
from forum.web.forms.fields import Longest, named, required
from forum.web.forms.house_rules import GroundedForm


class PostReportForm(FlaskForm):
    reason = RadioField(
        lazy("What is wrong with it?"), [required(lazy("Choose a reason."))], choices=named(REASONS)
    )
    words = TextAreaField(lazy("In your own words"), [Longest(PostReport.WORDS_MAX, "paragraphs")])


class SettlingForm(GroundedForm):
    """The outcome is the button that somebody presses."""

    outcome = RadioField(
        lazy("What happens with it?"),
        [required(lazy("Choose what happens with it."))],
        choices=named(OUTCOMES, CHOSEN),
    )
    reason = StringField(lazy("Reason"), [Longest(PostSettlement.REASON_MAX)])
    answer = StringField(
        lazy("A sentence for the person who reported it"), [Longest(PostSettlement.REASON_MAX)]
    )

    def verdict(self) -> Verdict:
        """Return what was decided."""
        outcome = ReportOutcome(self.outcome.data)
        return Verdict(outcome, self.reason.data or "", self.answer.data or "", self.chosen_rule)


class PostObjectionForm(FlaskForm):
    words = TextAreaField(
        lazy("Why should it be shown again?"),
        [Longest(PostObjection.WORDS_MAX, "paragraphs", missing=lazy("Say why you do not agree."))],
    )


class StaysHiddenForm(GroundedForm):
    answer = StringField(
        lazy("Why it stays hidden"),
        [Longest(PostObjection.ANSWER_MAX, missing=lazy("Say why: the author reads it."))],
    )


class DeputyForm(FlaskForm):
    handle = StringField(
        lazy("The @name of a member"),
        [
            Longest(
                Member.NAME_MAX, missing=lazy("Choose a full member of this space who does not moderate it.")
            )
        ],
    )
