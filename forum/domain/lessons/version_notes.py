"""What stands beside a version in the list of versions: words of its makers, or of ours in the reader's language."""

from functools import cache

from forum.infra import i18n
from forum.infra.i18n import _

TAKEN_OUT = "An excerpt was taken out."  # stored so; earlier in the language of the forum


def shown(note: str, *, hidden: bool) -> str:
    """Return a stored note for the reader: what we wrote in their language, what a maker wrote as it is.

    Nothing where it is hidden from them.
    """
    if hidden:
        return ""
    return _taken_out() if note == TAKEN_OUT or note in _taken_out_in_all() else note


def _taken_out() -> str:
    return _("An excerpt was taken out.")


@cache
def _taken_out_in_all() -> frozenset[str]:
    found = set()
    for locale in i18n.LOCALES:
        with i18n.force_locale(locale):
            found.add(_taken_out())
    return frozenset(found)
