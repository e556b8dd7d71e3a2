"""How the pages name what reports are about: the city of a lesson, and how many of each outcome there are."""

from collections.abc import Iterable, Mapping

from forum.domain.themes import labels
from forum.infra.i18n import _, join_words, ngettext
from forum.web import ring


def city_of(cities: Iterable[str], *, hidden: bool) -> str:
    """Return how the city that a lesson comes from is called in a sentence; "" where nothing may lead to it."""
    if hidden:
        return ""
    names = ring.names_of(cities)
    return names[0] if len(names) == 1 else _("the city of the lesson")


def spoke(code: str) -> str:
    """Return what a city answered to whether it spoke with that of the lesson."""
    return str(labels.SPOKE[code])


def advice(code: str) -> str:
    """Return what it answered to whether it would advise the lesson."""
    return str(labels.ADVICE[code])


def counts(by_outcome: Mapping[str, int]) -> str:
    """Return how often a lesson was reported on with each outcome: "worked 2 times, still running once"."""
    return join_words([_count(outcome, number) for outcome, number in by_outcome.items()])


def _count(outcome: str, num: int) -> str:
    if outcome == "worked":
        return ngettext("worked once", "worked %(num)d times", num)
    if outcome == "adapted":
        return ngettext("worked with changes once", "worked with changes %(num)d times", num)
    if outcome == "running":
        return ngettext("running once", "running %(num)d times", num)
    if outcome == "failed":
        return ngettext("did not work once", "did not work %(num)d times", num)
    if outcome == "not_done":
        return ngettext("considered and not done once", "considered and not done %(num)d times", num)
    return ngettext("worked in part once", "worked in part %(num)d times", num)
