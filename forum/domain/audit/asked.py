"""Which lines of a log somebody asks for: of a kind, about or by a person, of some days."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_

from forum.infra import days
from forum.models.moderation import Action, ModerationAction


@dataclass(frozen=True, slots=True)
class Asked:
    """All of a log, or what is left of it: days are those of the forum, the last one is in it."""

    kind: Action | None = None
    person_id: int | None = None
    since: date | None = None
    until: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what holds of the lines that are asked for."""
        made = []
        if self.kind is not None:
            made.append(ModerationAction.action == self.kind)
        if self.person_id is not None:
            of_person = (ModerationAction.actor_id, ModerationAction.subject_id)
            made.append(or_(*(column == self.person_id for column in of_person)))
        if self.since is not None and self.since > date.min:
            made.append(ModerationAction.created_at >= days.end_of(self.since - timedelta(days=1)))
        if self.until is not None and self.until < date.max:
            made.append(ModerationAction.created_at < days.end_of(self.until))
        return made
