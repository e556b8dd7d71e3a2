"""How a digest says how many of a kind wait, and the page where that is done."""

from collections.abc import Callable, Mapping

from forum.infra.i18n import ngettext

# How many, and in which space, where it waits in one.
WORDS: Mapping[str, Callable[[int, str], str]] = {
    "questions": lambda num, _space: ngettext(
        "%(num)d question about your text waits for your answer",
        "%(num)d questions about your text wait for your answer",
        num,
    ),
    "reviews": lambda num, _space: ngettext(
        "%(num)d lesson waits for your check", "%(num)d lessons wait for your check", num
    ),
    "came_back": lambda num, _space: ngettext(
        "%(num)d lesson that you make is back with you",
        "%(num)d lessons that you make are back with you",
        num,
    ),
    "closed_rounds": lambda num, _space: ngettext(
        "%(num)d question to authors is closed: see what came of it",
        "%(num)d questions to authors are closed: see what came of them",
        num,
    ),
    "weakened": lambda num, _space: ngettext(
        "%(num)d lesson has a claim without excerpts", "%(num)d lessons have a claim without excerpts", num
    ),
    "to_confirm": lambda num, _space: ngettext(
        "%(num)d lesson can be confirmed", "%(num)d lessons can be confirmed", num
    ),
    "join_requests": lambda num, space: ngettext(
        "%(num)d person asks to join %(space)s", "%(num)d people ask to join %(space)s", num, space=space
    ),
    "more_join_requests": lambda num, _space: ngettext(
        "%(num)d person asks to join another space of yours",
        "%(num)d people ask to join other spaces of yours",
        num,
    ),
    "capacities": lambda num, space: ngettext(
        "%(num)d capacity waits to be confirmed in %(space)s",
        "%(num)d capacities wait to be confirmed in %(space)s",
        num,
        space=space,
    ),
    "more_capacities": lambda num, _space: ngettext(
        "%(num)d capacity waits to be confirmed in another space of yours",
        "%(num)d capacities wait to be confirmed in other spaces of yours",
        num,
    ),
    "capacities_anywhere": lambda num, _space: ngettext(
        "%(num)d capacity waits that no space can confirm",
        "%(num)d capacities wait that no space can confirm",
        num,
    ),
    "themes": lambda num, space: ngettext(
        "%(num)d thread in %(space)s has no theme yet",
        "%(num)d threads in %(space)s have no theme yet",
        num,
        space=space,
    ),
    "more_themes": lambda num, _space: ngettext(
        "%(num)d thread in another space of yours has no theme yet",
        "%(num)d threads in other spaces of yours have no theme yet",
        num,
    ),
    "refused": lambda num, _space: ngettext(
        "%(num)d capacity of yours was not confirmed", "%(num)d capacities of yours were not confirmed", num
    ),
    "still_right": lambda num, _space: ngettext(
        "%(num)d capacity waits for you to say whether it is still right",
        "%(num)d capacities wait for you to say whether they are still right",
        num,
    ),
    "drafts": lambda num, _space: ngettext(
        "%(num)d draft of yours will be deleted soon",
        "%(num)d drafts of yours will be deleted soon",
        num,
    ),
}
# The page, and the part of it.
PAGES: Mapping[str, tuple[str, str]] = {
    "questions": ("consents.index", ""),
    "reviews": ("workbench.index", "#reviews"),
    "came_back": ("workbench.index", "#drafts"),
    "closed_rounds": ("workbench.index", "#closed"),
    "weakened": ("workbench.index", "#weakened"),
    "to_confirm": ("home.index", ""),
    "join_requests": ("members.index", "#requests"),
    "capacities": ("members.index", "#capacities"),
    "more_capacities": ("spaces.index", ""),
    "capacities_anywhere": ("capacities.index", ""),
    "themes": ("moderation.show", "#themes"),
    "more_themes": ("overview.index", ""),
    "refused": ("settings.profile", "#capacities"),
    "still_right": ("settings.profile", "#capacities"),
    "drafts": ("drafts.index", ""),
}
