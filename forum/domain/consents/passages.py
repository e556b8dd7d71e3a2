"""What an author would be asked: each passage of a draft that needs their yes, with the masking that is proposed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import not_, select

from forum.domain.consents import wording
from forum.domain.consents.wording import Changed
from forum.domain.lessons import consent_checks, masking
from forum.domain.lessons.masking import Hint, Proposal
from forum.domain.lines import clean_line, clean_paragraphs
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.claims import Excerpt
from forum.models.consents import YESES, Consent, ConsentAnswer, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.errors import Invalid
from forum.policy.visibility import sees

WHY_MAX = 200


@dataclass(frozen=True, slots=True)
class Wording:
    """How a curator asks one passage: the words, why each place in them changed, and the masked name.

    `answer` is their own yes, where the passage is theirs.
    """

    words: str
    whys: Mapping[Changed, str] = field(default_factory=dict)
    as_masked: str = ""
    answer: ConsentAnswer | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """An excerpt whose author has to be asked, and what is proposed."""

    excerpt_id: int
    quoted: Quoted
    proposal: Proposal
    hints: list[Hint]
    is_own: bool
    went_before: bool  # at an earlier closing: it is asked anew
    own_words: str  # what the author proposed then

    @property
    def said(self) -> str:
        """The words as they stand in the post."""
        return self.quoted.excerpt.words

    def start(self) -> Wording:
        """Return the wording to begin with: the author's own words where they proposed some, else the masked ones."""
        words = self.own_words or self.proposal.words
        whys = {change: self.why(change) for change in wording.changes(self.said, words)}
        return Wording(words, whys, self.proposal.as_masked)

    def why(self, change: Changed) -> str:
        """Return why the rules proposed what is in a change; "" where a human made it."""
        whys = [
            one.why
            for one in self.proposal.changes
            if one.was in change.was and one.becomes in change.becomes
        ]
        if not whys and self.own_words:
            return _("From the other words that you proposed.")
        return " ".join(dict.fromkeys(whys))[:WHY_MAX]


def of_draft(actor: Actor, lesson: Lesson, version: LessonVersion, audience: Audience) -> list[Passage]:
    """Return the passages of a draft that need the consent of their author for that audience, each once."""
    quotes = excerpts.under(version.id)
    found: dict[consent_checks.Key, Quoted] = {}
    for quoted in consent_checks.waiting(lesson, quotes, audience):
        if not quoted.withheld:
            found.setdefault(consent_checks.key(quoted), quoted)
    own_words = _other_words(lesson.id)
    went = consent_checks.Consents(lesson)
    names = {one.thread.id: masking.names_in_thread(one.thread.id) for one in found.values()}
    return [
        _passage(
            quoted,
            actor_id=actor.id,
            went_before=went.went(quoted),
            own_words=own_words.get(key, ""),
            names=names[quoted.thread.id],
        )
        for key, quoted in found.items()
    ]


def unread(actor: Actor, post_ids: Collection[int]) -> set[int]:
    """Return those of these posts whose thread the actor may not read: another maker of the lesson added it."""
    query = select(Post.id).join(Thread, Thread.id == Post.thread_id)
    return set(db.session.scalars(query.where(Post.id.in_(post_ids), not_(sees(Thread, actor)))))


def clean(passage: Passage, given: Wording) -> Wording:
    """Return a wording fit to be asked; Invalid at the field of this passage that is wrong.

    Every place where the words changed says why, to their author; nobody else is told.
    """
    number = passage.excerpt_id
    words = clean_paragraphs(
        given.words,
        field=f"words-{number}",
        limit=Excerpt.WORDS_MAX,
        missing=_("Write the text as it would stand in the lesson."),
    )
    name = clean_line(
        given.as_masked,
        field=f"masked-{number}",
        limit=Consent.SHOWN_AS_MAX,
        missing=_("Say how the author is named when masked."),
    )
    whys = {}
    for place, change in enumerate(wording.changes(passage.said, words)):
        whys[change] = clean_line(
            given.whys.get(change) or passage.why(change),
            field=f"why-{number}-{place}",
            limit=WHY_MAX,
            missing=_("Say to the author why this is changed."),
        )
    if passage.is_own and given.answer not in YESES:
        raise Invalid(f"own-{number}", _("Choose how you are named yourself."))
    return Wording(words, whys, name, given.answer if passage.is_own else None)


def _passage(
    quoted: Quoted,
    *,
    actor_id: int,
    went_before: bool,
    own_words: str,
    names: list[str],
) -> Passage:
    said, capacity = quoted.excerpt.words, quoted.capacity
    proposal = masking.propose(said, capacity, quoted.post.created_at, name=quoted.speaker, names=names)
    return Passage(
        excerpt_id=quoted.excerpt.id,
        quoted=quoted,
        proposal=proposal,
        hints=masking.warnings(own_words or proposal.words, capacity),
        is_own=quoted.post.author_id == actor_id,
        went_before=went_before,
        own_words=own_words,
    )


def _other_words(lesson_id: int) -> dict[consent_checks.Key, str]:
    """What authors proposed when a round closed, and nobody took or left yet."""
    rows = db.session.execute(
        select(
            ConsentRequest.post_id, ConsentRequest.sha256, ConsentRequest.claim_text, ConsentRequest.own_words
        )
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(ConsentRound.lesson_id == lesson_id, *OPEN_OTHER_WORDS)
        .order_by(ConsentRound.closed_at, ConsentRequest.id)
    )
    return {(post_id, digest, claim): words for post_id, digest, claim, words in rows}


# Seen at a closing, and the curator did nothing with them yet.
OPEN_OTHER_WORDS = (
    ConsentRound.closed_at.is_not(None),
    ConsentRequest.answer == ConsentAnswer.OTHER_WORDS,
    ConsentRequest.taken_at.is_(None),
    ConsentRequest.left_at.is_(None),
)
