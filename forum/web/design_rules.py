"""What the page of the look shows of house rules: choosing the one on which an act rests, and naming it afterwards."""

from typing import Any

from forum.domain.audit.resting import Rule
from forum.web.forms.house_rules import GroundedForm, rules_to_choose

RULE = Rule(1, "Niemand is herkenbaar", "Schrijf niet over klanten of buurtbewoners.", 1)


def samples() -> dict[str, Any]:
    """Return a form in which a rule is chosen, and that rule."""
    form = GroundedForm(formdata=None, prefix="grounded")
    form.rule.choices = rules_to_choose([("1", f"{RULE.number}. {RULE.heading}")])
    return {"grounded": form, "rule": RULE}
