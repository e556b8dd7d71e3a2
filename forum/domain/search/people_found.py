"""Whom a search finds: by all of its words, or else by a name and a city, or by another form of its one word."""

from collections import Counter
from dataclasses import dataclass, field, replace

from forum.domain.choices import Counts
from forum.domain.people import directory, found_by
from forum.domain.search import people_meant
from forum.domain.search.choice import Choice
from forum.policy.actors import Actor
from forum.policy.errors import Invalid

OF_PEOPLE = {"kind", "city", "axis"}  # filters that say something of people
MOST_PEOPLE = 20


@dataclass(frozen=True, slots=True)
class People:
    """Who was found, what each filter would leave of them, and whether a city in the question was taken for theirs."""

    rows: list[directory.Found] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    are_in_city: bool = False


def looks_for_people(reader: Actor | None, choice: Choice, plain: str) -> bool:
    """Return whether people are looked for at all: by a member, without filters that nobody stands under."""
    return (
        reader is not None
        and len(found_by.words(plain)) <= found_by.MOST
        and choice.values.keys() <= OF_PEOPLE
    )


def found(reader: Actor | None, choice: Choice, plain: str) -> People:
    """Return whom the reader finds by the words of a question.

    Two queries where there is somebody, one where there is nobody; up to four more where a city or a little word stands
    among the words, or it is one word that has other forms.
    """
    if reader is None or not looks_for_people(reader, choice, plain):
        return People()
    asked = directory.Choice(plain, axis=choice.axis, city=choice.city)
    try:
        people = directory.people(reader, asked, limit=MOST_PEOPLE).rows
        meant = None if people else _meant(reader, asked)
        if meant is not None:
            asked = replace(meant, axis=choice.axis, city=meant.city or choice.city)
            people = directory.people(reader, asked, limit=MOST_PEOPLE).rows
        # Without them in this city there may be some in another one.
        counts = directory.counts(reader, asked) if people or asked.values else Counts()
    except Invalid:  # words that are too short or too many to find people by
        return People()
    is_city_meant = meant is not None and bool(meant.city)
    if meant is not None and meant.city:
        # Under another city there is nobody with the name of this one in the question.
        counts.by["city"] = Counter(dict.fromkeys(meant.city, counts.total))
    return People(people, counts, is_city_meant)


def is_in_city(reader: Actor | None, plain: str) -> bool:
    """Return whether somebody has the words but for the name of a city, which is theirs (two queries, or none)."""
    if reader is None or not looks_for_people(reader, Choice(), plain) or not found_by.asked(plain):
        return False
    meant = people_meant.in_city(reader, directory.Choice(plain)) if len(plain) <= directory.LONGEST else None
    return meant is not None and bool(meant.question)


def _meant(reader: Actor, asked: directory.Choice) -> directory.Choice | None:
    """How the words may be read where nobody has them all, whatever else is chosen: so that counts fit their lists."""
    bare = directory.Choice(asked.question)
    if asked.values and directory.people(reader, bare, limit=1).rows:
        return None
    meant = people_meant.in_city(reader, bare)
    if meant is not None:
        # The name of a city alone is no question for people.
        return meant if meant.question and asked.city in ((), meant.city) else None
    return people_meant.in_form(reader, bare) or people_meant.in_telling_words(reader, bare)
