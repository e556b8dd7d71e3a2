"""The moderation log against its chains, and its reasons against their digests."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, exists, func, not_, select

from forum.domain.audit import chains, reasons
from forum.domain.doctor.findings import BATCH, Finding, Tally, pieces, tell
from forum.infra import clock
from forum.infra.db import db
from forum.models.moderation import ActionLink, ActionReason, ModerationAction

LINKED_WITHIN = timedelta(hours=1)


def chains_of_log() -> Iterator[Finding]:
    """The links of each chain, piece by piece: in order, with their lines, which make their digests."""
    last = -1
    while (
        chain := db.session.scalar(select(func.min(ActionLink.chain)).where(ActionLink.chain > last))
    ) is not None:
        broken = _first_broken(chain)
        if broken is not None:
            place = "of no space" if chain == ActionLink.NETWORK else f"of space {chain}"
            found = (
                f"the log {place} does not fit from this line on: one was changed, removed or put elsewhere"
            )
            yield Finding("log chains", 1, found, (broken,))
        last = chain


def _first_broken(chain: int) -> int | None:
    """The id of the first line of a chain that does not fit its link."""
    number, digest = 0, ""
    query = (
        select(ActionLink.number, ActionLink.action_id, ActionLink.digest.label("kept"), *chains.COLUMNS)
        .outerjoin(ModerationAction, ModerationAction.id == ActionLink.action_id)
        .where(ActionLink.chain == chain)
        .order_by(ActionLink.number)
        .limit(BATCH)
    )
    names = [column.key for column in chains.COLUMNS]
    while rows := db.session.execute(query.where(ActionLink.number > number)).mappings().all():
        for row in rows:
            line = {name: row[name] for name in names}
            fits = row["number"] == number + 1 and line["id"] is not None
            fits = fits and chains.chain_of(line["space_id"]) == chain
            if not fits or chains.digest_of(digest, number + 1, line) != row["kept"]:
                return int(row["action_id"])
            number, digest = row["number"], row["kept"]
    return None


def reasons_in_log() -> Iterator[Finding]:
    """Words and salt of each reason make the digest in its line; of one that was erased only the digest is there."""
    tally = Tally("log reasons", "lines of the log whose reason does not make the digest that they hold")
    query = select(ActionReason, ModerationAction.reason_digest).join(
        ModerationAction, ModerationAction.id == ActionReason.action_id
    )
    for ids in pieces(ActionReason.action_id):
        for reason, digest in db.session.execute(query.where(ActionReason.action_id.between(*ids))):
            is_erased = digest and not (reason.words or reason.salt)
            if not is_erased and reasons.digest_of(reason.words, reason.salt) != digest:
                tally.add(reason.action_id)
        db.session.expunge_all()
    yield from tally.findings()
    kept = exists().where(ActionReason.action_id == ModerationAction.id)
    gone = and_(ModerationAction.reason_digest != "", not_(kept))
    found = "lines of the log with the digest of a reason that is not there, nor was erased"
    yield from tell("log reasons", found, select(ModerationAction.id).where(gone))


def unlinked() -> Iterator[Finding]:
    """Lines that no worker put into their chain for an hour."""
    linked = exists().where(ActionLink.action_id == ModerationAction.id)
    late = and_(ModerationAction.created_at < clock.now() - LINKED_WITHIN, not_(linked))
    found = "lines of the log in no chain after an hour: does a worker run?"
    yield from tell("log links", found, select(ModerationAction.id).where(late))
