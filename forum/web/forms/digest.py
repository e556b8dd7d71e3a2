"""The digest: when, what stands in it, and how each space, theme, tag and thread reaches the mailbox."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forum.domain.digests.offers import Offers
from forum.domain.themes import tags
from forum.domain.themes.labels import AXES, DELIVERIES, FREQUENCIES, WEEKDAYS
from forum.infra.i18n import lazy
from forum.infra.paging import id_of
from forum.models.subscriptions import STRONGEST, Delivery, Frequency, LessonChoice
from forum.models.themes import Axis
from forum.web.forms.fields import Longest, accepted_by, named
from forum.web.forms.invitations import LANGUAGES

UNREAD, EVERYTHING = "unread", "everything"
OF_TAG = "tags_"  # before its id: the name of its field


class Row(NamedTuple):
    """One line with a choice of its own: a space, a theme, a tag or a thread. `unsaid`: what an empty choice says."""

    group: str
    key: int | Axis
    label: Any
    unsaid: Any = None

    @property
    def name(self) -> str:
        """The name of its field."""
        return f"{self.group}_{self.key}"


class DigestForm(FlaskForm):
    frequency = RadioField(
        lazy("How often?"),
        choices=named(FREQUENCIES, Frequency),
        validators=[InputRequired(lazy("Choose how often, or never."))],
    )
    weekday = SelectField(
        lazy("On which day?"), coerce=int, choices=[SelectChoice(*day) for day in WEEKDAYS.items()], default=0
    )
    hour = SelectField(
        lazy("At what hour?"),
        coerce=int,
        choices=[SelectChoice(hour, f"{hour}:00") for hour in range(24)],
        default=7,
    )
    locale = SelectField(
        lazy("In which language?"), choices=[SelectChoice("", lazy("My usual one")), *LANGUAGES]
    )
    only_unread = RadioField(
        lazy("What you have read already"),
        choices=[
            SelectChoice(UNREAD, lazy("Leave it out")),
            SelectChoice(EVERYTHING, lazy("Include it too")),
        ],
        default=UNREAD,
    )
    lessons = RadioField(
        lazy("New and changed lessons"),
        choices=[
            SelectChoice(LessonChoice.ALL.value, lazy("All of them")),
            SelectChoice(LessonChoice.AXES.value, lazy("Those of my themes")),
            SelectChoice(LessonChoice.NONE.value, lazy("None")),
        ],
        default=LessonChoice.ALL.value,
    )
    elsewhere = RadioField(
        lazy("What you may read in other spaces"),
        choices=named(DELIVERIES, (Delivery.DIGEST, Delivery.NOTHING)),
        default=Delivery.DIGEST.value,
    )
    new_tags = StringField(
        lazy("Add tags"),
        validators=[Longest(tags.LINE_MAX), accepted_by(lambda line: tags.clean(tags.split(line)))],
    )
    new_tags_delivery = SelectField(
        lazy("How these tags reach you"), choices=named(DELIVERIES), default=Delivery.DIGEST.value
    )

    rows: Sequence[Row] = ()

    def of(self, group: str) -> list[Any]:
        """Return the fields of the rows of a group: own_spaces, spaces, axes, tags or threads."""
        return [self[row.name] for row in self.rows if row.group == group]

    def chosen(self, *groups: str, unless: Delivery | None = None) -> dict[Any, Delivery]:
        """Return what was chosen in the rows of these groups; what says nothing of its own is left out."""
        said = {row.key: self[row.name].data for row in self.rows if row.group in groups}
        return {key: Delivery(value) for key, value in said.items() if value and value != unless}

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed that differs from what it was filled with, and how often: enough to make the same form."""
        own = [field for field in self if field.name != "csrf_token"]
        return {one.name: one.data for one in own if one.name == "frequency" or one.data != one.object_data}


def digest_form(offers: Offers, values: dict[str, Any], **how: Any) -> DigestForm:
    """Return the form with a row for each space, theme, tag and thread that is offered, filled with `values`.

    `how` goes to the form as it is: `formdata`, `meta`.
    """
    rows = [*_rows(offers)]
    fields = {row.name: _field(row) for row in rows}
    form: Callable[..., DigestForm] = type("DigestFormOf", (DigestForm,), {**fields, "rows": rows})
    return form(**how, **values)


def with_present_tags(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return what was sent, where it is about tags that were merged since the form was drawn, about what these became.

    Of choices about several that are one by now the strongest.
    """
    ids = {name: id_of(name.removeprefix(OF_TAG)) for name in sent if name.startswith(OF_TAG)}
    today = tags.present(ids.values())
    said: dict[str, list[str]] = {}
    for name, tag_id in ids.items():
        said.setdefault(f"{OF_TAG}{today.get(tag_id, tag_id)}", []).append(sent[name])
    if said.keys() == ids.keys():
        return sent
    others = [(name, value) for name, value in sent.items(multi=True) if name not in ids]
    return MultiDict([*others, *((name, _strongest(values)) for name, values in said.items())])


def _strongest(values: list[str]) -> str:
    """Of choices as they were sent; an empty one gives way to any other, what is none goes first, to be refused."""
    order = ["", *reversed(STRONGEST)]
    return max(values, key=lambda value: order.index(value) if value in order else len(order))


def _rows(offers: Offers) -> Iterable[Row]:
    of_its_space = lazy("As its space")
    for space in offers.own_spaces:
        yield Row("own_spaces", space.id, space.name)
    for space in offers.other_spaces:
        yield Row("spaces", space.id, space.name, lazy("As the others"))
    for axis, name in AXES.items():
        yield Row("axes", Axis(axis), name, of_its_space)
    for tag in offers.tags:
        yield Row("tags", tag.id, tag.name, lazy("Remove this tag"))
    for thread in offers.threads:
        yield Row("threads", thread.id, thread.name, of_its_space)


def _field(row: Row) -> SelectField:
    choices = named(DELIVERIES)
    if row.unsaid is not None:
        choices.insert(0, SelectChoice("", row.unsaid))
    otherwise = "" if row.unsaid is not None else Delivery.DIGEST.value
    return SelectField(row.label, choices=choices, default=otherwise)
