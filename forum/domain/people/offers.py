"""What members say others may ask them, and what they seek themselves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, String, cast, delete, func, select

from forum.domain.lines import clean_line
from forum.domain.people import accounts, found_by
from forum.domain.themes import tags
from forum.infra import clock
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.in_lists import in_list
from forum.infra.rows import insert_new, upsert
from forum.infra.sort_keys import sort_key
from forum.infra.statements import cached, select_rows
from forum.models.profiles import Profile, ProfileAxis, ProfileTag
from forum.models.themes import Axis, Tag
from forum.policy.actors import Actor
from forum.policy.errors import Invalid


@dataclass(slots=True)
class Offer:
    """What somebody may be asked, about which tags and themes, and what they seek."""

    asks: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    axes: list[str] = field(default_factory=list)
    seeks: str = ""

    def __bool__(self) -> bool:
        return bool(self.asks or self.tags or self.axes)


def save(actor: Actor, *, asks: Sequence[str], tag_line: str, axes: Collection[str], seeks: str) -> None:
    """Keep what the actor offers and seeks, in the place of what they said before.

    Invalid at `asks`, `tags`, `axes` or `seeks`.
    """
    lines = [clean_line(line, field="asks", limit=Profile.LINE_MAX) for line in asks]
    lines = list(dict.fromkeys(line for line in lines if line))
    if len(lines) > Profile.LINES:
        raise Invalid("asks", _("Write at most %(limit)d lines.", limit=Profile.LINES))
    chosen = [axis for axis in Axis if axis.value in axes]
    if len(chosen) < len(set(axes)):
        raise Invalid("axes", _("Choose from these themes."))
    named = tags.clean(tags.split(tag_line))
    seeks = clean_line(seeks, field="seeks", limit=Profile.SEEKS_MAX)
    accounts.one_at_a_time(actor)
    _write(actor.id, chosen, tags.uses_of(named))
    offered_at = clock.now() if lines or chosen or named else None
    row = {"member_id": actor.id, "asks": "\n".join(lines), "seeks": seeks, "offered_at": offered_at}
    upsert(Profile, [row], keys=("member_id",))
    keep_words([actor.id])


def keep_words(member_ids: Collection[int]) -> None:
    """Let members, who are locked, be found by the words of what they offer as it is spelt now."""
    for member_id, offer in of_members(member_ids).items():
        found_by.keep_offer(member_id, [*offer.asks, *offer.tags])


def _write(member_id: int, chosen: list[Axis], uses: list[dict[str, Any]]) -> None:
    for model in (ProfileTag, ProfileAxis):
        db.session.execute(delete(model).where(model.member_id == member_id))
    insert_new(ProfileTag, [{"member_id": member_id, **use} for use in uses])
    insert_new(ProfileAxis, [{"member_id": member_id, "axis": axis} for axis in chosen])


def of_members(member_ids: Collection[int]) -> dict[int, Offer]:
    """Return what these members offer and seek (one query); only for members whom the reader finds."""
    if not member_ids:
        return {}
    return {row.member_id: of_row(row) for row in select_rows(_offers(), {"member_ids": list(member_ids)})}


def of_row(row: Any) -> Offer:
    """Return the offer of a row with COLUMNS, whose member may have said nothing."""
    return Offer(
        row.asks.split("\n") if row.asks else [],
        sorted(row.tags.split("\n"), key=sort_key) if row.tags else [],
        [axis.value for axis in Axis if axis.value in row.axes.split("\n")] if row.axes else [],
        row.seeks or "",
    )


def _axes() -> Any:
    texts = select(func.aggregate_strings(cast(ProfileAxis.axis, String), "\n"))
    return texts.where(ProfileAxis.member_id == Profile.member_id).correlate(Profile).scalar_subquery()


def _tags() -> Any:
    spelt = select(func.aggregate_strings(tags.spelling(ProfileTag.name), "\n")).select_from(ProfileTag)
    spelt = spelt.join(Tag, Tag.id == ProfileTag.tag_id).where(ProfileTag.member_id == Profile.member_id)
    return spelt.correlate(Profile).scalar_subquery()


# For queries that join Profile.
COLUMNS = (
    Profile.asks,
    Profile.seeks,
    _tags().label("tags"),
    _axes().label("axes"),
)


@cached
def _offers() -> Select[Any]:
    columns: Any = (Profile.member_id, *COLUMNS)
    return select(*columns).where(in_list(Profile.member_id, "member_ids"))
