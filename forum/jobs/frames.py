"""Texts with holes: drawn once for everybody, and filled in for each reader.

What a frame is drawn from holds nothing that people wrote. What fills its holes is not looked at again, so that no name
or title can make one.
"""

import re
from collections.abc import Mapping

# Of the signs that have no meaning, and mean nothing to HTML either.
_HOLE = re.compile("\ue000([a-z_]+)\ue001")
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\xa0": "&nbsp;"})
_IN_ATTRIBUTE = str.maketrans({"&": "&amp;", '"': "&quot;", "\xa0": "&nbsp;"})


def hole(name: str) -> str:
    """Return what stands in a text for what is filled in by that name: lower-case letters and underscores."""
    return f"\ue000{name}\ue001"


class Frame:
    """A text that was drawn with holes."""

    def __init__(self, drawn: str) -> None:
        self._pieces = _HOLE.split(drawn)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return it with these values as they are; KeyError for a hole without one."""
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)


def in_text(words: str) -> str:
    """Return words for the HTML of a frame, as the parser that inlined its styles writes them."""
    return words.translate(_IN_TEXT)


def in_attribute(address: str) -> str:
    """Return an address for an attribute in the HTML of a frame."""
    return address.translate(_IN_ATTRIBUTE)
