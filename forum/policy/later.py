"""A reader whose id is filled in when the query runs, so that a statement is built once for everybody who is signed in.

Building a statement costs more than asking the database; the rule of who may read is in it all the same.
"""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Integer, bindparam

from forum.policy.visibility import Reader

NAME = "reader_id"


@dataclass(frozen=True, slots=True)
class _Later:
    id: Any


def later(signed_in: bool) -> Reader | None:
    """The reader of a statement that is kept: run it with `values(reader)`."""
    return cast(Reader, _Later(bindparam(NAME, type_=Integer))) if signed_in else None


def values(reader: Reader | None) -> dict[str, Any]:
    """What to fill in for this reader."""
    return {NAME: reader.id} if reader is not None else {}
