"""Rounds: the authors of a draft are asked together, and until the round closes its text does not change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select, update

from forum.domain.consents import closing, passages, store, wording
from forum.domain.consents.passages import Passage, Wording
from forum.domain.lessons import completeness, consent_checks, lessons
from forum.domain.mailing import events
from forum.domain.threads import excerpts
from forum.infra import clock, days, workdays
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import drawn_id
from forum.models.consents import ConsentRequest, ConsentRound
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.spaces import Audience
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Conflict, Invalid
from forum.policy.visibility import sees

TERM, REMINDER = 10, 7  # working days after the day of the question
REMINDED_AT = time(9)
MOST = 50  # closed rounds in a list


@dataclass(frozen=True, slots=True)
class ClosedRound:
    """A round that closed, for the curator's home page; what was answered stands on its own page."""

    lesson_id: int
    title: str
    closed_at: datetime


def open_round(
    actor: Actor, lesson_id: int, audience: Audience, wordings: Mapping[int, Wording] | None = None
) -> ConsentRound:
    """Ask the authors of a draft whether their words may stand before that audience; sent twice, it is asked once.

    `wordings` are by the id of the excerpt; one that is not among them is asked as the rules propose. What the actor
    wrote is not asked: their own choice is their answer. NotFound, Forbidden, Conflict while another question is open,
    Invalid at `audience`, at the first field that is missing, or at the field of a passage.
    """
    lesson = lessons.locked(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    asked = db.session.get(ConsentRound, lesson.round_id) if lesson.round_id is not None else None
    if asked is not None:
        if (asked.opened_by_id, asked.audience) == (actor.id, audience):
            return asked
        raise Conflict(_("The authors are being asked already."))
    lesson, version = lessons.open_draft(actor, lesson_id)
    lessons.refuse_audience(lesson, audience)
    missing = completeness.missing_fields(version, completeness.claims_of(version.id))
    if missing:
        raise Invalid(missing[0].field, missing[0].sentence)
    to_ask = _to_ask(actor, lesson, version, audience)
    clean = {
        one.excerpt_id: passages.clean(one, (wordings or {}).get(one.excerpt_id) or one.start())
        for one in to_ask
    }
    opened = _open(actor, lesson, version, audience)
    for passage in to_ask:
        db.session.add(_request(opened, passage, clean[passage.excerpt_id]))
        db.session.flush()
    lesson.round_id, lesson.audience = opened.id, audience
    db.session.flush()
    events.record("consent_round.opened", round_id=opened.id)
    found = store.locked(opened.id)
    if found.is_all_yes:  # everything was the actor's own
        closing.close(found, at=opened.opened_at)
    return opened


def withdraw_round(actor: Actor, lesson_id: int) -> ConsentRound:
    """Take the question back before it closes: what was answered is wiped, and every author gets the same letter.

    NotFound, Forbidden, Conflict where no question is open any more.
    """
    lesson = lessons.locked(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    now = clock.now()
    found = store.locked(lesson.round_id) if lesson.round_id is not None else None
    if found is None or found.round.closes_at <= now:
        raise Conflict(_("The term is over: this question can no longer be taken back."))
    store.forget_answers(found.round.id)
    found.round.closed_at, found.round.withdrawn = now, True
    found.lesson.round_id = None
    db.session.flush()
    events.record("consent_round.withdrawn", round_id=found.round.id, member_id=actor.id)
    return found.round


def look(actor: Actor, lesson_id: int) -> None:
    """Keep that no claim of a draft leans on what went at a closing; twice is once. NotFound, Forbidden, Conflict."""
    lesson, _version = lessons.open_draft(actor, lesson_id)
    db.session.execute(
        update(ConsentRound)
        .where(
            ConsentRound.lesson_id == lesson.id,
            ConsentRound.closed_at.is_not(None),
            ConsentRound.looked_at.is_(None),
        )
        .values(looked_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )


def waiting(actor: Actor) -> list[ClosedRound]:
    """Return the drafts of the actor's spaces whose round closed, and that nobody looked at since, the oldest first.

    Of a round about an earlier version only what went since it was sent for review.
    """
    spaces = moderated(actor)
    went = select(ConsentRequest.id).where(
        ConsentRequest.round_id == ConsentRound.id, store.STANDS, *consent_checks.GONE
    )
    rows = db.session.execute(
        select(Lesson.id, LessonVersion.title, ConsentRound.closed_at)
        .join(Lesson, Lesson.id == ConsentRound.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(spaces),
            Lesson.state == LessonState.DRAFT,
            Lesson.round_id.is_(None),
            ConsentRound.closed_at.is_not(None),
            ConsentRound.withdrawn.is_(False),
            ConsentRound.looked_at.is_(None),
            or_(ConsentRound.version_id == Lesson.working_id, went.exists()),
        )
        .order_by(ConsentRound.closed_at, ConsentRound.id)
        .limit(MOST)
    )
    found: dict[int, ClosedRound] = {}
    for lesson_id, title, closed_at in rows:
        if closed_at is not None:
            found.setdefault(lesson_id, ClosedRound(lesson_id, title, closed_at))
    return list(found.values())


def _to_ask(actor: Actor, lesson: Lesson, version: LessonVersion, audience: Audience) -> list[Passage]:
    if any(quoted.withheld for quoted in excerpts.under(version.id)):
        raise Invalid(
            "audience", _("An excerpt comes from a post that is hidden or was taken back. Remove it first.")
        )
    to_ask = passages.of_draft(actor, lesson, version, audience)
    if not to_ask:
        raise Invalid("audience", _("For these readers nobody has to be asked."))
    return to_ask


def _open(actor: Actor, lesson: Lesson, version: LessonVersion, audience: Audience) -> ConsentRound:
    now, today = clock.now(), days.today()
    # What the authors proposed before is in this question, or was left out of it.
    earlier = select(ConsentRound.id).where(ConsentRound.lesson_id == lesson.id)
    db.session.execute(
        update(ConsentRequest)
        .where(ConsentRequest.round_id.in_(earlier), *passages.OPEN_OTHER_WORDS[1:])
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )
    last_day = workdays.after(today, TERM)
    opened = ConsentRound(
        lesson_id=lesson.id,
        version_id=version.id,
        audience=audience,
        title=version.title,
        opened_at=now,
        opened_by_id=actor.id,
        last_day=last_day,
        remind_at=_at(workdays.after(today, REMINDER), REMINDED_AT),
        closes_at=_at(last_day + timedelta(days=1), time(0)),
        withdrawn=False,
    )
    db.session.add(opened)
    db.session.flush()
    return opened


def _request(opened: ConsentRound, passage: Passage, asked: Wording) -> ConsentRequest:
    quoted = passage.quoted
    return ConsentRequest(
        id=drawn_id(ConsentRequest.id),
        round_id=opened.id,
        post_id=quoted.post.id,
        revision_id=quoted.excerpt.revision_id,
        start_at=quoted.excerpt.start_at,
        end_at=quoted.excerpt.end_at,
        author_id=quoted.post.author_id,
        claim_text=quoted.claim_text,
        stance=quoted.excerpt.stance,
        said=passage.said,
        sha256=quoted.excerpt.sha256,
        words=asked.words,
        changes=[{"was": c.was, "becomes": c.becomes, "why": why} for c, why in asked.whys.items()],
        adapted=wording.is_adapted(passage.said, asked.words),
        as_name=passage.proposal.as_name,
        as_function=passage.proposal.as_function,
        as_masked=asked.as_masked,
        said_when=passage.proposal.said_when,
        answer=asked.answer,
        answered_at=opened.opened_at if asked.answer else None,
        own_words="",
    )


def _at(day: date, hour: time) -> datetime:
    """That hour of a day in the time zone of the forum."""
    return datetime.combine(day, hour, tzinfo=days.zone_of(None))
