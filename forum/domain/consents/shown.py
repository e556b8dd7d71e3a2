"""How readers of a lesson get the authors who agreed to be quoted: decided as for the page of the lesson."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from forum.domain.consents import closing
from forum.domain.lessons import consent_checks, origin
from forum.domain.lessons.consent_checks import Given, Key
from forum.domain.threads import excerpts
from forum.infra.db import db
from forum.models.consents import Consent, ConsentRequest, ConsentRound
from forum.models.lessons import Lesson
from forum.models.spaces import Audience


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a question and its author: as readers have them (`is_out`), else as was agreed, or asked.

    Of what is not published it is the same whatever colleagues answered: nothing of theirs shows here before.
    """

    name: str
    words: str
    is_out: bool
    is_masked_with: bool  # readers have them masked, because somebody of their city is
    is_by_right: bool  # readers have it as it was said, by name, because the thread was opened to them
    may_be_masked: bool  # they said yes with name or function, which holds as long as nobody of their city is


class Standing(NamedTuple):
    """How readers get an author: by their consent, or without one because the thread was opened to these readers."""

    name: str
    consent_id: int | None

    @property
    def is_by_right(self) -> bool:
        """Whether it is the thread that lets them read it, by name."""
        return self.consent_id is None


def reading(request: ConsentRequest, round_: ConsentRound, *, state: str, may_read: bool) -> Reading:
    """Return that for the author of a question, whose `state` is as in their list; `may_read`: the lesson."""
    stands = state == "stands"
    agreed_as = closing.agreed_as(request) if stands else request.as_masked
    published = _published(request, round_) if stands and may_read else None
    is_by_right = published is not None and published.is_by_right
    name = published.name if published is not None else agreed_as
    words = request.own_words if request.taken_at is not None else request.words
    return Reading(
        name=request.as_name if is_by_right else name,
        words=request.said if is_by_right else words,
        is_out=published is not None,
        is_masked_with=name != agreed_as and not is_by_right,
        is_by_right=is_by_right,
        may_be_masked=agreed_as != request.as_masked,
    )


def in_making(lesson: Lesson, audience: Audience) -> dict[Key, Standing]:
    """Return how a reader outside their spaces would get each author of the version that is being made, else has them.

    Only for its makers: it follows what authors answered at every closing.
    """
    version_id = lesson.working_id or lesson.current_id
    if version_id is None:
        return {}
    return _standing(lesson, version_id, audience, consent_checks.given(lesson.id, audience))


def _published(request: ConsentRequest, round_: ConsentRound) -> Standing | None:
    """How readers have the author by their answer to this question; None where they do not, or not by this one."""
    lesson = db.session.get_one(Lesson, round_.lesson_id)
    if lesson.current_id is None:
        return None
    # Its consents are in the version: what was answered since is not.
    found = _standing(lesson, lesson.current_id, lesson.audience, Given()).get(closing.about(request))
    if found is None or found.consent_id is None:
        return found
    consent = db.session.get_one(Consent, found.consent_id)
    return found if consent.audience == round_.audience else None


def _standing(lesson: Lesson, version_id: int, audience: Audience, given: Given) -> dict[Key, Standing]:
    answered = consent_checks.Consents(lesson)
    outside = [
        replace(claim, quotes=[replace(q, in_right=not answered.rests_on(q, audience)) for q in claim.quotes])
        for claim in excerpts.by_claim(version_id)
    ]
    claims, terms = origin.masked_together(outside, given, lesson.id)
    found = {}
    for quoted in (quoted for claim in claims for quoted in claim.quotes if not quoted.withheld):
        key = consent_checks.key(quoted)
        consent = quoted.consent or terms(key)
        if quoted.in_right:
            found[key] = Standing(quoted.speaker, None)
        elif consent is not None and consent.agreed:
            found[key] = Standing(consent.shown_as, consent.id)
    return found
