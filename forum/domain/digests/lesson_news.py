"""Lessons that were published or changed, for many members at once: each asked of the rule, written out once."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from forum.domain.digests import personal_queries
from forum.domain.digests.items import LessonNews
from forum.domain.digests.personal import Person
from forum.domain.digests.subscriptions import DigestPreferences
from forum.domain.lessons import origin, origin_queries
from forum.domain.mailing import mail_policy
from forum.infra.db import db
from forum.infra.statements import select_rows
from forum.models.lessons import Lesson, LessonVersion
from forum.models.spaces import MailPolicy
from forum.models.subscriptions import Delivery, LessonChoice


class Shown(NamedTuple):
    """A lesson that one member may see; `hidden`: not where it comes from."""

    lesson_id: int
    hidden: bool


class Lessons:
    """The lessons of a stretch of time, for some members."""

    def __init__(self, member_ids: Collection[int], since: datetime, until: datetime) -> None:
        """Read them (two queries; one when there are none)."""
        self._shown: dict[int, list[Shown]] = defaultdict(list)
        values = {"member_ids": list(member_ids), "since": since, "until": until}
        for row in select_rows(personal_queries.lessons(), values):
            self._shown[row.member_id].append(Shown(row.lesson_id, row.hidden))
        ids = {shown.lesson_id for each in self._shown.values() for shown in each}
        self._texts: dict[int, tuple[Lesson, LessonVersion, MailPolicy | None]] = {}
        if ids:
            query = select(Lesson, LessonVersion, origin_queries.chosen_policy().label("mail_policy"))
            query = query.join(LessonVersion, Lesson.current_id == LessonVersion.id)
            query = query.where(Lesson.id.in_(ids)).execution_options(populate_existing=True)
            self._texts = {
                row.Lesson.id: (row.Lesson, row.LessonVersion, row.mail_policy)
                for row in db.session.execute(query)
            }

    def of(
        self, person: Person, preferences: DigestPreferences, since: datetime, until: datetime
    ) -> list[LessonNews]:
        """Return those that one member is told of, of what they follow first, then the latest."""
        if preferences.lessons == LessonChoice.NONE:
            return []
        found = []
        for shown in self._shown[person.id]:
            lesson, version, policy = self._texts[shown.lesson_id]
            told_until = max(since, person.told.get(("lesson", lesson.id), since))
            is_new = origin.changed_after(lesson, told_until) and not origin.changed_after(lesson, until)
            if is_new and _wants(preferences, version):
                found.append((lesson, version, policy, shown.hidden))
        # What is the same stays in its order.
        found.sort(key=lambda one: not _follows(preferences, one[1]))
        return [_news(preferences, *one) for one in found]


def _follows(preferences: DigestPreferences, version: LessonVersion) -> bool:
    return preferences.axes.get(version.axis, Delivery.NOTHING) != Delivery.NOTHING


def _wants(preferences: DigestPreferences, version: LessonVersion) -> bool:
    if preferences.lessons == LessonChoice.AXES:
        return _follows(preferences, version)
    return preferences.axes.get(version.axis) != Delivery.NOTHING


def _news(
    preferences: DigestPreferences,
    lesson: Lesson,
    version: LessonVersion,
    policy: MailPolicy | None,
    hidden: bool,
) -> LessonNews:
    changed, change_note = origin.news_of(lesson, version, hidden=hidden)
    told = mail_policy.told(policy, lesson.audience, title=version.title, plain=version.one_sentence)
    return LessonNews(
        id=lesson.id,
        public_id=lesson.public_id or "",
        title=told.title,
        one_sentence=told.words,
        outcome=version.outcome if told.is_named else "",
        axis=version.axis if told.is_named else "",
        cities_back=tuple(origin.cities(version)) if told.is_named else (),
        changed=changed,
        change_note=change_note if told.words else "",
        by_axis=_follows(preferences, version),
    )
