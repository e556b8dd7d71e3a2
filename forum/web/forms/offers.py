"""What members say they may be asked, and what they seek."""

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from forum.domain.people.offers import Offer
from forum.domain.themes import tags
from forum.domain.themes.labels import AXES
from forum.infra.i18n import lazy
from forum.models.profiles import Profile
from forum.models.themes import Axis
from forum.web.forms.fields import Longest, accepted_by, accepted_tags, named


class OfferForm(FlaskForm):
    asks_1 = StringField(lazy("Ask me about"), validators=[Longest(Profile.LINE_MAX)])
    asks_2 = StringField(lazy("And about"), validators=[Longest(Profile.LINE_MAX)])
    asks_3 = StringField(lazy("And also about"), validators=[Longest(Profile.LINE_MAX)])
    tags = StringField(lazy("Tags"), validators=[Longest(tags.LESSON_LINE_MAX), accepted_by(accepted_tags)])
    axes = SelectMultipleField(
        lazy("Themes"),
        choices=named(AXES, Axis),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    seeks = StringField(lazy("What you look for yourself"), validators=[Longest(Profile.SEEKS_MAX)])

    @classmethod
    def filled(cls, offer: Offer) -> "OfferForm":
        """Return the form with what somebody said before."""
        lines = dict(zip(("asks_1", "asks_2", "asks_3"), offer.asks, strict=False))
        more = {"tags": ", ".join(offer.tags), "axes": offer.axes, "seeks": offer.seeks}
        return cls(formdata=None, data={**lines, **more})

    @property
    def asks(self) -> list[str]:
        """What they may be asked, line by line."""
        return [field.data or "" for field in (self.asks_1, self.asks_2, self.asks_3)]
