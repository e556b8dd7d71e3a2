"""The answer of an author, and the question of whoever makes the lesson."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from forum.domain.consents import wording
from forum.domain.consents.passages import Passage, Wording
from forum.domain.lines import paragraphs
from forum.domain.themes import labels
from forum.infra.i18n import lazy
from forum.models.consents import ConsentAnswer, ConsentRequest
from forum.models.spaces import Audience
from forum.web.forms.fields import Longest

ANSWERS: Mapping[ConsentAnswer, Any] = {
    ConsentAnswer.NAME: lazy("Yes, with my name"),
    ConsentAnswer.FUNCTION: lazy("Yes, with my function"),
    ConsentAnswer.MASKED: lazy("Yes, masked"),
    ConsentAnswer.OTHER_WORDS: lazy("Yes, but in other words"),
    ConsentAnswer.NO: lazy("No"),
}
_OFFERED = {**ANSWERS, ConsentAnswer.MASKED: lazy("Yes, masked, as shown above")}  # where it is shown
OWN_ANSWERS = (ConsentAnswer.NAME, ConsentAnswer.FUNCTION, ConsentAnswer.MASKED)


class AnswerForm(FlaskForm):
    answer = RadioField(lazy("What do you answer?"), validate_choice=False)
    own_words = TextAreaField(lazy("Your own wording"), [Longest(ConsentRequest.OWN_WORDS_MAX, "paragraphs")])
    same_for = SelectMultipleField(
        lazy("Give the same answer for"),
        coerce=int,
        validate_choice=False,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = [(code.value, name) for code, name in _OFFERED.items()]
        self.same_for.choices = []


class PermissionForm(FlaskForm):
    audience = RadioField(lazy("Who will read this lesson?"), validate_choice=False)

    def offer(self, audiences: list[Audience]) -> None:
        """Offer the audiences that may be chosen."""
        self.audience.choices = [(one.value, labels.AUDIENCES[one]) for one in audiences]


def wordings(passages: list[Passage], sent: Mapping[str, str]) -> dict[int, Wording]:
    """Return how each passage is asked, out of the fields of a form; what was not sent is as proposed."""
    found = {}
    for passage in passages:
        number, start = passage.excerpt_id, passage.start()
        words = paragraphs(sent.get(f"words-{number}", start.words))
        whys = {
            change: sent.get(f"why-{number}-{place}") or passage.why(change)
            for place, change in enumerate(wording.changes(passage.said, words))
            if sent.get(f"was-{number}-{place}", change.was) == change.was
        }
        own = sent.get(f"own-{number}", "")
        found[number] = Wording(
            words,
            whys,
            sent.get(f"masked-{number}", start.as_masked),
            ConsentAnswer(own) if own in OWN_ANSWERS else None,
        )
    return found
