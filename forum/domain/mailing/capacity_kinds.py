"""What members are told of what they speak as: a part of the table in `kinds.py`."""

from typing import Any

from forum.domain.mailing.kind import Kind
from forum.infra.i18n import lazy
from forum.models.mail import Lane

_ITS_OWNER = lazy("The member whose capacity it is")


def _of_capacity(what: str, label: Any) -> Kind:
    name = f"capacity_{what}"
    return Kind(name, label, (f"capacity.{what}",), _ITS_OWNER, letters=(name,))


CAPACITIES = (
    _of_capacity("confirmed", lazy("What you speak as is confirmed")),
    _of_capacity("refused", lazy("What you speak as was not confirmed")),
    _of_capacity("ended", lazy("What you speak as was ended")),
    Kind(
        "still_right",
        lazy("Is what you speak as still right?"),
        (),
        _ITS_OWNER,
        stop="still_right",
        letters=("still_right",),
        lane=Lane.BULK,
        in_house=False,
    ),
)
