"""A paragraph about each axis: what people tell under it. The name and the one sentence before it are labels."""

from collections.abc import Mapping
from typing import Any

from forum.infra.i18n import lazy
from forum.models.themes import Axis

AXIS_PARAGRAPHS: Mapping[str, Any] = {
    Axis.STRATEGY: lazy(
        "Much of what reaches a city was decided elsewhere: by Europe, by a platform, by a war or a drought far away. "
        "It arrives as a question at a counter or as a change in one street. Under this theme people tell how their "
        "city deals with it: which rules it uses, what it does together with other cities, and where it goes its own "
        "way because its neighbourhoods ask for something else."
    ),
    Axis.COHERENCE: lazy(
        "A city does not end at its boundary, and a street does not end at the desk of one department. A new bus line "
        "changes where people can afford to live, a park changes where the rain runs to, a school changes who cycles "
        "past. Under this theme people tell how they look at such things together: across departments, with the "
        "neighbouring municipalities, and with those who live there."
    ),
    Axis.DENSITY: lazy(
        "Living close together can mean a shop around the corner and a neighbour who knows you. It can also mean "
        "noise, damp and nowhere to play. Under this theme people tell what makes the difference: renovating and "
        "dividing houses, filling empty buildings, building higher, sharing gardens and courtyards. It is also about "
        "who loses something by it, and how that was talked through."
    ),
    Axis.INNOVATION: lazy(
        "New ideas seldom come out of a plan. They come from a shopkeeper, a youth worker, a trainee who asks why. "
        "Under this theme people tell how their city gives such an idea room: an empty hall for a year, a rule that "
        "did not apply for once, a trial in one neighbourhood. Trials that stopped belong here as much as trials that "
        "others took up."
    ),
    Axis.DIVERSITY: lazy(
        "In our cities people from all over the world live next to each other, and next to families who have been "
        "there for generations. Under this theme people tell how that becomes one city: at the school gate, in a "
        "sports club, at a counter where nobody shares a language, at a party or a funeral. Where it grates is worth "
        "telling too."
    ),
    Axis.SOLIDARITY: lazy(
        "Rights on paper do not reach everybody by themselves. People leave envelopes closed, do not know that "
        "something exists, or have been sent away too often. Under this theme people tell how their city comes to "
        "them: who rings the bell, who fills in the form with them, who decides along. It is about housing, debts, "
        "care and work, and also about having a say."
    ),
}
