"""Names in the order of a dictionary, the same on both databases: the key that a table keeps beside a name."""

import re
import unicodedata
from functools import lru_cache

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates

from forum.infra.words import composed

LONGEST = 200
# By code point on both: SQLite compares bytes anyway, PostgreSQL would use the language of its server.
KEY_TYPE = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")
# Letters with a sign that Unicode does not part from them.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "þ": "th", "ı": "i"}
)
_DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=4096)
def sort_key(name: str) -> str:
    """Return the text by whose code points a name is sorted: without accents, capitals and signs; ties by the name.

    Numbers are sorted by what they amount to: Wijk 2, Wijk 10.
    """
    parted = composed(name, "NFKD").casefold().translate(_PLAIN)
    letters = (_letter(sign) for sign in parted if not unicodedata.combining(sign))
    words = _DIGITS.sub(_number, " ".join("".join(letters).split()))
    return f"{words[: LONGEST // 2]}\t{name}"[:LONGEST]


def _letter(sign: str) -> str:
    return sign if unicodedata.category(sign)[0] in "LMN" else " "


def _number(digits: re.Match[str]) -> str:
    # Of more digits than a key has room for Python makes no number.
    number = str(int(digits[0][:LONGEST]))
    return f"{len(number):02d}{number}"


class SortedByName:
    """A table with a `name` keeps its sort key; what writes rows past the model fills in both."""

    sort_key: Mapped[str] = mapped_column(KEY_TYPE)

    @validates("name")
    def _keep_sort_key(self, _attribute: str, name: str) -> str:
        self.sort_key = sort_key(name)
        return name
