"""Whether everything works, for administrators: mail, work, disks, backups; and what they may do about a letter."""

import logging
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from forum.domain import health
from forum.domain.desk import unattended
from forum.domain.mailing import complaints, hold, mail_status, workers
from forum.domain.mailing.complaints import Complaints
from forum.domain.mailing.mail_status import LaneStatus, Letter, Waits
from forum.domain.mailing.workers import Events, Recurring, Worker
from forum.domain.maintenance import records
from forum.infra import disks
from forum.infra.db import db
from forum.infra.disks import Room
from forum.infra.i18n import _
from forum.infra.paging import LARGEST
from forum.models.mail import Lane, MailState, OutgoingMail
from forum.models.maintenance import MaintenanceKind, MaintenanceRecord
from forum.policy.actions import may_administer, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, NotFound

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class System:
    """How things stand at this moment; `letters` are the newest of `waiting_for_somebody`.

    In lanes that are `late`, mail is due for longer than it should be; backups or drills that are `overdue` stopped.
    """

    held: bool
    lanes: list[LaneStatus]
    waits: dict[Lane, Waits]
    late: set[Lane]
    letters: list[Letter]
    waiting_for_somebody: int
    complaints: Complaints
    workers: list[Worker]
    unserved: list[Lane]
    last_sign: datetime | None
    events: Events
    recurring: list[Recurring]
    rooms: dict[str, Room]
    backup: MaintenanceRecord | None
    good_backup: MaintenanceRecord | None
    drill: MaintenanceRecord | None
    good_drill: MaintenanceRecord | None
    keeps_backups: bool
    overdue: set[MaintenanceKind]
    unmoderated: int  # spaces in which nobody moderates now
    unattended: int  # others in which something waits that nobody there may look at


def overview(actor: Actor) -> System:
    """Return how everything stands, for administrators of the network; Forbidden for others."""
    require(may_administer(actor))
    lanes, alive = mail_status.lanes(), workers.live()
    backup, drill = records.latest(MaintenanceKind.BACKUP), records.latest(MaintenanceKind.DRILL)
    good = {
        MaintenanceKind.BACKUP: records.latest_good(backup),
        MaintenanceKind.DRILL: records.latest_good(drill),
    }
    without = unattended.counts(actor)
    return System(
        held=hold.is_held(),
        lanes=lanes,
        waits=mail_status.why_waiting(),
        late={each.lane for each in lanes if health.is_late(each)},
        letters=mail_status.for_a_person(),
        complaints=complaints.of_last_week(),
        waiting_for_somebody=sum(each.failed + each.uncertain for each in lanes),
        workers=alive,
        unserved=workers.unserved(alive),
        last_sign=workers.last_sign(),
        events=workers.events(),
        recurring=workers.recurring(),
        rooms={name: disks.room(folder) for name, folder in health.places().items()},
        backup=backup,
        good_backup=good[MaintenanceKind.BACKUP],
        drill=drill,
        good_drill=good[MaintenanceKind.DRILL],
        keeps_backups=bool(current_app.config["BACKUPS"]),
        overdue={kind for kind, well in good.items() if health.is_overdue(kind, well)},
        unmoderated=without[0],
        unattended=without[1],
    )


def send_again(actor: Actor, mail_id: int) -> None:
    """Queue a letter that failed or is uncertain as if it were never tried; Forbidden, NotFound, Conflict."""
    state = _state(actor, mail_id)
    if not mail_status.retry([mail_id], state=state):
        raise Conflict(_("This e-mail is from before the forum was restored: it is not sent from here."))
    log.warning("mail %s, which was %s, is queued again by member %s", mail_id, state, actor.id)


def let_go(actor: Actor, mail_id: int) -> None:
    """Cancel a letter that failed or is uncertain; Forbidden, NotFound, Conflict."""
    state = _state(actor, mail_id)
    mail_status.let_go(mail_id)
    log.warning("mail %s, which was %s, is cancelled by member %s", mail_id, state, actor.id)


def _state(actor: Actor, mail_id: int) -> MailState:
    """Lock a letter that needs a person, and return its state."""
    require(may_administer(actor))
    if not 0 < mail_id <= LARGEST:
        raise NotFound
    query = select(OutgoingMail.state).where(OutgoingMail.id == mail_id).with_for_update()
    state = db.session.scalar(query)
    if state is None:
        raise NotFound
    if state not in mail_status.FOR_A_PERSON:
        raise Conflict(_("Something was done about this e-mail meanwhile."))
    return state
