"""The names of coded values in the reader's language: needs, axes, outcomes, stances, levels, bodies, roles.

Which needs and axes there are, and in which order, stands here; what they are called stands in rows that may change.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from forum.domain.lines import clean_line
from forum.domain.themes import label_rows
from forum.infra.i18n import LOCALES, _, lazily, lazy
from forum.infra.recognisable import Kind
from forum.infra.rows import upsert
from forum.models.accounts import Body, Level
from forum.models.cities import BY_CODE
from forum.models.external_sources import SourceKind
from forum.models.lessons import Confidence
from forum.models.responses import ResponseKind
from forum.models.reviewing import Reply
from forum.models.spaces import Audience, Role, SpaceKind
from forum.models.subscriptions import Delivery, Frequency
from forum.models.themes import NO_AXIS, Axis, Label, LabelKind, Need
from forum.models.threads import Outcome, PostKind
from forum.policy.errors import NotFound


def _out_of_rows(kind: LabelKind, part: str, otherwise: Mapping[Any, Any]) -> Mapping[str, Any]:
    """The codes of `otherwise`, in its order, each with the words of its row; without a row it keeps those given."""
    return {code: lazily(_words, kind, code, part, words) for code, words in otherwise.items()}


def _words(kind: LabelKind, code: str, part: str, otherwise: Any) -> str:
    row = label_rows.words(kind, code)
    return str(otherwise if row is None else getattr(row, part))


NEEDS: Mapping[str, Any] = _out_of_rows(
    LabelKind.NEED,
    "name",
    {
        Need.FACTS: lazy("Facts"),
        Need.STORIES: lazy("Stories"),
        Need.DISCUSSION: lazy("Discussion"),
        Need.ACTION: lazy("Action"),
    },
)
NEED_QUESTIONS: Mapping[str, Any] = _out_of_rows(
    LabelKind.NEED,
    "sentence",
    {
        Need.FACTS: lazy("What happens in cities?"),
        Need.STORIES: lazy("How is it done, what works and what does not?"),
        Need.DISCUSSION: lazy("Why this way? Should it be different?"),
        Need.ACTION: lazy("What do we do with it?"),
    },
)
AXES: Mapping[str, Any] = _out_of_rows(
    LabelKind.AXIS,
    "name",
    {
        Axis.STRATEGY: lazy("Glocal strategy"),
        Axis.COHERENCE: lazy("Spatial coherence"),
        Axis.DENSITY: lazy("High-quality density"),
        Axis.INNOVATION: lazy("Innovation and creativity"),
        Axis.DIVERSITY: lazy("Identity through diversity"),
        Axis.SOLIDARITY: lazy("City of solidarity"),
    },
)
# What may be chosen for a thread.
AXES_OR_NONE: Mapping[str, Any] = {**AXES, NO_AXIS: lazy("I do not know yet")}
AXIS_SENTENCES: Mapping[str, Any] = _out_of_rows(
    LabelKind.AXIS,
    "sentence",
    {
        Axis.STRATEGY: lazy(
            "How a city responds to what happens in the world and still stays close to its own neighbourhoods."
        ),
        Axis.COHERENCE: lazy(
            "How a city and the places around it grow as one whole, with housing, green space and transport in step."
        ),
        Axis.DENSITY: lazy(
            "How people can live and work well close together, with enough room and green space for everyone."
        ),
        Axis.INNOVATION: lazy(
            "How a city makes room for new ideas and their makers, and tries new things itself."
        ),
        Axis.DIVERSITY: lazy(
            "How people of different backgrounds come to feel at home in their city together."
        ),
        Axis.SOLIDARITY: lazy(
            "How a city makes sure that everyone counts, has a say and gets what they need."
        ),
    },
)
# The names and the sentences of each kind.
LABELS = {LabelKind.AXIS: (AXES, AXIS_SENTENCES), LabelKind.NEED: (NEEDS, NEED_QUESTIONS)}
OUTCOMES: Mapping[str, Any] = {
    Outcome.WORKED: lazy("Worked"),
    Outcome.PARTLY: lazy("Worked in part"),
    Outcome.MIXED: lazy("Mixed"),
    Outcome.FAILED: lazy("Did not work"),
    Outcome.RUNNING: lazy("Still running"),
    Outcome.DISCUSSION: lazy("Stays a discussion"),
}
# A thread stays a discussion; what comes of it is a note.
LESSON_OUTCOMES: Mapping[str, Any] = {**OUTCOMES, Outcome.DISCUSSION: lazy("Discussion note")}
# To whom advice is given, by the column.
ADVICE_TO: Mapping[str, Any] = {
    "recommendation": lazy("For everyone"),
    "advice_field": lazy("For people who do the work"),
    "advice_head": lazy("For the head of service"),
    "advice_council": lazy("For the council"),
    "advice_government": lazy("For the Flemish government"),
}
SOURCE_KINDS: Mapping[str, Any] = {
    SourceKind.FIGURES: lazy("Figures"),
    SourceKind.REPORT: lazy("Report or study"),
    SourceKind.RULE: lazy("Regulation"),
    SourceKind.EXAMPLE: lazy("Example or project"),
    SourceKind.OTHER: lazy("Something else"),
}
ADOPTION_OUTCOMES: Mapping[str, Any] = {
    "worked": lazy("Worked"),
    "adapted": lazy("Worked with changes"),
    "partly": lazy("Worked in part"),
    "running": lazy("Still running"),
    "failed": lazy("Did not work"),
    "not_done": lazy("Considered and not done"),
}
SPOKE: Mapping[str, Any] = {
    "before": lazy("Yes, before we began"),
    "during": lazy("Yes, while we were at it"),
    "no": lazy("No"),
}
ADVICE: Mapping[str, Any] = {
    "yes": lazy("Yes"),
    "depends": lazy("It depends"),
    "no": lazy("No"),
}
STANCES: Mapping[str, Any] = {
    "supports": lazy("Supports"),
    "nuances": lazy("Adds nuance"),
    "contradicts": lazy("Contradicts"),
}
RESPONSES: Mapping[str, Any] = {
    ResponseKind.ALSO: lazy("With us too"),
    ResponseKind.DIFFERENT: lazy("With us it is different"),
    ResponseKind.APPLIED: lazy("We applied this"),
}
KINDS: Mapping[str, Any] = {
    PostKind.EXPERIENCE: lazy("Experience"),
    PostKind.QUESTION: lazy("Question"),
    PostKind.ADDITION: lazy("Addition"),
    PostKind.OBJECTION: lazy("Objection"),
    PostKind.CONDITION: lazy("Condition"),
    PostKind.PROPOSAL: lazy("Proposal"),
    PostKind.SOURCE: lazy("Source"),
    PostKind.APPLICATION: lazy("Applied it"),
    PostKind.CONSENT: lazy("Consent"),
    PostKind.ACTION: lazy("Action"),
    PostKind.MODERATION: lazy("From the moderator"),
}
LEVELS: Mapping[str, Any] = {
    Level.FIELD: lazy("field work"),
    Level.STAFF: lazy("staff"),
    Level.LEAD: lazy("management"),
    Level.POLITICS: lazy("elected office"),
}
BODIES: Mapping[str, Any] = {
    Body.CITY: lazy("city"),
    Body.OCMW: lazy("OCMW"),
    Body.ASSOCIATION: lazy("association"),
    Body.COMPANY: lazy("city company"),
    Body.CITIZENS: lazy("citizens' initiative"),
    Body.ACADEMIC: lazy("academic"),
    Body.GOVERNMENT: lazy("other government"),
    Body.NETWORK: lazy("network"),
}
ROLES: Mapping[str, Any] = {
    Role.GUEST: lazy("guest"),
    Role.MEMBER: lazy("member"),
    Role.MODERATOR: lazy("moderator"),
}
SPACE_KINDS: Mapping[str, Any] = {
    SpaceKind.CITY: lazy("City"),
    SpaceKind.GROUP: lazy("Working group"),
    SpaceKind.NETWORK: lazy("Network"),
}
AUDIENCES: Mapping[str, Any] = {
    Audience.SPACE: lazy("Only this space"),
    Audience.NETWORK: lazy("The whole network"),
    Audience.PUBLIC: lazy("Everybody"),
}
TRACES: Mapping[str, Any] = {
    Kind.NATIONAL_NUMBER: lazy("a national number"),
    Kind.PHONE: lazy("a telephone number"),
    Kind.EMAIL: lazy("an e-mail address"),
    Kind.PLATE: lazy("a number plate"),
    Kind.BIRTH_DATE: lazy("a date of birth"),
    Kind.ADDRESS: lazy("an address"),
    Kind.NAME: lazy("a name"),
}
CONFIDENCES: Mapping[str, Any] = {
    Confidence.LOW: lazy("Not very certain"),
    Confidence.FAIR: lazy("Fairly certain"),
    Confidence.HIGH: lazy("Very certain"),
}
REPLIES: Mapping[str, Any] = {
    Reply.YES: lazy("Yes"),
    Reply.DOUBT: lazy("Doubt"),
    Reply.NO: lazy("No"),
}
REVIEW_PLACES: Mapping[str, Any] = {
    "title": lazy("the title"),
    "one_sentence": lazy("the one sentence"),
    "recommendation": lazy("what you can do"),
    "conditions": lazy("when it works"),
    "unknowns": lazy("what we do not know"),
    "alternative_reading": lazy("another reading"),
    "context": lazy("what happened"),
}
FREQUENCIES: Mapping[str, Any] = {
    Frequency.DAILY: lazy("Every day"),
    Frequency.WEEKLY: lazy("Every week"),
    Frequency.FORTNIGHTLY: lazy("Every two weeks"),
    Frequency.MONTHLY: lazy("Every month"),
    Frequency.NEVER: lazy("Never"),
}
DELIVERIES: Mapping[str, Any] = {
    Delivery.DIGEST: lazy("In the digest"),
    Delivery.AT_ONCE: lazy("At once"),
    Delivery.NOTHING: lazy("Nothing"),
}
WEEKDAYS: Mapping[int, Any] = {
    0: lazy("Monday"),
    1: lazy("Tuesday"),
    2: lazy("Wednesday"),
    3: lazy("Thursday"),
    4: lazy("Friday"),
    5: lazy("Saturday"),
    6: lazy("Sunday"),
}


def city_name(code: str) -> str:
    """Return the name of a city by its code; for an unknown code the code itself."""
    city = BY_CODE.get(code)
    return city.name if city else code


class WithBody(Protocol):
    """A capacity, or those columns of it that name an organisation."""

    @property
    def body(self) -> Body: ...

    @property
    def city(self) -> str | None: ...


def organisation(capacity: WithBody) -> str:
    """Return body and city: "city of Gent", "OCMW Antwerpen", "association in Leuven", "VGC Brussel", "network"."""
    if capacity.city is None:
        return str(BODIES[capacity.body])
    city = city_name(capacity.city)
    if capacity.body == Body.CITY:
        return _("city of %(city)s", city=city)
    place = BY_CODE.get(capacity.city)
    if capacity.body == Body.GOVERNMENT and place is not None and place.partner:
        return city  # the partner is a government of its own, and its name says so
    if capacity.body in {Body.OCMW, Body.COMPANY, Body.NETWORK}:
        return _("%(body)s %(city)s", body=BODIES[capacity.body], city=city)
    return _("%(body)s in %(city)s", body=BODIES[capacity.body], city=city)


def write(kind: str, code: str, locale: str, *, name: str, sentence: str) -> None:
    """Give an axis or a need other words in one language, for whoever runs the machine.

    NotFound when there is no such kind, code or language; Invalid at `name` or `sentence`.
    """
    if locale not in LOCALES or kind not in LABELS or code not in LABELS[LabelKind(kind)][0]:
        raise NotFound
    row = {
        "kind": LabelKind(kind),
        "code": code,
        "locale": locale,
        "name": clean_line(name, field="name", limit=Label.NAME_MAX, missing=_("Fill in a name.")),
        "sentence": clean_line(
            sentence, field="sentence", limit=Label.SENTENCE_MAX, missing=_("Fill in a sentence.")
        ),
    }
    upsert(Label, [row], keys=("kind", "code", "locale"))
    label_rows.forget_after_commit()
