"""Reporting how a lesson went in another city, and foretelling what it will give."""

from typing import Any

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from forum.domain.lessons import report_words
from forum.domain.lessons.foretellings import Expected
from forum.domain.lessons.report_words import Answers
from forum.domain.themes import labels
from forum.infra.i18n import lazy
from forum.models.adoptions import AdoptionOutcome, AdoptionReport, Advice, Spoke
from forum.models.foretellings import Foretelling
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, Unchosen, named

_TEXT = [Longest(AdoptionReport.TEXT_MAX, "paragraphs")]
_SEALED = [Longest(Foretelling.TEXT_MAX, "paragraphs")]


def _text(label: Any) -> TextAreaField:
    return TextAreaField(label, _TEXT)


class ReportForm(CarefulForm):
    """What a report needs depends on its outcome, so the domain says what is missing."""

    looked_at = report_words.TEXTS

    outcome = RadioField(
        lazy("How did it go?"), [Unchosen()], choices=lambda: named(labels.ADOPTION_OUTCOMES, AdoptionOutcome)
    )
    city = SelectField(lazy("For which city do you report?"), [Unchosen()], validate_choice=False)
    what_was_done = _text(lazy("What did you do?"))
    what_came = _text(lazy("What happened, or why did you not do it?"))
    problem = _text(lazy("What was your own problem?"))
    what_changed = _text(lazy("What did you do differently?"))
    left_out = _text(lazy("What did you leave out?"))
    differs = _text(lazy("What is different with you?"))
    spoke = RadioField(
        lazy("Did you speak with the city that the lesson comes from?"),
        [Unchosen()],
        choices=lambda: named(labels.SPOKE, Spoke),
    )
    advice = RadioField(
        lazy("Would you advise it to others?"), [Unchosen()], choices=lambda: named(labels.ADVICE, Advice)
    )
    post = StringField(
        lazy("Did you write about it here? The address of that post"), [Longest(report_words.ADDRESS_MAX)]
    )

    def answers(self) -> Answers:
        """Return what was filled in."""
        texts = {name: self[name].data or "" for name in (*report_words.TEXTS, "post")}
        return Answers(**texts, **{name: self[name].data or "" for name in ("outcome", "spoke", "advice")})


class NewReportForm(ReportForm):
    """A first report, with which may be foretold what it will give."""

    looked_at = (*report_words.TEXTS, "expected", "stop_when")

    expected = TextAreaField(lazy("What do you expect of it?"), _SEALED)
    due_on = DateField(lazy("By when?"), [Optional()])
    stop_when = TextAreaField(lazy("What would make you stop?"), _SEALED)

    def foretold(self) -> Expected:
        """Return what was foretold, empty where nothing was."""
        return Expected(self.expected.data or "", self.due_on.data, self.stop_when.data or "")
