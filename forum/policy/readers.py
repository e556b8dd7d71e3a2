"""The reader of a statement that is built once and kept: their id is filled in when it runs.

Building a statement costs more than asking the database. The rule of who may read is in it all the same.
"""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Integer, bindparam

from forum.policy.visibility import Reader

NAME = "reader_id"


@dataclass(frozen=True, slots=True)
class _ReaderParam:
    id: Any


def reader_param(signed_in: bool) -> Reader | None:
    """Return what stands for the reader in a kept statement (None: a visitor); run it with `reader_values(reader)`."""
    return cast(Reader, _ReaderParam(bindparam(NAME, type_=Integer))) if signed_in else None


def reader_values(reader: Reader | None) -> dict[str, Any]:
    """Return the parameters that fill in this reader, none for a visitor."""
    return {NAME: reader.id} if reader is not None else {}
