"""Forms of somebody's own settings."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from forum.infra import zones
from forum.infra.i18n import lazy
from forum.infra.sort_keys import sort_key
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

    shortcuts = BooleanField(lazy("Single keys on a thread: j, k, r and ?"))

    def __init__(self, own_zone: str, **values: Any) -> None:
        super().__init__(**values)
        known = [name for name in available_zones() if name.startswith("Europe/")]
        # Several names may mean the same city and clock: one of them is enough, their own if it is among them.
        by_words = {zones.zone_name(name): name for name in (*sorted(known, reverse=True), own_zone)}
        in_order = sorted(by_words.items(), key=lambda row: sort_key(row[0]))
        self.timezone.choices = [SelectChoice(name, words) for words, name in in_order]


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
