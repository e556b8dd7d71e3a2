"""Which excerpts may be shown outside their thread: those that need their author's consent, and those that have it.

A consent is about these words under this claim, for these readers or fewer. A place that went when a round closed needs
one wherever its thread may be read by now: refused and not answered are the same.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from forum.domain.lessons import completeness
from forum.domain.themes import labels
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted
from forum.infra.db import db
from forum.infra.i18n import _, ngettext
from forum.models.consents import Consent, ConsentRequest, ConsentRound, Masking
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import PostRevision
from forum.policy.errors import Invalid

Key = tuple[int, str, str]  # a post, the SHA-256 of the words, and the claim
About = tuple[int, str, str | None]  # the same, or without a claim for whatever claim


class Given:
    """Consents by what they are about; one that names no claim counts for every claim."""

    def __init__(self, rows: Iterable[Consent] = (), refused: Collection[About] = ()) -> None:
        self._refused = refused
        self._rows: Mapping[About, Consent] = {(row.post_id, row.sha256, row.claim_text): row for row in rows}

    def get(self, key: Key) -> Consent | None:
        """Return the consent for an excerpt, by its key; None when there is none."""
        if key in self._refused:
            return None
        return self._rows.get(key) or self._rows.get((*key[:2], None))

    def __contains__(self, key: Key) -> bool:
        return self.get(key) is not None


class RefusedPlaces:
    """The places of a lesson that went when a round closed."""

    def __init__(self, places: Iterable[tuple[int, int, int, int]], words: Iterable[tuple[int, str]]) -> None:
        self._places, self._words = list(places), list(words)

    def touch(self, quoted: Quoted) -> bool:
        """Return whether an excerpt overlaps one of them.

        Of a post that was changed since nobody can say which words are the same: all of it counts.
        """
        start, end, words = quoted.excerpt.start_at, quoted.excerpt.end_at, quoted.excerpt.words
        return any(
            post_id == quoted.post.id and (revision != quoted.revision or (at < end and start < until))
            for post_id, revision, at, until in self._places
        ) or any(post_id == quoted.post.id and (one in words or words in one) for post_id, one in self._words)


def sealed_by_consent(quoted: Quoted, lesson: Lesson, audience: Audience) -> bool:
    """Return whether a sealed excerpt stands by the consent of its author, also where its right would do."""
    return quoted.consent is not None or needed(quoted.right, lesson, audience)


class Consents:
    """All that authors answered about one lesson, read once (two queries)."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._rows = db.session.scalars(select(Consent).where(Consent.lesson_id == lesson.id)).all()
        self._refused = refused_places(lesson.id, self._rows)

    def waiting(self, quotes: Iterable[Quoted], audience: Audience) -> list[Quoted]:
        """Return those of `quotes` that still need the consent of their author for that audience."""
        agreed = self.reaching(audience)
        return [q for q in quotes if self.are_needed(q, audience) and key(q) not in agreed]

    def are_needed(self, quoted: Quoted, audience: Audience) -> bool:
        """Return whether an excerpt may stand before that audience only with the consent of its author."""
        return needed(quoted.right, self._lesson, audience) or self._refused.touch(quoted)

    def rests_on(self, quoted: Quoted, audience: Audience) -> bool:
        """Return whether an excerpt stands by the consent of its author; a sealed one has written that down."""
        if quoted.excerpt.right_audience is None:
            return self.are_needed(quoted, audience)
        return sealed_by_consent(quoted, self._lesson, audience)

    def reaching(self, audience: Audience) -> Given:
        """Return the consents that reach that audience, as `given` does."""
        return reaching(self._rows, audience)

    def went(self, quoted: Quoted) -> bool:
        """Return whether an excerpt overlaps a place that went when a round closed."""
        return self._refused.touch(quoted)

    def consent_id(self, quoted: Quoted, audience: Audience) -> int | None:
        """Return the consent by which an excerpt may stand in the lesson for that audience; None without need."""
        consent = self.reaching(audience).get(key(quoted))
        return consent.id if consent is not None and self.are_needed(quoted, audience) else None


def needed(source: Any, lesson: Lesson, audience: Audience) -> bool:
    """Return whether that audience has readers beyond `source`, a thread or a right: then quoting needs consent."""
    elsewhere = source.audience == Audience.SPACE and source.space_id != lesson.space_id
    return source.audience.rank < audience.rank or elsewhere


def missing(version: LessonVersion, audience: Audience) -> list[Quoted]:
    """Return the excerpts of a version that may not be shown to that audience yet."""
    lesson = db.session.get_one(Lesson, version.lesson_id)
    return waiting(lesson, excerpts.under(version.id), audience)


def waiting(lesson: Lesson, quotes: Iterable[Quoted], audience: Audience) -> list[Quoted]:
    """Return those of `quotes` that still need the consent of their author for that audience."""
    return Consents(lesson).waiting(quotes, audience)


def given(lesson_id: int, audience: Audience) -> Given:
    """Return the consents that reach that audience. A refusal for a narrower audience also refuses a wider one."""
    return reaching(db.session.scalars(select(Consent).where(Consent.lesson_id == lesson_id)).all(), audience)


def refused_places(lesson_id: int, rows: Iterable[Consent]) -> RefusedPlaces:
    """Return the places of a lesson that went when a round closed; `rows` are its consents."""
    query = (
        select(ConsentRequest.post_id, PostRevision.number, ConsentRequest.start_at, ConsentRequest.end_at)
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .join(PostRevision, PostRevision.id == ConsentRequest.revision_id)
        .where(ConsentRound.lesson_id == lesson_id, *GONE)
    )
    places = [(row.post_id, row.number, row.start_at, row.end_at) for row in db.session.execute(query)]
    return RefusedPlaces(
        places, [(row.post_id, row.words) for row in rows if row.agreed is False and row.words]
    )


def refuse_gone(lesson: Lesson) -> None:
    """Refuse to publish a version of which an author took a yes back since it was sent; Invalid at `audience`.

    Whether its claims still stand is for its makers to say, and they cannot while it is in review.
    """
    if gone(lesson.id):
        raise Invalid(
            "audience",
            _("An excerpt left this lesson. Send it back, so that its maker can look at what leaned on it."),
        )


def refuse_unready(version: LessonVersion, audience: Audience) -> None:
    """Refuse a version while an author has not agreed, nobody said that no claim leans on what went, or words are gone.

    Invalid at `audience`.
    """
    if gone(version.lesson_id):
        raise Invalid("audience", _("First say that no claim leans on an excerpt that is gone."))
    quotes = excerpts.under(version.id)
    if {one.claim_text for one in quotes} - {one.claim_text for one in quotes if not one.withheld}:
        raise Invalid("audience", _("A claim rests only on text that is hidden or was taken back."))
    _refuse_turned(version, quotes, audience)
    completeness.refuse_withheld(quotes)
    left = missing(version, audience)
    if left:
        raise Invalid(
            "audience",
            ngettext(
                "For these readers, the author of %(num)d excerpt still has to give consent.",
                "For these readers, the authors of %(num)d excerpts still have to give consent.",
                len(left),
            ),
        )


def _refuse_turned(version: LessonVersion, quotes: Iterable[Quoted], audience: Audience) -> None:
    """Refuse words that do something else for their claim than their author was asked: supporting is not opposing."""
    rows = db.session.execute(
        select(
            ConsentRequest.post_id, ConsentRequest.sha256, ConsentRequest.claim_text, ConsentRequest.stance
        )
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(
            ConsentRound.lesson_id == version.lesson_id,
            ConsentRound.closed_at.is_not(None),
            ConsentRound.withdrawn.is_(False),
        )
        .order_by(ConsentRound.id)
    )
    asked = {(post_id, digest, claim): stance for post_id, digest, claim, stance in rows}
    answered = Consents(db.session.get_one(Lesson, version.lesson_id))
    for quoted in quotes:
        stance = asked.get(key(quoted), quoted.excerpt.stance)
        if stance != quoted.excerpt.stance and answered.are_needed(quoted, audience):
            sentence = _(
                "Permission for an excerpt was asked with “%(stance)s”. Choose that again, or change the "
                "claim and ask anew.",
                stance=labels.STANCES[stance],
            )
            raise Invalid("audience", sentence)


def agreed_since() -> ColumnElement[bool]:
    """Whether the author of a ConsentRequest agreed to the same in its ConsentRound's lesson, asked anew."""
    same = [
        getattr(Consent, name) == getattr(ConsentRequest, name)
        for name in ("post_id", "sha256", "claim_text")
    ]
    return exists().where(Consent.lesson_id == ConsentRound.lesson_id, Consent.agreed.is_(True), *same)


def gone(lesson_id: int) -> set[Key]:
    """Return what went at a closing or after it, was not agreed to anew, and may have a claim that leans on it."""
    query = (
        select(ConsentRequest.post_id, ConsentRequest.sha256, ConsentRequest.claim_text)
        .join(ConsentRound, ConsentRound.id == ConsentRequest.round_id)
        .where(
            ConsentRound.lesson_id == lesson_id,
            ConsentRound.looked_at.is_(None),
            ConsentRequest.said != "",  # what its author took out of the lesson meanwhile is asked no more
            ~agreed_since(),
            *GONE,
        )
    )
    return {(row.post_id, row.sha256, row.claim_text) for row in db.session.execute(query)}


def key(quoted: Quoted) -> Key:
    """Return the post, the digest of the words and the claim, by which the consent for an excerpt is found."""
    return quoted.post.id, quoted.excerpt.sha256, quoted.claim_text


def cities(lesson: Lesson, quotes: Iterable[Quoted], audience: Audience) -> tuple[list[str], bool]:
    """Return the cities that may be named behind a lesson for that audience, and whether a source is masked.

    One person lights one city, in whatever capacities they are quoted. A city behind a masked source is not named,
    also where somebody else of that city agreed to it.
    """
    named, masked = _named_and_masked(lesson, quotes, audience)
    lit = [city for city in dict.fromkeys(named.values()) if city is not None]
    return [city for city in lit if city not in masked], bool(masked)


def masked_cities(lesson: Lesson, quotes: Iterable[Quoted], audience: Audience) -> set[str]:
    """Return the cities behind masked sources, which the readers of that audience must not be led to."""
    return {city for city in _named_and_masked(lesson, quotes, audience)[1] if city is not None}


def _named_and_masked(
    lesson: Lesson, quotes: Iterable[Quoted], audience: Audience
) -> tuple[dict[str, str | None], set[str | None]]:
    answered = Consents(lesson)
    agreed = answered.reaching(audience)
    named: dict[str, str | None] = {}  # by who said it
    masked: set[str | None] = set()
    for quoted in quotes:
        is_needed = answered.rests_on(quoted, audience)
        consent = agreed.get(key(quoted)) if is_needed else None
        if quoted.removed is not None:
            # It names no city any more; what was masked for its author stays masked.
            masked |= {quoted.city} if is_needed else set()
        elif quoted.city is None:
            masked |= {None} if consent is not None and consent.masking == Masking.MASKED else set()
        elif not is_needed or (consent is not None and consent.city_shown):
            named[quoted.handle] = named.get(quoted.handle) or quoted.lit
        else:
            masked.add(quoted.city)
    return named, masked


# Requests without a yes in a round that is over: refused and not answered are the same row by then.
GONE = (
    ConsentRound.closed_at.is_not(None),
    ConsentRound.withdrawn.is_(False),
    or_(ConsentRequest.answer.is_(None), ConsentRequest.left_at.is_not(None)),
)


def reaching(rows: Iterable[Any], audience: Audience) -> Given:
    """Return the consents among these rows that reach that audience: see `given`."""
    refused = {_about(row) for row in rows if row.agreed is False and row.audience.rank <= audience.rank}
    reaching = [row for row in rows if row.agreed and row.audience.rank >= audience.rank]
    # The narrowest that suffices wins, so it comes last.
    reaching.sort(key=lambda row: row.audience.rank, reverse=True)
    return Given((row for row in reaching if _about(row) not in refused), refused)


def _about(row: Any) -> About:
    return row.post_id, row.sha256, row.claim_text
