"""What a moderator hands over, and to whom: a form for what is theirs, one for what was left behind, in each space."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from forum.domain.handovers import offers
from forum.domain.handovers.holdings import Holding, SpaceHoldings
from forum.infra.i18n import _, lazy
from forum.infra.paging import LARGEST
from forum.policy.actors import Actor
from forum.web.forms.fields import required

OWN, LEFT = "own", "left"
DIGITS = len(str(LARGEST))
APART = "-"  # between the kind of a piece and its id


class OfferForm(FlaskForm):
    space = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST)], widget=HiddenField.widget)
    group = RadioField(choices=[OWN, LEFT], widget=HiddenField.widget)
    # The domain says what of it can be handed over, and to whom.
    pieces = SelectMultipleField(
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
        """Draw it for one group of pieces of a space, with everything chosen that is not offered yet.

        At most what one offer takes.
        """
        pieces = space.own if group == OWN else space.left
        waiting = [name_of(one) for one in pieces if one.offer_id is None][: offers.MOST]
        self.pieces.choices = [SelectChoice(name, name) for name in waiting]
        myself = [SelectChoice(actor.id, _("I take it over myself"))] if group == LEFT else []
        self.successor.choices = [*myself, *(SelectChoice(*one) for one in space.successors)]
        if self.space.data is None:
            self.space.data, self.group.data, self.pieces.data = space.id, group, waiting
        for field in self:
            if field.name != "csrf_token":
                field.id = f"{field.name}-{group}-{space.id}"  # one of many such forms on the page
        return self

    def named_pieces(self) -> list[tuple[str, int]]:
        """Return what was chosen; what is no piece at all gets the id of none, which nobody holds."""
        parts = ((each.partition(APART)[0], each.partition(APART)[2]) for each in self.pieces.data or ())
        return [(kind, _id_in(number)) for kind, number in parts]


def _id_in(typed: str) -> int:
    """The number that was sent; 0, which no row has, for what no id can be."""
    number = int(typed) if typed.isdecimal() and len(typed) <= DIGITS else 0
    return number if number <= LARGEST else 0


def name_of(one: Holding) -> str:
    """Return the value of the box of a piece."""
    return f"{one.kind}{APART}{one.piece_id}"
