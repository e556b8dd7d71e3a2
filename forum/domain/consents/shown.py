"""How readers of a lesson would get the authors who agreed to be quoted: decided as for the page of the lesson."""

from dataclasses import dataclass, replace

from forum.domain.consents import closing
from forum.domain.lessons import consent_checks, origin
from forum.domain.lessons.consent_checks import Key
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Quoted, QuotedClaim
from forum.infra.db import db
from forum.models.consents import ConsentRequest, ConsentRound
from forum.models.lessons import Lesson
from forum.models.spaces import Audience


@dataclass(frozen=True, slots=True)
class Reading:
    """How readers get the text of a question and its author: masked, as long as nothing is settled."""

    name: str
    words: str
    masked_anyway: bool  # with name or function cannot be: somebody of their city stands masked already
    masked_with: bool  # so it came: they said yes with name or function


def reading(request: ConsentRequest, round_: ConsentRound, *, state: str) -> Reading:
    """Return that for the author of a question, whose `state` is as in their list."""
    lesson, about = db.session.get_one(Lesson, round_.lesson_id), closing.about(request)
    may_answer, agreed_as = state in {"open", "answered"}, request.as_masked
    if state == "stands":
        agreed_as = closing.agreed_as(request)
    name = names(lesson, round_.audience).get(about, agreed_as) if state == "stands" else agreed_as
    return Reading(
        name=name,
        words=request.own_words if request.taken_at is not None else request.words,
        masked_anyway=may_answer and _is_masked_anyway(lesson, round_.audience, about),
        masked_with=name != agreed_as,
    )


def names(lesson: Lesson, audience: Audience) -> dict[Key, str]:
    """Return how a reader outside their spaces gets each author who stands in the lesson by a consent that holds."""
    claims, terms = origin.masked_together(
        _claims(lesson, audience), consent_checks.given(lesson.id, audience)
    )
    found = {}
    for quoted in (quoted for claim in claims for quoted in claim.quotes if not quoted.in_right):
        consent = quoted.consent or terms(consent_checks.key(quoted))
        if consent is not None and consent.agreed:
            found[consent_checks.key(quoted)] = consent.shown_as
    return found


def _is_masked_anyway(lesson: Lesson, audience: Audience, key: Key) -> bool:
    """Return whether somebody else of that author's city stands masked in the lesson, so that they do too.

    Only what was settled at an earlier closing counts: nothing of a round that is open.
    """
    quotes = [quoted for claim in _claims(lesson, audience) for quoted in claim.quotes if not quoted.in_right]
    cities = {quoted.city for quoted in quotes if consent_checks.key(quoted) == key} - {None}
    given = consent_checks.given(lesson.id, audience)
    for quoted in quotes:
        about = consent_checks.key(quoted)
        consent = quoted.consent or given.get(about)
        is_masked = consent is not None and consent.agreed and not consent.city_shown
        if about != key and quoted.city in cities and is_masked:
            return True
    return False


def _claims(lesson: Lesson, audience: Audience) -> list[QuotedClaim]:
    """What is being made, else what readers have, as somebody gets it who reads none of its closed threads."""
    version_id = lesson.working_id or lesson.current_id
    if version_id is None:
        return []
    return [
        replace(
            claim, quotes=[replace(one, in_right=_in_right(one, lesson, audience)) for one in claim.quotes]
        )
        for claim in excerpts.by_claim(version_id)
    ]


def _in_right(quoted: Quoted, lesson: Lesson, audience: Audience) -> bool:
    is_sealed = quoted.excerpt.right_audience is not None
    return is_sealed and not consent_checks.needed(quoted.right, lesson, audience)
