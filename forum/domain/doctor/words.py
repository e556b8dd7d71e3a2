"""Words that were taken over: that they stand where they were taken from, and that readers may see them."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import exists, select

from forum.domain.doctor.counters import RECOUNT
from forum.domain.doctor.findings import Finding, Tally, pieces
from forum.domain.lessons import consent_checks, foretellings, rights, weakened
from forum.domain.threads import excerpts, quotes
from forum.domain.threads.excerpts import Quoted
from forum.infra import tokens
from forum.infra.db import db
from forum.models.claims import Excerpt, Removal, RemovalKind
from forum.models.consents import Consent, ConsentRequest, ConsentRound
from forum.models.foretellings import Foretelling
from forum.models.lessons import Lesson, LessonVersion
from forum.models.threads import PostRevision, Thread


def quoted() -> Iterator[Finding]:
    """Excerpts: the words at their place in the text of the revision, and their SHA-256; of sealed ones, neither."""
    place = Tally("excerpt places", "excerpts whose words do not stand at their place in the post")
    digest = Tally("excerpt hashes", "excerpts whose words do not have their SHA-256")
    columns = (Excerpt.id, Excerpt.start_at, Excerpt.end_at, Excerpt.words, Excerpt.sha256, Excerpt.removal)
    # What a moderator took out of a post leaves the lessons, too, once nobody can undo it.
    going = exists().where(
        Removal.revision_id == Excerpt.revision_id,
        Removal.kind == RemovalKind.SEALED,
        Removal.undone_at.is_(None),
        Removal.start_at < Excerpt.end_at,
        Removal.end_at > Excerpt.start_at,
    )
    sealed = Tally("sealed excerpts", "excerpts that were taken out and still have words or a hash of them")
    for ids in pieces(Excerpt.id):
        query = select(*columns, PostRevision.plain, going.label("is_going")).join(
            PostRevision, PostRevision.id == Excerpt.revision_id
        )
        for row in db.session.execute(query.where(Excerpt.id.between(*ids))):
            if row.removal is not None:
                if row.words or row.sha256:
                    sealed.add(row.id)
                continue
            if row.plain[row.start_at : row.end_at] != row.words and not row.is_going:
                place.add(row.id)
            if tokens.digest(row.words) != row.sha256:
                digest.add(row.id)
    yield from place.findings()
    yield from digest.findings()
    yield from sealed.findings()


def quotes_in_threads() -> Iterator[Finding]:
    """Quotes of posts: drawn where their words stand in the quoted post as it is now, and empty where they do not."""
    told = f"quotes are drawn, or are empty, that should not be: {RECOUNT}"
    tally = Tally("quotes in threads", told)
    for ids in pieces(Thread.id):
        for quote in quotes.flagged_wrongly(*ids):
            tally.add(quote.post_id)
        db.session.expunge_all()
    yield from tally.findings()


def agreed() -> Iterator[Finding]:
    """Consents: their SHA-256 is of what was said, and their words are those or the ones that the author was asked."""
    tally = Tally("consent hashes", "consents whose words do not have their SHA-256")
    for ids in pieces(Consent.id):
        query = select(Consent).where(Consent.id.between(*ids), Consent.words != "")
        adapted = [row for row in db.session.scalars(query) if tokens.digest(row.words) != row.sha256]
        asked = _asked({row.post_id for row in adapted})
        for row in adapted:
            if (row.lesson_id, row.claim_text, row.post_id, row.sha256, row.words) not in asked:
                tally.add(row.id)
        db.session.expunge_all()
    yield from tally.findings()


def foretold() -> Iterator[Finding]:
    """Foretellings: their words, day and salt make the seal; of an account that was erased only the seal is there."""
    tally = Tally(
        "seals", "foretellings whose words do not make the seal that the lesson has shown since that day"
    )
    columns = (Foretelling.expected, Foretelling.due_on, Foretelling.stop_when, Foretelling.salt)
    for ids in pieces(Foretelling.id):
        query = select(Foretelling.id, Foretelling.sha256, *columns).where(Foretelling.id.between(*ids))
        for number, sha256, expected, due_on, stop_when, salt in db.session.execute(query):
            is_erased = not (expected or stop_when or salt)
            made = foretellings.sealed_text(expected, due_on, stop_when, salt)
            if not is_erased and tokens.digest(made) != sha256:
                tally.add(number)
    yield from tally.findings()


def _asked(post_ids: set[int]) -> set[tuple[int, str | None, int, str, str]]:
    """What authors were asked or proposed about these posts: lesson, claim (None for whichever), post, hash, words."""
    asked: set[tuple[int, str | None, int, str, str]] = set()
    query = select(ConsentRequest, ConsentRound.lesson_id).join(
        ConsentRound, ConsentRound.id == ConsentRequest.round_id
    )
    for one, lesson_id in db.session.execute(query.where(ConsentRequest.post_id.in_(post_ids))):
        digest = tokens.digest(one.said)
        asked |= {
            (lesson_id, claim, one.post_id, digest, words)
            for claim in (one.claim_text, None)
            for words in (one.said, one.words, one.own_words)
        }
    return asked


def consents() -> Iterator[Finding]:
    """Every version that readers get: each excerpt by a right that reaches them, or by a consent; and only its cities.

    Where an author answered otherwise afterwards, readers are not shown the words, and somebody has to publish a
    version without them: that is no fault.
    """
    never = Tally("consents", "published lessons quote words that nobody agreed to show their readers")
    ended = Tally(
        "consents that ended",
        "published lessons quote words that their readers are not shown any more: ask the authors, or publish a "
        "version without them",
    )
    unmarked = Tally(
        "weakened lessons", "published lessons whose claims without words are not marked as such"
    )
    told = Tally(
        "masked cities", "published lessons name a city behind a masked source of one of their versions"
    )
    named = Tally("cities of lessons", "published lessons name other cities than their consents allow")
    for ids in pieces(Lesson.id):
        query = select(Lesson, LessonVersion).join(LessonVersion, LessonVersion.lesson_id == Lesson.id)
        query = query.where(LessonVersion.number.is_not(None), Lesson.id.between(*ids))
        for lesson, version in db.session.execute(query).all():
            quotes, number = excerpts.under(version.id), f"{lesson.public_id} {version.number}"
            closed = [quoted for quoted in quotes if _is_beyond_right(quoted, lesson)]
            if any(quoted.consent is None for quoted in closed):
                never.add(number)
            else:
                if version.id == lesson.current_id and _is_marked_wrongly(lesson):
                    unmarked.add(number)
                if not all(quoted.consent and quoted.consent.agreed for quoted in closed):
                    ended.add(number)
            secret = rights.kept_back(lesson)
            if secret & set(version.cities):
                told.add(number)
            elif not _names_its_cities(lesson, version, quotes, secret):
                named.add(number)
        db.session.expunge_all()
    yield from never.findings()
    yield from (replace(finding, warns=True) for finding in ended.findings())
    yield from unmarked.findings()
    yield from told.findings()
    yield from named.findings()


def _is_marked_wrongly(lesson: Lesson) -> bool:
    return (lesson.weakened_at is not None) != bool(weakened.bare(lesson))


def _names_its_cities(lesson: Lesson, version: LessonVersion, quotes: list[Quoted], secret: set[str]) -> bool:
    """Whether a version names the cities behind it, none but those, and leaves out only what is secret."""
    cities, masked = consent_checks.cities(lesson, quotes, lesson.audience)
    named, known = set(version.cities), set(cities)
    # A version without words that somebody took out keeps more to itself than it would have to.
    keeps_more = version.masked and _is_taken_from(lesson)
    return named <= known and (keeps_more or (masked == version.masked and known - named <= secret))


def _is_taken_from(lesson: Lesson) -> bool:
    settled = select(Removal.id).where(Removal.lesson_id == lesson.id, Removal.settled_at.is_not(None))
    return db.session.scalar(settled.limit(1)) is not None


def _is_beyond_right(quoted: Quoted, lesson: Lesson) -> bool:
    if quoted.removed is not None:
        return False
    return quoted.excerpt.right_audience is None or consent_checks.needed(
        quoted.right, lesson, lesson.audience
    )
