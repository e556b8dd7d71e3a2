"""What gives a masked source away: who could be worked out from what a reader of another city gets, and how.

It looks at what such a reader is given (`fetched`), and tells the curator before the lesson is sent. It finds what
rules can find; whether somebody of that city would recognise the person is what the reviewer answers.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from forum.domain.lessons import consent_checks, fetched, masking_patterns, origin, rare_functions
from forum.domain.lessons.fetched import Fetched
from forum.domain.themes.labels import city_name, organisation
from forum.domain.threads import excerpts
from forum.infra import days, i18n
from forum.infra.db import db
from forum.infra.i18n import _, lazy
from forum.models.accounts import Capacity, Member
from forum.models.lessons import Lesson, LessonReview, LessonSource, LessonVersion
from forum.models.spaces import Audience, Space
from forum.models.threads import Post, Thread
from forum.policy.actions import may_moderate, require
from forum.policy.actors import Actor
from forum.policy.visibility import get_visible, visible

# For each kind, the most telling first: what it leads to. `who` is a city or a person.
NOTES: Mapping[str, Any] = {
    "city": lazy("This names %(who)s."),
    "profile": lazy("This names %(who)s, who can be looked up."),
    "curator": lazy("This leads to %(who)s, who made the lesson, and so to the city."),
    "reviewer": lazy("This names %(who)s, who checked the lesson, and so the city."),
    "title": lazy("This is the title of a closed thread: whoever reads there knows it."),
    "function": lazy("Few people have this function: it leads to one of them."),
    "number": lazy("This leads to a thread or a lesson of %(who)s."),
    "file": lazy("The name of a file leads to whoever made it."),
    "contact": lazy("An address, a number or a link leads to one organisation or person."),
    "space_list": lazy(
        "The lesson already stands in this list: masking comes too late for whoever saw it there."
    ),
    "ring": lazy("The lesson already shows %(who)s among its cities."),
    "tag": lazy("This tag leads to %(who)s."),
    "date": lazy("An exact day can be looked up."),
    "only": lazy("Whoever is the only or the first one is easily found."),
    "small_number": lazy("A number below five narrows it down to a few people."),
}
_FILE = re.compile(
    r"[\w.-]+\.(?:pdf|docx?|odt|xlsx?|ods|csv|pptx?|odp|jpe?g|png|msg|eml|zip)\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"/threads/\d+[\w-]*|/p/\d+|\b(?:draad|thread|bericht|post)\s+(?:nr\.?\s*)?\d+\b", re.IGNORECASE
)
_LESSON = re.compile(r"\bles-\d{4}-\d+\b", re.IGNORECASE)
# An article as often as a number.
_ONE = ("een ", "one ")


@dataclass(frozen=True, slots=True)
class GiveAway:
    """One way to a masked source: the words that stand somewhere, and what they lead to."""

    kind: str  # one of NOTES
    where: str
    what: str
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """Ways that one sentence explains: what was found, each once, with all the places where it stands."""

    note: str
    found: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class _Behind:
    """What readers must not be led to."""

    cities: list[str]
    space_ids: list[int]
    spaces: list[str]
    titles: list[str]  # of closed threads that it was made from
    people: list[str]  # whoever is behind the sources
    curator: str
    curator_words: list[str]  # for whom the curator speaks, in each language
    reviewers: list[str]  # whoever checked the lesson and belongs to such a city
    functions: list[str]  # of people of those cities, and of who wrote

    @property
    def place(self) -> str:
        """The cities, or the spaces where there is none, for the curator who knows them."""
        return ", ".join([city_name(code) for code in self.cities] or self.spaces)


def of_draft(
    actor: Actor, lesson_id: int, audience: Audience, proposed: Iterable[tuple[str, str]] = ()
) -> list[GiveAway]:
    """Return what would give a masked source of a draft away to a reader of another city; nothing without a mask.

    `proposed` as `fetched.fetch` takes it. For moderators of the space: NotFound, Forbidden.
    """
    lesson: Lesson = get_visible(Lesson, actor, lesson_id)
    require(may_moderate(actor, lesson.space_id))
    version = db.session.get(LessonVersion, lesson.working_id) if lesson.working_id else None
    if version is None or audience == Audience.SPACE or not origin.outside(lesson, version, audience):
        return []
    behind = _behind(lesson, version, audience)
    got = fetched.fetch(actor, lesson, audience, behind.space_ids, proposed)
    found = (
        *_drawn(got, behind),
        *_in_tags(got, behind),
        *_in_texts(got.texts, behind),
        *_naming(actor, got.texts, behind.cities),
    )
    return list(dict.fromkeys(found))


def groups(
    actor: Actor, lesson_id: int, audience: Audience, proposed: Iterable[tuple[str, str]] = ()
) -> list[Group]:
    """Return what `of_draft` found, for a page: NotFound, Forbidden as there."""
    return grouped(of_draft(actor, lesson_id, audience, proposed))


def grouped(found: Iterable[GiveAway]) -> list[Group]:
    """Return everything that was found with each sentence and each of the words once, the most telling first."""
    ranks = {kind: rank for rank, kind in enumerate(NOTES)}
    groups: dict[str, dict[str, tuple[str, list[str]]]] = {}
    for one in sorted(found, key=lambda one: ranks[one.kind]):
        _what, places = groups.setdefault(one.note, {}).setdefault(one.what.casefold(), (one.what, []))
        if one.where not in places:
            places.append(one.where)
    return [Group(note, list(words.values())) for note, words in groups.items()]


def _drawn(got: Fetched, behind: _Behind) -> Iterator[GiveAway]:
    """What pages draw beside the texts."""
    for maker in got.makers:
        if maker.handle or maker.city in behind.cities:
            yield _one("curator", _("Made by"), " ".join((maker.name, maker.org_words)).strip(), maker.name)
    for one in got.speakers:
        if one.city in behind.cities:
            yield _one("profile", _("The name with an excerpt"), one.name, one.name)
    for name in sorted(got.checkers & set(behind.reviewers)):
        yield _one("reviewer", _("Checked by"), name, name)
    for code in sorted(got.cities & set(behind.cities)):
        yield _one("ring", _("Cities of the lesson"), city_name(code), city_name(code))
    if got.is_listed:
        yield _one("space_list", _("Lessons made here"), behind.spaces[0], behind.place)


def _in_tags(got: Fetched, behind: _Behind) -> Iterator[GiveAway]:
    naming = [one.what for one in _in_texts([("", tag) for tag in got.tags], behind)]
    for tag in got.tags:
        if tag in got.tags_of_space or any(what in tag for what in naming):
            yield _one("tag", _("Tags"), tag, behind.place)


def _in_texts(texts: Iterable[tuple[str, str]], behind: _Behind) -> Iterator[GiveAway]:
    texts = [(where, words) for where, words in texts if words]
    functions = rare_functions.of_these("\n".join(words for _where, words in texts), behind.functions)
    for where, words in texts:
        taken: list[tuple[int, int]] = []
        for kind, start, end, who in _places(words, behind, functions):
            if all(end <= begun or start >= ended for begun, ended in taken):
                taken.append((start, end))
                yield _one(kind, where, words[start:end], who or behind.place)


def _places(words: str, behind: _Behind, functions: Collection[str]) -> Iterator[tuple[str, int, int, str]]:
    """What stands out in a text, the most telling first: its kind, where it stands, and to whom it leads."""
    titles = re.compile("|".join(map(re.escape, behind.titles)) or r"(?!)", re.IGNORECASE)
    patterns: list[tuple[str, re.Pattern[str], str]] = [
        ("title", titles, ""),
        ("file", _FILE, ""),
        ("number", _NUMBER, ""),
    ]
    curator = [*behind.curator_words, *_parts([behind.curator])]
    patterns += [
        ("curator", _any_of(curator), behind.curator),
        *(("reviewer", _any_of(_parts([name])), name) for name in behind.reviewers),
        *(("profile", _any_of(_parts([name])), name) for name in behind.people),
        ("city", _any_of(behind.spaces), behind.place),
        *(("city", masking_patterns.naming(code), city_name(code)) for code in behind.cities),
        ("function", _any_of(functions, re.IGNORECASE), ""),
    ]
    for kind, pattern, who in patterns:
        yield from ((kind, match.start(), match.end(), who) for match in pattern.finditer(words))
    for one in masking_patterns.found(words, (), days.today()):
        if one.kind == "date":
            yield "date", one.start, one.end, ""
        elif one.kind in _CONTACT:
            yield "contact", one.start, one.end, ""
    for match in masking_patterns.SMALL.finditer(words):
        if not match[0].lower().startswith(_ONE):
            yield "small_number", match.start(), match.end(), ""
    yield from (("only", match.start(), match.end(), "") for match in masking_patterns.ONLY.finditer(words))


_CONTACT = frozenset({"link", "email", "phone", "address", "street", "national_number", "plate"})


def _behind(lesson: Lesson, version: LessonVersion, audience: Audience) -> _Behind:
    quotes = excerpts.under(version.id)
    named, _masked = consent_checks.cities(lesson, quotes, audience)
    closed = [q.thread.space_id for q in quotes if consent_checks.needed(q.right, lesson, audience)]
    spaces = db.session.scalars(
        select(Space).where(Space.id.in_({lesson.space_id, *closed})).order_by(Space.id != lesson.space_id)
    ).all()
    cities = {
        *consent_checks.masked_cities(lesson, quotes, audience),
        *(space.city for space in spaces if space.city),
    } - set(named)
    wrote = (
        select(Post.author_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(LessonSource, LessonSource.thread_id == Thread.id)
        .where(LessonSource.lesson_id == lesson.id, Thread.space_id.in_([space.id for space in spaces]))
    )
    titles = select(Thread.title).join(LessonSource, LessonSource.thread_id == Thread.id)
    titles = titles.where(LessonSource.lesson_id == lesson.id, Thread.audience == Audience.SPACE)
    spoken = db.session.scalars(
        select(Capacity).where(or_(Capacity.member_id.in_(wrote), Capacity.city.in_(cities)))
    ).all()
    curator = db.session.get_one(Member, lesson.curator_id)
    names = db.session.scalars(select(Member.name).where(Member.id.in_(wrote), Member.id != curator.id))
    return _Behind(
        cities=sorted(cities),
        space_ids=[space.id for space in spaces],
        spaces=[space.name for space in spaces],
        titles=sorted(db.session.scalars(titles)),
        people=sorted(set(names)),
        curator=curator.name,
        curator_words=_organisations([one for one in spoken if one.member_id == curator.id]),
        reviewers=_checked_by(lesson, {one.member_id for one in spoken if one.city in cities}),
        functions=sorted({one.function for one in spoken}),
    )


def _checked_by(lesson: Lesson, of_city: Collection[int]) -> list[str]:
    checked = (
        select(LessonReview.reviewer_id)
        .join(LessonVersion, LessonVersion.id == LessonReview.version_id)
        .where(LessonVersion.lesson_id == lesson.id, LessonReview.reviewer_id.in_(of_city))
    )
    return sorted(set(db.session.scalars(select(Member.name).where(Member.id.in_(checked)))))


def _naming(actor: Actor, texts: Iterable[tuple[str, str]], cities: Collection[str]) -> Iterator[GiveAway]:
    """Ids of lessons that name one of the cities to their readers."""
    places = {match[0].lower(): where for where, words in texts for match in _LESSON.finditer(words)}
    if places:
        query: Any = visible(Lesson, actor, Lesson.public_id, origin.CITIES)
        query = query.join(LessonVersion, LessonVersion.id == Lesson.current_id)
        for row in db.session.execute(query.where(Lesson.public_id.in_(places))):
            for code in sorted(set(row.cities) & set(cities)):
                yield _one("number", places[row.public_id], row.public_id, city_name(code))


def _organisations(spoken: Iterable[Capacity]) -> list[str]:
    words = set()
    for capacity in spoken:
        for locale in i18n.LOCALES:
            with i18n.force_locale(locale):
                words.add(organisation(capacity))
    return sorted(words)


def _parts(names: Iterable[str]) -> list[str]:
    return [part for name in names for part in (name, *name.split()) if len(part) > 2 and part[0].isupper()]


def _any_of(words: Collection[str], flags: int = 0) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b" if words else r"(?!)", flags)


def _one(kind: str, where: str, what: str, who: str) -> GiveAway:
    return GiveAway(kind, where, what, NOTES[kind] % {"who": who})
