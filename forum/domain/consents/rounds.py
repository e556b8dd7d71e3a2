"""Rounds: the authors of a draft are asked together, and until the round closes its text does not change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update

from forum.domain.consents import closing, passages, store, wording
from forum.domain.consents.passages import Passage, Wording
from forum.domain.house_rules import terms
from forum.domain.lessons import completeness, consent_checks, held, lessons, state_machine
from forum.domain.lessons.state_machine import Move
from forum.domain.lessons.unlooked import in_hands_of, unlooked
from forum.domain.mailing import events
from forum.domain.threads import excerpts
from forum.infra import clock, days, workdays
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import drawn_id
from forum.models.consents import ConsentAnswer, ConsentRequest, ConsentRound
from forum.models.lesson_steps import StepKind
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.answering import moderated
from forum.policy.errors import Conflict, Invalid
from forum.policy.visibility import sees

REMINDED_BEFORE = 3  # working days before the last one
REMINDED_AT = time(9)
MOST = 50  # closed rounds in a list


@dataclass(frozen=True, slots=True)
class ClosedRound:
    """A round that closed, for the curator's home page; what was answered stands on its own page."""

    lesson_id: int
    title: str
    closed_at: datetime


def open_round(
    actor: Actor,
    lesson_id: int,
    audience: Audience,
    wordings: Mapping[int, Wording] | None = None,
    *,
    seen: Collection[int] | None = None,
) -> ConsentRound:
    """Ask the authors of a draft whether their words may stand before that audience; sent twice, it is asked once.

    `wordings` are by the id of the excerpt; one that is not among them is asked as the rules propose. `seen`: the
    excerpts that the actor saw, to ask about no other. What the actor wrote is not asked: their own choice is their
    answer. NotFound, Forbidden, Conflict while another question is open, also the same in other words, Invalid at
    `audience`, at the first field that is missing, or at the field of a passage.
    """
    lesson = lessons.locked(actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    asked = db.session.get(ConsentRound, lesson.round_id) if lesson.round_id is not None else None
    if asked is not None:
        _refuse_another(actor, lesson, asked, audience, wordings or {})
        return asked
    lesson, version = lessons.open_draft(actor, lesson_id)
    step = state_machine.begin(StepKind.ASK_AUTHORS, Move(actor, lesson, audience))
    to_ask = _to_ask(actor, lesson, version, audience)
    _refuse_unseen(to_ask, seen)
    clean = {
        one.excerpt_id: passages.clean(one, (wordings or {}).get(one.excerpt_id) or one.start())
        for one in to_ask
    }
    held.worked(actor, lesson)
    opened = _open(actor, lesson, version, audience)
    _close_other_words(opened, {consent_checks.key(one.quoted) for one in to_ask})
    for passage in to_ask:
        db.session.add(_request(opened, passage, clean[passage.excerpt_id]))
        db.session.flush()
    lesson.round_id, lesson.audience = opened.id, audience
    step.finish()
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
    step = state_machine.begin(StepKind.TAKE_QUESTION_BACK, Move(actor, lesson))
    store.forget_answers(found.round.id)
    found.round.closed_at, found.round.withdrawn = now, True
    found.lesson.round_id = None
    _give_other_words_back(found.round)
    step.finish()
    events.record("consent_round.withdrawn", round_id=found.round.id, member_id=actor.id)
    return found.round


def look(actor: Actor, lesson_id: int) -> None:
    """Keep that no claim of a draft leans on what went at a closing; twice is once. NotFound, Forbidden, Conflict."""
    lesson, _version = lessons.work_on(actor, lesson_id)
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
    """Return the drafts in the actor's hands whose round closed, and that nobody looked at since, the oldest first.

    Those of others too, once they may take them over. Of a round about an earlier version only what went since it was
    sent for review. None for who moderates nothing.
    """
    spaces = moderated(actor)
    if not spaces:
        return []
    rows = db.session.execute(
        select(Lesson.id, LessonVersion.title, ConsentRound.closed_at)
        .join(Lesson, Lesson.id == ConsentRound.lesson_id)
        .join(LessonVersion, LessonVersion.id == Lesson.working_id)
        .where(
            sees(Lesson, actor),
            Lesson.space_id.in_(spaces),
            in_hands_of(actor.id, days.today()),
            *unlooked(),
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
    completeness.refuse_withheld(excerpts.under(version.id))
    to_ask = passages.of_draft(actor, lesson, version, audience)
    if not to_ask:
        raise Invalid("audience", _("For these readers nobody has to be asked."))
    if passages.unread(actor, {one.quoted.post.id for one in to_ask}):
        raise Invalid(
            "audience", _("An excerpt comes from a thread that you cannot read: who reads it has to ask.")
        )
    return to_ask


def _refuse_unseen(to_ask: list[Passage], seen: Collection[int] | None) -> None:
    for one in to_ask:
        if seen is not None and one.excerpt_id not in seen:
            sentence = _(
                "This excerpt came after you opened the page. Read how it is asked, and send once more."
            )
            raise Invalid(f"passage-{one.excerpt_id}", sentence)


def _open(actor: Actor, lesson: Lesson, version: LessonVersion, audience: Audience) -> ConsentRound:
    now, today = clock.now(), days.today()
    term = terms.of_today().answer_days
    last_day = workdays.after(today, term)
    opened = ConsentRound(
        lesson_id=lesson.id,
        version_id=version.id,
        audience=audience,
        title=version.title,
        opened_at=now,
        opened_by_id=actor.id,
        last_day=last_day,
        remind_at=_at(workdays.after(today, max(term - REMINDED_BEFORE, 0)), REMINDED_AT),
        closes_at=_at(last_day + timedelta(days=1), time(0)),
        withdrawn=False,
    )
    db.session.add(opened)
    db.session.flush()
    return opened


def _close_other_words(opened: ConsentRound, asked: set[consent_checks.Key]) -> None:
    """What the authors proposed before is in this question now, or was left out of it; nothing else ends by it."""
    query = (
        select(ConsentRequest)
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(ConsentRound.lesson_id == opened.lesson_id, *passages.OPEN_OTHER_WORDS)
    )
    for request in db.session.scalars(query):
        if closing.about(request) in asked:
            request.left_at = opened.opened_at
    db.session.flush()


def _give_other_words_back(taken_back: ConsentRound) -> None:
    """Undo that, as if this question had never been asked."""
    earlier = select(ConsentRound.id).where(ConsentRound.lesson_id == taken_back.lesson_id)
    db.session.execute(
        update(ConsentRequest)
        .where(
            ConsentRequest.round_id.in_(earlier),
            ConsentRequest.answer == ConsentAnswer.OTHER_WORDS,
            ConsentRequest.left_at == taken_back.opened_at,
        )
        .values(left_at=None)
        .execution_options(synchronize_session="fetch")
    )


def _refuse_another(
    actor: Actor, lesson: Lesson, opened: ConsentRound, audience: Audience, wordings: Mapping[int, Wording]
) -> None:
    """Refuse everything but the same sending once more while a round is open; Conflict."""
    if (opened.opened_by_id, opened.audience) != (actor.id, audience):
        raise Conflict(_("The authors are being asked already."))
    if not _is_what_was_asked(actor, lesson, opened, wordings):
        raise Conflict(
            _("You asked the authors already, in other words. Take that question back to ask anew.")
        )


def _is_what_was_asked(
    actor: Actor, lesson: Lesson, opened: ConsentRound, wordings: Mapping[int, Wording]
) -> bool:
    """Whether these wordings are those of an open round: the same sending once more."""
    asked = {closing.about(one): one for one in store.requests_of(opened.id)}
    for passage in passages.of_draft(actor, lesson, lessons.working(lesson), opened.audience):
        request, given = asked.get(consent_checks.key(passage.quoted)), wordings.get(passage.excerpt_id)
        if request is None or given is None:
            continue
        try:
            clean = passages.clean(passage, given)
        except Invalid:
            return False
        sent = (clean.words, _changes(clean), clean.as_masked, clean.answer or request.answer)
        if sent != (request.words, request.changes, request.as_masked, request.answer):
            return False
    return True


def _changes(asked: Wording) -> list[dict[str, str]]:
    return [{"was": c.was, "becomes": c.becomes, "why": why} for c, why in asked.whys.items()]


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
        changes=_changes(asked),
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
