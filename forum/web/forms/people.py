"""The fields in which somebody says who she is; several forms share them."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from forum.domain.themes.labels import BODIES, LEVELS
from forum.infra.i18n import lazy
from forum.models.accounts import Body, Level
from forum.models.cities import CITIES

NO_CITY = "network"


def named(names: Any, codes: Any = None) -> list[SelectChoice]:
    """Choices out of coded words, in the order of `codes`."""
    return [SelectChoice(code.value, names[code]) for code in codes or names]


def filled(message: Any) -> InputRequired:
    """The field may not stay empty."""
    return InputRequired(message)


def longest(limit: int) -> Length:
    """The field takes at most that many characters."""
    return Length(max=limit, message=lazy("Use at most %(max)d characters."))


def email_field() -> EmailField:
    """The address at work."""
    return EmailField(
        lazy("E-mail address at work"),
        validators=[filled(lazy("Fill in your e-mail address.")), longest(254)],
    )


def new_password_field() -> PasswordField:
    """A password that is chosen here."""
    return PasswordField(lazy("New password"), validators=[filled(lazy("Choose a password.")), longest(256)])


class CapacityFields(FlaskForm):
    function = StringField(
        lazy("What do you do?"), validators=[filled(lazy("Say what you do, in a word or two.")), longest(100)]
    )
    level = SelectField(lazy("At what level?"), choices=named(LEVELS, Level))
    body = SelectField(lazy("For what kind of organisation?"), choices=named(BODIES, Body))
    city = SelectField(
        lazy("For which city?"),
        validators=[filled(lazy("Choose your city, or the network."))],
        choices=[
            SelectChoice("", lazy("Choose a city")),
            *(SelectChoice(city.code, city.name) for city in sorted(CITIES, key=lambda city: city.name)),
            SelectChoice(NO_CITY, lazy("No city: for the network")),
        ],
    )

    def capacity(self) -> dict[str, Any]:
        """What was filled in, as the verbs take it."""
        return {
            "function": self.function.data,
            "level": Level(self.level.data),
            "body": Body(self.body.data),
            "city": None if self.city.data == NO_CITY else self.city.data,
        }
