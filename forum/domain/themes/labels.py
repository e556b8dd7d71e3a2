"""The names of coded values in the reader's language: needs, axes, outcomes, stances, levels, bodies, roles."""

from collections.abc import Mapping
from typing import Any

from forum.infra.i18n import _, lazy
from forum.models.accounts import Body, Capacity, Level
from forum.models.cities import BY_CODE
from forum.models.lessons import Confidence
from forum.models.spaces import Audience, Role, SpaceKind
from forum.models.subscriptions import Frequency
from forum.models.themes import Axis, Need
from forum.models.threads import Outcome, PostKind

NEEDS: Mapping[str, Any] = {
    Need.FACTS: lazy("Facts"),
    Need.STORIES: lazy("Stories"),
    Need.DISCUSSION: lazy("Discussion"),
    Need.ACTION: lazy("Action"),
}
NEED_QUESTIONS: Mapping[str, Any] = {
    Need.FACTS: lazy("What happens in cities?"),
    Need.STORIES: lazy("How is it done, what works and what does not?"),
    Need.DISCUSSION: lazy("Why this way? Should it be different?"),
    Need.ACTION: lazy("What do we do with it?"),
}
AXES: Mapping[str, Any] = {
    Axis.STRATEGY: lazy("Glocal strategy"),
    Axis.COHERENCE: lazy("Spatial coherence"),
    Axis.DENSITY: lazy("Quality of density"),
    Axis.INNOVATION: lazy("Power to innovate and create"),
    Axis.DIVERSITY: lazy("Identity out of diversity"),
    Axis.SOLIDARITY: lazy("City of solidarity"),
}
OUTCOMES: Mapping[str, Any] = {
    Outcome.WORKED: lazy("Worked"),
    Outcome.PARTLY: lazy("Worked in part"),
    Outcome.MIXED: lazy("Mixed"),
    Outcome.FAILED: lazy("Did not work"),
    Outcome.RUNNING: lazy("Still running"),
    Outcome.DISCUSSION: lazy("Stays a discussion"),
}
ADOPTION_OUTCOMES: Mapping[str, Any] = {
    "worked": lazy("Worked"),
    "adapted": lazy("Worked, adapted"),
    "partly": lazy("Worked in part"),
    "running": lazy("Still running"),
    "failed": lazy("Did not work"),
}
STANCES: Mapping[str, Any] = {
    "supports": lazy("Supports"),
    "nuances": lazy("Nuances"),
    "contradicts": lazy("Contradicts"),
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
    PostKind.CONSENT: lazy("Permission"),
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
CONFIDENCES: Mapping[str, Any] = {
    Confidence.LOW: lazy("low"),
    Confidence.FAIR: lazy("fair"),
    Confidence.HIGH: lazy("high"),
}
FREQUENCIES: Mapping[str, Any] = {
    Frequency.DAILY: lazy("Every day"),
    Frequency.WEEKLY: lazy("Every week"),
    Frequency.MONTHLY: lazy("Every month"),
    Frequency.NEVER: lazy("Never"),
}


def city_name(code: str) -> str:
    """Return the name of a city by its code; for an unknown code the code itself."""
    city = BY_CODE.get(code)
    return city.name if city else code


def organisation(capacity: Capacity) -> str:
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
