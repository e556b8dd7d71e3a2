"""What the authors of the demo answered: their exact words, how they are named, and reasons that stay internal."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from forum.demo import codes
from forum.demo.book import Book
from forum.domain.consents import consents, passages, rounds
from forum.domain.lessons import consent_checks, lessons
from forum.domain.threads import excerpts
from forum.infra import clock
from forum.infra.db import db
from forum.models.consents import ConsentAnswer, Masking
from forum.models.lessons import Lesson
from forum.models.spaces import Audience
from forum.models.threads import PostRevision

# The same word for every city: there are only two large ones, so that "a large city" says which one it is.
PLACE = "een centrumstad"


@dataclass(frozen=True)
class Terms:
    """The terms of an author's answer."""

    masking: Masking
    city_shown: bool
    shown_as: str
    agreed: bool | None
    note: str
    at: datetime


def ask(book: Book, source: dict[str, Any], lesson: Lesson) -> None:
    """Ask the authors of a draft, yesterday: the question is open whenever the demo is loaded, and the curator's own
    text goes by function.
    """
    curator = book.actor(source["curator"])
    with clock.at(clock.now() - timedelta(days=1)):
        passing = passages.of_draft(curator, lesson, lessons.working(lesson), Audience.NETWORK)
        own = {
            one.excerpt_id: replace(one.start(), answer=ConsentAnswer.FUNCTION)
            for one in passing
            if one.is_own
        }
        rounds.open_round(curator, lesson.id, Audience.NETWORK, own)


def bring(book: Book, source: dict[str, Any], lesson: Lesson) -> None:
    """Record an answer for every excerpt of the working version that needs one, and for other answers of the file."""
    audience = codes.AUDIENCES.get(source["visibility"], Audience.NETWORK)
    names = {post_id: name for name, post_id in book.posts.items()}
    quoted: set[str] = set()
    for quote in excerpts.under(lesson.working_id or 0):
        if not consent_checks.needed(quote.thread, lesson, audience):
            continue
        post = names[quote.post.id]
        quoted.add(book.author_of(post))
        _record(book, source, lesson, post, quote.excerpt.words, audience)
    for answer in source.get("consents", ()):
        if answer["author"] not in quoted:
            _record_unquoted(book, source, lesson, answer["author"], audience)


def _record_unquoted(
    book: Book, source: dict[str, Any], lesson: Lesson, author: str, audience: Audience
) -> None:
    post = next(
        name
        for name in book.posts
        if name.split("-")[0] in source["origin_threads"] and book.author_of(name) == author
    )
    text = db.session.scalars(
        db.select(PostRevision.plain).where(PostRevision.post_id == book.posts[post])
    ).one()
    _record(book, source, lesson, post, text, audience)


def _record(
    book: Book, source: dict[str, Any], lesson: Lesson, post: str, text: str, audience: Audience
) -> None:
    terms = _terms(book, source, post, lesson)
    consents.record_answer(
        lesson.id,
        book.posts[post],
        words=text,
        masking=terms.masking,
        city_shown=terms.city_shown,
        shown_as=terms.shown_as,
        audience=audience,
        agreed=terms.agreed,
        note=terms.note,
        at=terms.at,
    )


def _terms(book: Book, source: dict[str, Any], post: str, lesson: Lesson) -> Terms:
    """The answer in the file; without one, the lesson says that everybody agreed by name."""
    author = book.author_of(post)
    given = next((one for one in source.get("consents", ()) if one["author"] == author), None)
    if given is None:
        later = max(lesson.created_at + timedelta(days=2), book.said_at(post) + timedelta(hours=2))
        return Terms(Masking.NAME, True, _named(book, author), True, source["quote_policy"], later)
    answer = given["answer"]
    masking = _masking(answer)
    open_city = masking == Masking.NAME and "zonder stad" not in answer
    return Terms(
        masking=masking,
        city_shown=open_city,
        shown_as=_named(book, author) if masking == Masking.NAME else _unnamed(book, author, masking),
        # A yes with a condition is not a yes until the condition is met.
        agreed=None if " maar " in answer else True,
        note=_note(source, post, answer),
        at=book.moment(given["date"]),
    )


def _masking(answer: str) -> Masking:
    if "zonder naam" in answer:
        return Masking.MASKED
    return Masking.FUNCTION if "met functie" in answer else Masking.NAME


def _named(book: Book, name: str) -> str:
    person = book.person(name)
    city = codes.city(person["city"])
    where = [one["name"] for one in book.source["cities"] if one["id"] == city]
    return ", ".join([person["first_name"], person["job"], *where])


def _unnamed(book: Book, name: str, masking: Masking) -> str:
    person = book.person(name)
    who = person["job"] if masking == Masking.FUNCTION else "een medewerker"
    return f"{who} in {PLACE}"


def _note(source: dict[str, Any], post: str, answer: str) -> str:
    reasons = [
        f"{one['action']}: {one['reason']}" for one in source.get("anonymisation", ()) if one["post"] == post
    ]
    return "; ".join([answer, *reasons])
