"""All authors of a thread are asked whether their words may reach others: asked, told how it stands, and ended.

Silence after ten working days is no. An agreement holds for the very place that was asked about, and for the words as
they were. Nobody is told who said no: it is the same as saying nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.domain.mailing import events
from forum.domain.regrouping import authors, said
from forum.domain.regrouping.regroupings import Regrouping
from forum.domain.threads import post_store
from forum.infra import clock, days, rates, workdays
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import drawn_id
from forum.models.accounts import Member
from forum.models.regrouping import Agreement, AgreementRound, RoundEnding
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.standing import in_good_standing
from forum.policy.thread_readers import Place

TERM = 10  # working days after the day on which somebody is asked
MOST = "20 per day"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question stands, for the moderators of the space: how many agree, of how many, and until when others may.

    `is_this`: it is about the change that is looked at. `is_agreed`: all agree, to the words as they are now.
    """

    round_id: int
    to_space_id: int
    to_audience: Audience
    agreed: int
    number: int
    last_day: date
    is_over: bool
    is_agreed: bool
    is_this: bool = False


def ask(actor: Actor, regrouping: Regrouping, wrote: Collection[int]) -> AgreementRound:
    """Ask all who wrote in a locked thread that the actor moderates, about one change; the same twice is once.

    What the actor wrote is agreed to by asking. Conflict while another question is open; TooOften.
    """
    require(may_moderate(actor, regrouping.thread.space_id))
    open_round = _open(regrouping.thread.id)
    if open_round is not None and _is_about(open_round, regrouping):
        return open_round
    if open_round is not None and _from(open_round) == _place(regrouping.before):
        raise Conflict(_("The authors are asked about another change now. Take that question back first."))
    if open_round is not None:
        _end(open_round, RoundEnding.OVERTAKEN)
    rates.spend("agreements", f"member:{actor.id}", limit=MOST)
    before, after = regrouping.before, regrouping.after
    opened = AgreementRound(
        thread_id=regrouping.thread.id,
        from_space_id=before.space_id,
        from_audience=before.audience,
        to_space_id=after.space_id,
        to_audience=after.audience,
        asked_by_id=actor.id,
        asked_at=clock.now(),
        ended_at=None,
        ending=None,
    )
    db.session.add(opened)
    db.session.flush()
    digests = said.by(regrouping.thread.id)
    for author_id in sorted(wrote):
        _ask_one(
            opened, author_id, digests.get(author_id, ""), agreed=True if author_id == actor.id else None
        )
    return opened


def take_back(actor: Actor, thread_id: int) -> Thread:
    """Ask no more, as a moderator of its space, also where the term is over; NotFound, Forbidden, Conflict."""
    thread = post_store.locked_thread(actor, thread_id)
    require(may_moderate(actor, thread.space_id))
    found = _open(thread.id)
    if found is None:
        raise Conflict(_("The authors are not asked anything now."))
    _end(found, RoundEnding.WITHDRAWN)
    return thread


def done(thread: Thread) -> None:
    """End the question about a thread that got another place, whatever it was about."""
    found = _open(thread.id)
    if found is not None:
        was = (found.to_space_id, found.to_audience)
        is_done = was == (thread.space_id, thread.audience)
        _end(found, RoundEnding.DONE if is_done else RoundEnding.OVERTAKEN)


def look_again(thread_id: int) -> None:
    """Ask who wrote in a thread since, or changed what they wrote: they have a term of their own (system verb)."""
    if _open(thread_id) is None:  # of nearly every thread: nothing is locked for it
        return
    locked = select(Thread).where(Thread.id == thread_id).with_for_update()
    thread = db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    found = _open(thread_id) if thread is not None else None
    if thread is None or found is None or _from(found) != _place(Place.of(thread)):
        return
    rows, digests = _rows(found.id), said.by(thread_id)
    for author_id in authors.of_thread(thread_id):
        row = rows.get(author_id)
        if row is None:
            _ask_one(found, author_id, digests.get(author_id, ""))
        elif row.digest != digests.get(author_id, ""):
            _ask_anew(row, digests.get(author_id, ""))


def covers(regrouping: Regrouping, others: Collection[int]) -> bool:
    """Return whether all of them agreed to this very change, of their words as they are now, and still stand."""
    found = _open(regrouping.thread.id)
    return found is not None and _is_about(found, regrouping) and _all_agree(found, others)


def standing(actor: Actor, regrouping: Regrouping) -> Asked | None:
    """Return how the open question about a thread stands, for a moderator of its space; None where there is none."""
    require(may_moderate(actor, regrouping.thread.space_id))
    found = _open(regrouping.thread.id)
    if found is None or _from(found) != _place(regrouping.before):
        return None
    return shown(found, is_this=_is_about(found, regrouping), besides=actor.id)


def shown(found: AgreementRound, *, is_this: bool = False, besides: int | None = None) -> Asked:
    """Return how a question stands; `besides` is whose own act needs no agreement of theirs.

    Without them nothing is compared with the words as they are (one query): whether all agree is asked again before
    anything is done.
    """
    rows = _rows(found.id)
    closes_at = max((row.closes_at for row in rows.values()), default=found.asked_at)
    return Asked(
        found.id,
        found.to_space_id,
        Audience(found.to_audience),
        agreed=sum(row.agreed is True for row in rows.values()),
        number=len(rows),
        last_day=max((row.last_day for row in rows.values()), default=days.today()),
        is_over=closes_at <= clock.now(),
        is_agreed=besides is not None
        and _all_agree(found, [one for one in authors.of_thread(found.thread_id) if one != besides]),
        is_this=is_this,
    )


def _all_agree(found: AgreementRound, others: Collection[int]) -> bool:
    rows, digests = _rows(found.id), said.by(found.thread_id)
    standing = set(
        db.session.scalars(select(Member.id).where(Member.id.in_(rows.keys()), in_good_standing(Member)))
    )
    agree = {
        author_id
        for author_id, row in rows.items()
        if row.agreed and row.digest == digests.get(author_id, "") and author_id in standing
    }
    return set(others) <= agree


def _open(thread_id: int) -> AgreementRound | None:
    query = select(AgreementRound).where(
        AgreementRound.thread_id == thread_id, AgreementRound.ended_at.is_(None)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _rows(round_id: int) -> dict[int, Agreement]:
    query = select(Agreement).where(Agreement.round_id == round_id).order_by(Agreement.author_id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.author_id: row for row in found}


def _ask_one(found: AgreementRound, author_id: int, digest: str, *, agreed: bool | None = None) -> None:
    row = Agreement(id=drawn_id(Agreement.id), round_id=found.id, author_id=author_id, agreed=agreed)
    row.answered_at = clock.now() if agreed is not None else None
    _begin_term(row, digest)
    db.session.add(row)
    db.session.flush()
    if agreed is None:
        events.record("agreement.asked", agreement_id=row.id)


def _ask_anew(row: Agreement, digest: str) -> None:
    """They changed what they wrote: what they answered was about other words."""
    had_answered = row.agreed is not None
    row.agreed, row.answered_at = None, None
    _begin_term(row, digest)
    db.session.flush()
    if had_answered:  # else the question that they have is about their words as they are
        events.record("agreement.asked", agreement_id=row.id)


def _begin_term(row: Agreement, digest: str) -> None:
    row.digest, row.asked_at = digest, clock.now()
    row.last_day = workdays.after(days.today(), TERM)
    row.closes_at = days.end_of(row.last_day)


def _end(found: AgreementRound, ending: RoundEnding) -> None:
    found.ended_at, found.ending = clock.now(), ending
    db.session.flush()


def _is_about(found: AgreementRound, regrouping: Regrouping) -> bool:
    to = (found.to_space_id, Audience(found.to_audience))
    return _from(found) == _place(regrouping.before) and to == _place(regrouping.after)


def _from(found: AgreementRound) -> tuple[int, Audience]:
    return found.from_space_id, Audience(found.from_audience)


def _place(place: Place) -> tuple[int, Audience]:
    return place.space_id, place.audience
