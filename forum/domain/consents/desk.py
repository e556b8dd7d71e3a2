"""The curator's page about permission: what would be asked, what is asked now, and what came of it at the closing."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select

from forum.domain.consents import closing, passages, shown, store
from forum.domain.consents.passages import Passage
from forum.domain.consents.shown import Standing
from forum.domain.house_rules import terms
from forum.domain.lessons import completeness, consent_checks, lessons
from forum.domain.lessons.completeness import MissingField
from forum.infra import days, workdays
from forum.infra.db import db
from forum.models.accounts import Member
from forum.models.claims import Claim
from forum.models.consents import YESES, ConsentAnswer, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson, LessonState, LessonVersion
from forum.models.spaces import Audience, Space
from forum.models.threads import Post
from forum.policy.actions import Answer, may_moderate, require
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.holding import may_edit_draft
from forum.policy.visibility import get_visible


@dataclass(frozen=True, slots=True)
class Asked:
    """One passage of a round: without `state` it is still being asked, afterwards it is stands, gone or other.

    `other` are words of the author that nobody took or left yet. While its post is hidden or taken back, a passage is
    `withheld`, and `closed` for a maker who may not read its thread: then it has no words, whatever was answered.
    """

    id: int
    author: str
    claim_text: str
    said: str
    words: str
    as_masked: str
    state: str = ""
    shown_as: str = ""
    own_words: str = ""
    reads_as: str = ""  # how readers get the author: masked, where somebody of their city is
    is_by_right: bool = False  # by name, because the thread was opened to these readers
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class PermissionPage:
    """Everything on the page."""

    lesson: Lesson
    version: LessonVersion
    audience: Audience
    audiences: list[Audience]
    open_round: ConsentRound | None
    asked: list[Asked]  # in the round that is open
    outcome: list[Asked]  # of the rounds about this draft that closed
    leaning: list[Claim]  # claims that lost an excerpt, as far as nobody said that they do not lean on it
    passages: list[Passage]
    has_unread: bool  # others that come from threads which the actor may not read
    missing_fields: list[MissingField]
    last_day: date  # of a question that is asked today
    may_edit: Answer


def page(actor: Actor, lesson_id: int, audience: Audience | None = None) -> PermissionPage:
    """Return the page for a moderator of the lesson's space; NotFound, Forbidden for others and without a draft."""
    lesson = _draft(actor, lesson_id)
    version, offered = lessons.working(lesson), _audiences(lesson)
    chosen = audience if audience in offered else _preferred(lesson, offered)
    is_open = lesson.round_id is not None
    to_ask = [] if is_open else passages.of_draft(actor, lesson, version, chosen)
    unread = passages.unread(actor, {one.quoted.post.id for one in to_ask})
    rounds = list(
        db.session.scalars(
            select(ConsentRound)
            .where(ConsentRound.lesson_id == lesson.id, ConsentRound.withdrawn.is_(False))
            .order_by(ConsentRound.id)
        )
    )
    claims = completeness.claims_of(version.id)
    went = {claim_text for *_words, claim_text in consent_checks.gone(lesson.id)}
    # A round of an earlier version is shown only while a claim has words gone at which nobody looked.
    closed = [
        one
        for one in rounds
        if one.closed_at is not None and (one.version_id == version.id or (went and one.looked_at is None))
    ]
    return PermissionPage(
        lesson=lesson,
        version=version,
        audience=chosen,
        audiences=offered,
        open_round=next((one for one in rounds if one.id == lesson.round_id), None),
        asked=_asked(actor, lesson, [one for one in rounds if one.id == lesson.round_id], claims),
        outcome=_asked(actor, lesson, closed, claims),
        leaning=[claim for claim in claims if claim.text in went] or (claims[:1] if went else []),
        passages=[one for one in to_ask if one.quoted.post.id not in unread],
        has_unread=bool(unread),
        missing_fields=completeness.missing_fields(version, claims),
        last_day=workdays.after(days.today(), terms.of_today().answer_days),
        may_edit=may_edit_draft(actor, lesson),
    )


def passages_of(actor: Actor, lesson_id: int, audience: Audience) -> list[Passage]:
    """Return what a form about these readers is about, also once it is asked; NotFound, Forbidden as for the page."""
    lesson = _draft(actor, lesson_id)
    return passages.of_draft(actor, lesson, lessons.working(lesson), audience)


def _draft(actor: Actor, lesson_id: int) -> Lesson:
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    if lesson.working_id is None or lesson.state != LessonState.DRAFT:
        raise NotFound
    return lesson


def _audiences(lesson: Lesson) -> list[Audience]:
    """The audiences for which anybody could have to be asked."""
    if lesson.current_id is not None:
        return [lesson.audience]
    space = db.session.get_one(Space, lesson.space_id)
    return [Audience.SPACE] if space.unlisted_at is not None else list(Audience)


def _preferred(lesson: Lesson, offered: list[Audience]) -> Audience:
    if lesson.audience != Audience.SPACE or Audience.NETWORK not in offered:
        return lesson.audience if lesson.audience in offered else offered[0]
    return Audience.NETWORK


def _asked(actor: Actor, lesson: Lesson, rounds: list[ConsentRound], claims: list[Claim]) -> list[Asked]:
    """The passages of rounds in the order of the claims: nothing in it depends on what was answered."""
    order = {claim.text: claim.position for claim in claims}
    found = []
    for round_ in rounds:
        requests = store.requests_of(round_.id)
        names, withheld = _names(requests), _withheld(requests)
        unread = passages.unread(actor, {one.post_id for one in requests})
        requests.sort(key=lambda one: (order.get(one.claim_text, len(order) + 1), one.id))
        is_closed = round_.closed_at is not None
        standing = shown.in_making(lesson, round_.audience) if is_closed else {}
        for one in requests:
            author = names[one.author_id]
            if one.post_id in withheld:
                found.append(Asked(one.id, author, one.claim_text, "", "", "", "withheld"))
            elif one.post_id in unread:
                found.append(Asked(one.id, "", one.claim_text, "", "", "", "closed"))
            else:
                passage = _passage(one, author, is_closed=is_closed)
                found.append(_read(passage, one, round_, standing.get(closing.about(one))))
    return found


def _read(passage: Asked, request: ConsentRequest, round_: ConsentRound, standing: Standing | None) -> Asked:
    """The passage with how readers get its author."""
    is_by_right = standing is not None and standing.is_by_right
    name = standing.name if standing is not None else passage.shown_as
    return replace(
        passage,
        reads_as=request.as_name if is_by_right else name,
        is_by_right=is_by_right,
        audience=round_.audience,
    )


def _names(requests: list[ConsentRequest]) -> dict[int, str]:
    query = select(Member.id, Member.name).where(Member.id.in_({one.author_id for one in requests}))
    return {row.id: row.name for row in db.session.execute(query)}


def _withheld(requests: list[ConsentRequest]) -> set[int]:
    """The posts of these questions that nobody may read at present."""
    query = select(Post.id).where(
        Post.id.in_({one.post_id for one in requests}),
        or_(Post.hidden_at.is_not(None), Post.deleted_at.is_not(None)),
    )
    return set(db.session.scalars(query))


def _passage(request: ConsentRequest, author: str, *, is_closed: bool) -> Asked:
    asked = (request.id, author, request.claim_text, request.said, request.words, request.as_masked)
    if not is_closed:  # nothing of an answer is read before the closing
        return Asked(*asked)
    answer = request.answer
    if request.taken_at is not None:
        return Asked(*asked, "stands", closing.agreed_as(request), request.own_words)
    if answer in YESES:
        return Asked(*asked, "stands", closing.agreed_as(request))
    if answer == ConsentAnswer.OTHER_WORDS and request.left_at is None:
        return Asked(*asked, "other", request.as_masked, request.own_words)
    return Asked(*asked, "gone")
