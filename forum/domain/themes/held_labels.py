"""Why a post waits, in words."""

from collections.abc import Mapping
from typing import Any

from forum.infra.i18n import lazy
from forum.models.held import HeldBecause

BECAUSE: Mapping[HeldBecause, Any] = {
    HeldBecause.WORD: lazy("It has a word that is watched for."),
    HeldBecause.EVERYBODY: lazy("Everybody's posts wait in this space for now."),
    HeldBecause.GUEST: lazy("Its author is a guest here."),
    HeldBecause.NEWCOMER: lazy("No post of its author stands in this space yet."),
    HeldBecause.PERSON: lazy("Moderators of this space look at all that its author writes here."),
    HeldBecause.LINK: lazy("It is the first post of its author here with a link."),
}
