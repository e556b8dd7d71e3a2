"""Published lessons on the talk of a synthetic network, each with two claims on words that stand there."""

from datetime import timedelta
from typing import Any

from forum.demo.pool import Words
from forum.demo.synthetic import BEGAN, PLACES, TAUGHT_THREAD, YEAR, Network, home, write
from forum.infra import tokens
from forum.infra.db import db
from forum.infra.text import summary
from forum.models.claims import Claim, Excerpt, Stance
from forum.models.lessons import Confidence, Lesson, LessonNumber, LessonSource, LessonState, LessonVersion
from forum.models.spaces import Audience
from forum.models.threads import Outcome

OUTCOMES = (Outcome.WORKED, Outcome.WORKED, Outcome.PARTLY, Outcome.MIXED, Outcome.FAILED)
CLAIMS = 2
YEAR_OF_ALL = 2026


def seed(network: Network) -> None:
    """As many lessons as asked, from talks that more than one city may read."""
    later = network.threads[TAUGHT_THREAD - 1 :]
    sources = [thread for thread in later if thread["audience"] != Audience.SPACE]
    chosen = [(number, sources[(number - 1) % len(sources)]) for number in range(1, network.size.lessons + 1)]
    versions = [_version(network, number, thread) for number, thread in chosen]
    # A lesson and its version name each other: first without, then with the version that readers get.
    write(
        Lesson,
        ({**_lesson(network, number, thread), "state": LessonState.DRAFT} for number, thread in chosen),
    )
    write(LessonVersion, versions)
    _publish(network)
    write(LessonSource, ({"lesson_id": number, "thread_id": thread["id"]} for number, thread in chosen))
    write(LessonNumber, [{"year": YEAR_OF_ALL, "last": network.size.lessons}])
    claims = [
        (number, place, network.first_posts[thread["id"] - 1])
        for number, thread in chosen
        for place in range(CLAIMS)
    ]
    write(Claim, (_claim(number, place, words) for number, place, (_post, words) in claims))
    write(Excerpt, (_excerpt(number, place, post, words) for number, place, (post, words) in claims))


def _publish(network: Network) -> None:
    if network.size.lessons:
        rows = Lesson.__table__
        out = rows.update().values(state=LessonState.PUBLISHED, current_id=rows.c.id)
        db.session.execute(out)


def _lesson(network: Network, number: int, thread: dict[str, Any]) -> dict[str, Any]:
    at = BEGAN + YEAR * (number / network.size.lessons)
    return {
        "id": number,
        "public_id": f"les-{YEAR_OF_ALL}-{number:03d}",
        "space_id": thread["space_id"],
        "curator_id": thread["space_id"],  # the first member of each city moderates it
        "audience": thread["audience"],
        "created_at": at,
        "published_at": at,
        "published_by_id": network.size.members,
        "changed_at": at,
        "review_on": (at + 2 * YEAR).date(),
    }


def _version(network: Network, number: int, thread: dict[str, Any]) -> dict[str, Any]:
    chance = network.chance
    words = chance.choice(network.texts)
    at = BEGAN + YEAR * (number / network.size.lessons)
    long = dict.fromkeys(("summary", "context", "problem", "what_was_done", "result"), words.plain)
    return {
        "id": number,
        "lesson_id": number,
        "sequence": 1,
        "number": "1.0",
        "title": summary(words.title, 90),
        "one_sentence": summary(words.plain, 180),
        "outcome": chance.choice(OUTCOMES),
        "axis": thread["axis"],
        "needs": [thread["need"].value],
        **long,
        "recommendation": words.plain,
        "unknowns": words.title,
        "conditions": [words.title],
        "not_for": [],
        "addressees": [],
        "confidence": Confidence.FAIR,
        "cities": [PLACES[home(thread["author_id"]) - 1].code],
        "created_at": at - timedelta(days=7),
        "created_by_id": thread["space_id"],
        "saved_at": at,
        "sealed_at": at,
        "published_at": at,
    }


def _claim(number: int, place: int, words: Words) -> dict[str, Any]:
    return {
        "id": (number - 1) * CLAIMS + place + 1,
        "version_id": number,
        "position": place + 1,
        "text": _piece(words, place)[2].rstrip("."),
    }


def _excerpt(number: int, place: int, post: int, words: Words) -> dict[str, Any]:
    start, end, piece = _piece(words, place)
    return {
        "id": (number - 1) * CLAIMS + place + 1,
        "claim_id": (number - 1) * CLAIMS + place + 1,
        "revision_id": post,
        "start_at": start,
        "end_at": end,
        "words": piece,
        "sha256": tokens.digest(piece),
        "stance": Stance.SUPPORTS if place == 0 else Stance.NUANCES,
    }


def _piece(words: Words, place: int) -> tuple[int, int, str]:
    """The first or the second sentence, as a place in the plain text."""
    first = words.plain.index(".") + 1
    if place == 0:
        return 0, first, words.plain[:first]
    start = first + len(words.plain[first:]) - len(words.plain[first:].lstrip())
    end = words.plain.index(".", start) + 1
    return start, end, words.plain[start:end]
