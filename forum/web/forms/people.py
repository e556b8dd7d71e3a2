"""The fields in which somebody says who they are; several forms share them."""

from collections.abc import Iterator
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from forum.domain.themes.labels import BODIES, LEVELS
from forum.infra.i18n import lazy
from forum.infra.sort_keys import sort_key
from forum.models.accounts import Body, Capacity, Level, Member
from forum.models.cities import CITIES
from forum.web.forms.fields import Longest, named, required, short_enough_password

NO_CITY = "network"
WHO = ("name", "email")
CITY_CHOICES = [
    SelectChoice(city.code, city.name) for city in sorted(CITIES, key=lambda city: sort_key(city.name))
]


def email_field() -> EmailField:
    """Return the field of the address at work."""
    return EmailField(
        lazy("Work e-mail address"),
        validators=[required(lazy("Fill in your e-mail address.")), Longest(Member.EMAIL_MAX)],
    )


def new_password_field(label: Any = None) -> PasswordField:
    """Return the field of a password that is chosen here."""
    return PasswordField(
        label or lazy("New password"),
        validators=[required(lazy("Choose a password.")), short_enough_password],
    )


class FunctionField(FlaskForm):
    function = StringField(
        lazy("What do you do?"),
        validators=[Longest(Capacity.FUNCTION_MAX, missing=lazy("Say what you do, in a word or two."))],
    )


class CapacityFields(FunctionField):
    level = SelectField(lazy("At what level?"), choices=named(LEVELS, Level))
    body = SelectField(lazy("For what kind of organisation?"), choices=named(BODIES, Body))
    city = SelectField(
        lazy("For which city?"),
        validators=[required(lazy("Choose your city, or the network."))],
        choices=[
            SelectChoice("", lazy("Choose a city")),
            *CITY_CHOICES,
            SelectChoice(NO_CITY, lazy("No city: for the network")),
        ],
    )

    def __iter__(self) -> Iterator[Any]:
        """Return its fields in the order in which a page shows them: first who it is."""
        fields = list(super().__iter__())
        who = [field for field in fields if field.name in WHO]
        return iter(who + [field for field in fields if field not in who])

    def capacity(self) -> dict[str, Any]:
        """Return what was filled in, as keyword arguments of the verbs."""
        return {
            "function": self.function.data,
            "level": Level(self.level.data),
            "body": Body(self.body.data),
            "city": None if self.city.data == NO_CITY else self.city.data,
        }
