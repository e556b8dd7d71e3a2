"""The reader of a cached statement: the statement contains a parameter instead of their id.

Building a statement costs more than running it. A cached one contains the visibility rule all the same.
"""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Integer, bindparam

from forum.models.accounts import Member
from forum.policy.visibility import READER_ID, Reader


@dataclass(frozen=True, slots=True)
class _ReaderParam:
    id: Any


# The member of each row, in statements that join `Member`: the same rule for many members at once.
EACH_MEMBER = cast(Reader, _ReaderParam(Member.id))


def reader_param(signed_in: bool) -> Reader | None:
    """Return what stands for the reader in a cached statement (None: a visitor); it runs with `reader_values`."""
    return cast(Reader, _ReaderParam(bindparam(READER_ID, type_=Integer))) if signed_in else None


def reader_values(reader: Reader | None) -> dict[str, Any]:
    """Return the parameters for this reader; none for a visitor."""
    return {READER_ID: reader.id} if reader is not None else {}
