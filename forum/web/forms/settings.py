"""Forms of somebody's own settings."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from forum.infra import clock, i18n, zones
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

    shortcuts = BooleanField(
        lazy("Single keys: / searches; on a thread j, k, r and ?; on the workbench 1, 2, 3, n, [ and ]")
    )

    def __init__(self, own_zone: str, **values: Any) -> None:
        super().__init__(**values)
        # Several names may mean the same city and clock: one of them is enough, their own if it is among them.
        by_words = {**_european(i18n.locale(), clock.now().replace(minute=0, second=0, microsecond=0))}
        is_further = (own_words := zones.zone_name(own_zone)) not in by_words
        by_words[own_words] = own_zone
        in_order = sorted(by_words, key=sort_key) if is_further else by_words
        self.timezone.choices = [SelectChoice(by_words[words], words) for words in in_order]


@lru_cache(maxsize=2 * len(i18n.LOCALES))
def _european(_locale: str, _hour: datetime) -> dict[str, str]:
    """The time zones of Europe by what they are called at this hour, in order; clocks change on the hour."""
    known = sorted((name for name in available_zones() if name.startswith("Europe/")), reverse=True)
    by_words = {zones.zone_name(name): name for name in known}
    return {words: by_words[words] for words in sorted(by_words, key=sort_key)}


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
