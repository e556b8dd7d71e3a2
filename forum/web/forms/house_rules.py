"""Writing house rules, and choosing the one on which an act rests."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forum.domain.house_rules import grounds, parsing
from forum.domain.house_rules.publishing import Text
from forum.infra import text
from forum.infra.i18n import lazy
from forum.models.house_rules import RulesVersion
from forum.web.forms.careful import CarefulForm
from forum.web.forms.fields import Longest, accepted_by


class RulesForm(CarefulForm):
    """`seen`: the version on which it is written."""

    body = TextAreaField(
        lazy("Introduction and rules"),
        [
            Longest(RulesVersion.BODY_MAX, "post", missing=lazy("Write something first.")),
            accepted_by(parsing.check),
        ],
    )
    changed = StringField(lazy("What is different in it?"), [Longest(RulesVersion.CHANGED_MAX)])
    seen = IntegerField(validators=[InputRequired()], widget=HiddenField.widget)

    def text(self) -> Text:
        """Return what was typed."""
        return Text(text.typed(self.body.data or ""), self.changed.data or "")


class GroundedForm(FlaskForm):
    """A form with a reason, and the house rule on which that rests; `offer_rules` says which there are."""

    # What is wrong with it the verb says: which rules are in force is its to know.
    rule = SelectField(lazy("House rule on which it rests"), validate_choice=False, choices=[], default="")

    def offer_rules(self, space_id: int) -> None:
        """Offer the rules in force in a space; nothing is asked where there are none.

        Where a reason lacks, a rule does too: both are said at once.
        """
        self.rule.choices = rules_to_choose(grounds.choices(space_id))
        why: Any = self._fields.get("reason") or self._fields["answer"]
        if self.rule.choices and why.errors and not (why.data or "").strip() and not self.rule.data:
            self.rule.errors = [str(grounds.NOT_CHOSEN)]
            # Said last, as it stands on the page.
            self._fields["rule"] = self._fields.pop("rule")

    @property
    def chosen_rule(self) -> str:
        """What was chosen, as verbs get it."""
        return self.rule.data or ""


def rules_to_choose(rules: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    """Return the choices of a field for these rules, with another reason as the last one; none for none."""
    if not rules:
        return []
    first = SelectChoice("", lazy("Choose one"))
    other = SelectChoice(grounds.OTHER, lazy("Another reason: I say which"))
    return [first, *(SelectChoice(value, name) for value, name in rules), other]
