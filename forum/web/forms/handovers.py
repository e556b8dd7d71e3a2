"""What a moderator hands over, and to whom: a form for what is theirs, one for what was left behind, in each space."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from forum.domain.handovers.holdings import Holding, SpaceHoldings
from forum.domain.people import found_by
from forum.domain.people.directory import LONGEST
from forum.infra.i18n import _, lazy
from forum.infra.paging import LARGEST, id_of
from forum.policy.actors import Actor
from forum.web.forms.fields import Longest, required

OWN, LEFT = "own", "left"
APART = "-"  # between the kind of an item and its id


class FindSuccessorForm(FlaskForm):
    """By what name somebody looks for a successor, where a space has many moderators; stands in the address."""

    name = StringField(lazy("Find a successor by name"), validators=[Optional(), Longest(LONGEST)])

    def validate_name(self, field: StringField) -> None:
        """Refuse what fits too many names to be looked up."""
        if not found_by.asked(field.data or ""):
            raise ValidationError(_("Type at least two characters of a name."))


class OfferForm(FlaskForm):
    space = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST)], widget=HiddenField.widget)
    group = RadioField(choices=[OWN, LEFT], widget=HiddenField.widget)
    # The domain says what of it can be handed over, and to whom.
    items = SelectMultipleField(
        lazy("What"),
        validate_choice=False,
        choices=[],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    successor = SelectField(
        lazy("To whom"),
        coerce=lambda value: _id_in(str(value)),
        validate_choice=False,
        choices=[],
        validators=[required(lazy("Choose a moderator of this space."))],
    )

    def about(self, actor: Actor, space: SpaceHoldings, group: str) -> "OfferForm":
        """Draw it for one group of items of a space, with everything chosen that is not offered yet."""
        items = space.own if group == OWN else space.left
        waiting = [name_of(one) for one in items if one.offer_id is None]
        self.items.choices = [SelectChoice(name, name) for name in waiting]
        myself = [SelectChoice(actor.id, _("I take it over myself"))] if group == LEFT else []
        self.successor.choices = [*myself, *(SelectChoice(*one) for one in space.successors)]
        if self.space.data is None:
            self.space.data, self.group.data, self.items.data = space.id, group, waiting
        for field in self:
            if field.name != "csrf_token":
                field.id = f"{field.name}-{group}-{space.id}"  # one of many such forms on the page
        return self

    def named_items(self) -> list[tuple[str, int]]:
        """Return what was chosen; what is no item at all gets the id of none, which nobody holds."""
        parts = ((each.partition(APART)[0], each.partition(APART)[2]) for each in self.items.data or ())
        return [(kind, _id_in(number)) for kind, number in parts]


def _id_in(typed: str) -> int:
    """The number that was sent; 0, which no row has, for what no id can be."""
    return id_of(typed)


def name_of(one: Holding) -> str:
    """Return the value of the box of an item."""
    return f"{one.kind}{APART}{one.item_id}"
