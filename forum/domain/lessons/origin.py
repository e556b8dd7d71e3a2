"""What a reader may know of where a lesson comes from: the one place that decides it, for pages, lists and letters.

Space, cities, curator, reviewers, publisher, dates and notes on versions. While a source of any published version is
masked, everything around it is masked with it, except for who belongs to the space of the lesson and reads every
thread behind it: others get general words, quarters, and no way to the space.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select

from forum.domain.lessons import consent_checks, earlier_curators, origin_queries
from forum.domain.lessons.consent_answers import Answers
from forum.domain.lessons.facts import Facts
from forum.domain.lessons.masking import all_masked, quarter
from forum.domain.lessons.version_notes import shown
from forum.domain.people.bylines import Byline, masked, speaker
from forum.domain.threads import excerpts
from forum.domain.threads.excerpts import Agreed, Quoted, QuotedClaim
from forum.infra import clock, days, i18n
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.statements import select_rows
from forum.models.consents import Consent, Masking
from forum.models.lessons import Lesson, LessonVersion, ReviewBasis
from forum.models.spaces import Audience
from forum.policy.actors import Actor
from forum.policy.readers import reader_values
from forum.policy.visibility import Reader, visible

# The order of lists. When something comes can be seen; the moment is on no page and in no address (`changed_at`).
LATEST = (Lesson.changed_at, Lesson.id)
CITIES = origin_queries.CITIES
HIDDEN_FIELDS = frozenset({"owner"})  # of a version, where its origin is kept from the reader
# The consent under which an excerpt stands in a draft, by its key.
Terms = Callable[[consent_checks.Key], Consent | Agreed | None]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One published version in the list: `when` is a day, or a quarter."""

    number: str
    when: str
    change_note: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a lesson comes from, as far as one reader may know it."""

    hidden: bool  # kept from this reader, because a source is masked
    masked: bool  # a source of this version may not be named
    cities: list[str]
    curator: Byline
    reviewers: list[str]
    vouchers: list[str]  # who answered that nobody would recognise who is masked: makers know
    publisher: str
    published: str  # the day, or the quarter
    look_again: str
    version_of: str  # when this version was published
    year: str
    owner: str
    history: list[VersionLine]
    confirmed_before: bool  # in an earlier version


def known(lesson: Lesson, version: LessonVersion, facts: Facts, *, hidden: bool, complete: bool) -> Origin:
    """Return what a reader may know of the origin of a lesson, in a version of it, by what was read for them.

    `hidden` as `is_hidden` says it, or `outside` for a version that is being made; `complete`: they read every thread
    behind the lesson. Where they do not, the curator stands without the organisation that would lead to a thread.
    """
    confirmed = lesson.confirmed_at
    curator, reviewers, publisher = (
        _masked_people(facts) if hidden else _people(lesson, version, facts, complete)
    )
    return Origin(
        hidden=hidden,
        masked=version.masked,
        cities=cities(version),
        curator=curator,
        reviewers=reviewers,
        vouchers=[row.name for row in facts.vouchers],
        publisher=publisher,
        published=_when(lesson.published_at, hidden=hidden),
        look_again=_when(lesson.review_on, hidden=hidden),
        version_of=_when(version.published_at, hidden=hidden),
        year=str(days.day_of(version.published_at).year) if version.published_at else "",
        owner="" if hidden else version.owner,
        history=[_line(row, hidden=hidden) for row in facts.history],
        confirmed_before=confirmed is not None and confirmed < (version.published_at or clock.now()),
    )


def history(reader: Actor | None, lesson: Lesson, *, hidden: bool) -> list[VersionLine]:
    """Return the published versions that the reader may see, the newest first (one query)."""
    values = {**reader_values(reader), "lesson_id": lesson.id}
    rows = select_rows(origin_queries.history(reader is not None), values)
    return [_line(row, hidden=hidden) for row in rows]


def _line(row: Any, *, hidden: bool) -> VersionLine:
    return VersionLine(
        row.number, _when(row.published_at, hidden=hidden), shown(row.change_note, hidden=hidden)
    )


def cities(version: LessonVersion) -> list[str]:
    """Return the codes of the cities behind a version as readers may know them, the same for all."""
    return list(version.cities)


def knows_makers(reader: Reader) -> ColumnElement[bool]:
    """Return whether a reader may know who makes a sealed version and asks about it, for queries on both its tables.

    Whoever belongs to its space may; others as long as no source is masked, of this version or of a published one.
    """
    return or_(
        origin_queries.belongs(reader),
        and_(LessonVersion.masked.is_(False), not_(origin_queries.is_masked())),
    )


def maker_words(name: str, *, known: bool) -> str:
    """Return the name of who makes a lesson, or where the reader may not know it, words that lead to nobody."""
    return name if known else _("a moderator of a city")


def checker_words(name: str, *, known: bool) -> str:
    """Return the name of who checks a lesson, or where readers may not know it, words that lead to nobody."""
    return name if known else _("somebody from another city")


def will_stand_as(name: str, version: LessonVersion, *, as_editor: bool) -> str:
    """Return how whoever publishes a sealed version will stand in it for readers outside its space (one query).

    `as_editor`: it is as an editor of the network that they are somebody else.
    """
    earlier = select(origin_queries.is_masked()).select_from(Lesson).where(Lesson.id == version.lesson_id)
    is_masked = version.masked or db.session.scalar(earlier)
    return checker_words(name, known=as_editor or not is_masked)


def outside(lesson: Lesson, version: LessonVersion, audience: Audience) -> bool:
    """Return whether a reader outside its space would not get the origin of the version that is being made."""
    return consent_checks.cities(lesson, excerpts.under(version.id), audience)[1]


def by_right(claims: list[QuotedClaim], lesson: Any) -> list[QuotedClaim]:
    """Return claims in which what stands by a consent is in nobody's right because its thread was opened since.

    So it is where words were asked again that once went, of a thread that everybody in the audience reads by now.
    """
    return [
        replace(
            claim,
            quotes=[
                replace(quoted, in_right=False)
                if quoted.in_right
                and quoted.consent is not None
                and not consent_checks.needed(quoted.right, lesson, lesson.audience)
                else quoted
                for quoted in claim.quotes
            ],
        )
        for claim in claims
    ]


def masked_together(
    claims: list[QuotedClaim], given: consent_checks.Given, lesson_id: int, answers: Answers | None = None
) -> tuple[list[QuotedClaim], Terms]:
    """Return claims and consents in which no name leads to the city of somebody who is masked in any version.

    Whoever has it is masked as well. `given`: what a draft gets at its seal; a sealed version has it. `answers`: all
    that authors answered, where that is read already (else one query, if it is needed).
    """
    answers = answers or Answers([lesson_id])
    terms = {
        consent_checks.key(quoted): (quoted, quoted.consent or given.get(consent_checks.key(quoted)))
        for claim in claims
        for quoted in claim.quotes
        if not quoted.in_right
    }
    masked_cities = {
        quoted.city for quoted, consent in terms.values() if consent is not None and not consent.city_shown
    } - {None}
    open_ids = {
        q.post.author_id for q, consent in terms.values() if consent is not None and consent.city_shown
    }
    if open_ids:
        masked_cities |= answers.masked_cities(lesson_id, open_ids)
    named = {
        key: (quoted, consent)
        for key, (quoted, consent) in terms.items()
        if consent is not None and consent.agreed and consent.city_shown and quoted.city in masked_cities
    }
    asked = answers.asked_masks({consent.id for _quoted, consent in named.values()}) if named else {}
    unasked = [key for key, (_quoted, consent) in named.items() if not asked.get(consent.id)]
    described = dict(zip(unasked, all_masked([named[key][0].capacity for key in unasked]), strict=True))
    masks: dict[consent_checks.Key, Consent | Agreed] = {
        key: Agreed(
            consent.id,
            consent.words,
            Masking.MASKED,
            False,
            described.get(key) or asked[consent.id],
            consent.adapted,
            True,
        )
        for key, (_quoted, consent) in named.items()
    }
    claims = [replace(claim, quotes=[_with(quoted, masks) for quoted in claim.quotes]) for claim in claims]
    return claims, lambda key: masks.get(key) or given.get(key)


def _with(quoted: Quoted, masks: Mapping[consent_checks.Key, Consent | Agreed]) -> Quoted:
    mask = masks.get(consent_checks.key(quoted))
    if isinstance(mask, Agreed) and quoted.consent is not None and not quoted.in_right:
        return replace(quoted, consent=mask)
    return quoted


def is_hidden(reader: Reader | None) -> ColumnElement[bool]:
    """Return whether the origin of a lesson is kept from the reader, as a condition or a column for queries."""
    return origin_queries.is_hidden(reader)


def listed_in(space_id: Any, reader: Reader | None) -> ColumnElement[bool]:
    """Return whether a lesson may stand in the list of a space: a masked one only for those inside."""
    return and_(Lesson.space_id == space_id, not_(origin_queries.is_hidden(reader)))


def by_others(actor: Actor) -> ColumnElement[bool]:
    """Return whether somebody else than this member made and published a lesson: what is theirs is no news to them."""
    published_by: Any = Lesson.published_by_id
    return and_(Lesson.curator_id != actor.id, or_(published_by.is_(None), published_by != actor.id))


def changed_between(begin: datetime, end: datetime) -> ColumnElement[bool]:
    """Return whether the current version of a lesson was published after `begin` and by `end`."""
    return and_(Lesson.changed_at > begin, Lesson.changed_at <= end)


def changed_after(lesson: Lesson, moment: datetime | None) -> bool:
    """Return whether the current version of a lesson was published after that moment."""
    return moment is None or (lesson.changed_at is not None and lesson.changed_at > moment)


def news_of(lesson: Lesson, version: LessonVersion, *, hidden: bool) -> tuple[bool, str]:
    """Return whether readers knew an earlier version of a lesson, and what its makers say that changed."""
    known_before = lesson.published_at is not None and lesson.published_at != lesson.changed_at
    return known_before, shown(version.change_note, hidden=hidden or not known_before)


def changed_at(reader: Actor | None, lesson_id: int) -> datetime | None:
    """Return where a list goes on after a lesson that the reader may see: an address holds its id, not the moment."""
    query = visible(Lesson, reader, Lesson.changed_at)
    return db.session.scalar(query.where(Lesson.id == lesson_id, Lesson.current_id.is_not(None)))


def _when(at: date | datetime | None, *, hidden: bool) -> str:
    return "" if at is None else quarter(at) if hidden else i18n.day(at)


def _people(
    lesson: Lesson, version: LessonVersion, facts: Facts, complete: bool
) -> tuple[Byline, list[str], str]:
    """The curator, the names of who checked the version, and of who published the lesson last."""
    by_id = {row.id: row for row in facts.people}
    curator = by_id[earlier_curators.at(lesson, version.sealed_at)]
    publisher = by_id.get(lesson.published_by_id or 0)
    return (
        speaker(curator) if complete else Byline(curator.author_name, curator.author_handle),
        [row.author_name for row in by_id.values() if row.checked],
        publisher.author_name if publisher is not None else "",
    )


def _masked_people(facts: Facts) -> tuple[Byline, list[str], str]:
    """The same in words that lead to no city: an editor counts as elsewhere for every one, so their name may stand."""
    names = [row.name for row in facts.checkers if row.basis == ReviewBasis.EDITOR]
    others = [checker_words("", known=False)] if len(names) < len(facts.checkers) else []
    return masked(maker_words("", known=False)), [*names, *others], ""
