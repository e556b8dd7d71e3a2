"""Forms of somebody's own settings."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from forum.infra.i18n import lazy
from forum.models.accounts import Member
from forum.web.forms.fields import Longest, required, short_enough_password
from forum.web.forms.invitations import LANGUAGES
from forum.web.forms.people import CapacityFields, FunctionField, new_password_field
from forum.web.http.current_user import available_zones


class ProfileForm(FlaskForm):
    name = StringField(
        lazy("Name"), validators=[Longest(Member.NAME_MAX, missing=lazy("Fill in your name."))]
    )
    locale = RadioField(lazy("Language"), choices=[*LANGUAGES, SelectChoice("", lazy("As in my browser"))])
    timezone = SelectField(lazy("Time zone"))
    theme = RadioField(
        lazy("Light or dark"),
        choices=[
            SelectChoice("light", lazy("Light")),
            SelectChoice("dark", lazy("Dark")),
            SelectChoice("", lazy("As on my device")),
        ],
    )

    def __init__(self, own_zone: str, **values: Any) -> None:
        super().__init__(**values)
        zones = {name for name in available_zones() if name.startswith("Europe/")} | {own_zone}
        self.timezone.choices = [SelectChoice(name, name.replace("_", " ")) for name in sorted(zones)]


class CapacityForm(CapacityFields):
    starts_on = DateField(lazy("Since"), validators=[required(lazy("Choose the first day."))])


class WordsForm(FunctionField):
    """What somebody does, in other words; there is one for each capacity on the page."""

    def __init__(self, capacity_id: int, **values: Any) -> None:
        super().__init__(**values)
        self.function.id = f"function-{capacity_id}"


class PasswordForm(FlaskForm):
    current = PasswordField(
        lazy("Current password"),
        validators=[required(lazy("Fill in your current password.")), short_enough_password],
    )
    password = new_password_field()
