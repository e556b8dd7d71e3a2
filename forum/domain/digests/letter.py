"""What stands in a digest, in its order, and what it is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from forum.domain.digests.items import LessonNews, ThreadNews
from forum.domain.digests.needs import Need
from forum.domain.digests.picks import Section
from forum.infra.i18n import _, day, join_words, ngettext, short_day
from forum.models.subscriptions import Frequency


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many threads with news of a space the letter only counts."""

    space_name: str
    space_slug: str
    count: int

    @property
    def words(self) -> str:
        """How many, and where."""
        return ngettext(
            "%(num)d thread in %(space)s", "%(num)d threads in %(space)s", self.count, space=self.space_name
        )


@dataclass(frozen=True)
class DigestLetter:
    """One letter to one member, as it is true at the moment of composing, in the language in which it is first read."""

    member_id: int
    name: str
    frequency: Frequency
    chosen_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    told_from: datetime | None = None  # news from before, since `starts_at`, is counted and linked only
    older_threads: int = 0  # with such news
    needs: Sequence[Need] = ()  # what waits for them, counted
    lessons: Sequence[LessonNews] = ()
    more_lessons: int = 0
    entries: Sequence[ThreadNews] = ()  # threads with text, in the order of their sections
    titles: Sequence[ThreadNews] = ()
    left_out: Sequence[LeftOut] = ()

    @cached_property
    def for_you(self) -> list[ThreadNews]:
        """Answers to what they asked, and where they are mentioned."""
        return self._of(Section.FOR_YOU)

    @cached_property
    def stories(self) -> list[ThreadNews]:
        """Stories of their spaces that nobody has answered."""
        return self._of(Section.UNANSWERED)

    @cached_property
    def threads(self) -> list[ThreadNews]:
        """The other threads."""
        return self._of(Section.ACTIVE) + self._of(Section.REVIVED)

    def _of(self, section: Section) -> list[ThreadNews]:
        return [thread for thread in self.entries if thread.section == section]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send: what waited before the last letter is no reason for another."""
        return not (self.lessons or self.entries or self.titles or self.new_needs)

    @cached_property
    def new_needs(self) -> list[Need]:
        """What waits for them, as far as some of it came since the last letter."""
        return [need for need in self.needs if self.starts_at < need.newest_at <= self.ends_at]

    @property
    def items(self) -> list[tuple[str, int]]:
        """What it names, as kind and id: all that is stored of it."""
        threads = [("thread", thread.id) for thread in (*self.entries, *self.titles)]
        return [("lesson", lesson.id) for lesson in self.lessons] + threads

    @property
    def left_count(self) -> int:
        """How many threads it only counts."""
        return sum(left.count for left in self.left_out)

    @cached_property
    def left_words(self) -> str:
        """How many threads with news it leaves out."""
        spaces = ngettext("%(num)d space", "%(num)d spaces", len(self.left_out))
        return ngettext(
            "%(num)d more thread, in %(spaces)s, is not in this e-mail:",
            "%(num)d more threads, in %(spaces)s, are not in this e-mail:",
            self.left_count,
            spaces=spaces,
        )

    @property
    def period(self) -> str:
        """The days that it is about, truly: after a pause they are more than its rhythm says."""
        starts_at = self.told_from or self.starts_at
        if self.ends_at - starts_at <= timedelta(hours=25):
            return _("since %(day)s", day=short_day(starts_at))
        return _("from %(start)s to %(end)s", start=short_day(starts_at), end=short_day(self.ends_at))

    @cached_property
    def older_words(self) -> str:
        """How many threads have news from before what it tells."""
        return ngettext(
            "%(num)d thread has news from before %(day)s",
            "%(num)d threads have news from before %(day)s",
            self.older_threads,
            day=day(self.told_from or self.starts_at),
        )

    @cached_property
    def frequency_words(self) -> str:
        """Why it comes, and how often; nothing to say for an example for somebody who chose none."""
        if self.chosen_at is None:
            return ""
        chosen = day(self.chosen_at)
        if self.frequency == Frequency.DAILY:
            return _("You get this every day because you chose that on %(day)s.", day=chosen)
        if self.frequency == Frequency.FORTNIGHTLY:
            return _("You get this every two weeks because you chose that on %(day)s.", day=chosen)
        if self.frequency == Frequency.MONTHLY:
            return _("You get this every month because you chose that on %(day)s.", day=chosen)
        return _("You get this every week because you chose that on %(day)s.", day=chosen)

    @cached_property
    def subject(self) -> str:
        """The first item, so that the member can decide not to open it."""
        if self.for_you:
            first = self.for_you[0]
            if not first.is_named:
                return f"{first.what}: {first.heading}" if first.what else first.heading
            return _("%(what)s: %(title)s", what=first.what, title=first.title)
        if self.new_needs:
            return self.new_needs[0].words
        if self.lessons:
            first_lesson = self.lessons[0]
            if not first_lesson.title:
                return first_lesson.heading
            if first_lesson.changed:
                return _("Changed lesson: %(title)s", title=first_lesson.title)
            return _("New lesson: %(title)s", title=first_lesson.title)
        if self.stories:
            return _("Waits for an answer: %(title)s", title=self.stories[0].heading)
        return next((thread.heading for thread in (*self.entries, *self.titles)), "")

    @cached_property
    def preview(self) -> str:
        """What mail programs show beside the subject: the rest, in numbers, and the period."""
        return _("%(news)s, %(period)s.", news=self.summary, period=self.period)

    @cached_property
    def summary(self) -> str:
        """What is in it, in numbers."""
        parts = []
        if self.for_you:
            parts.append(ngettext("%(num)d thread for you", "%(num)d threads for you", len(self.for_you)))
        if self.needs:
            tasks = sum(need.count for need in self.needs)
            parts.append(ngettext("%(num)d task for you", "%(num)d tasks for you", tasks))
        if self.lessons:
            parts.append(ngettext("%(num)d lesson", "%(num)d lessons", len(self.lessons)))
        if self.stories:
            waiting = len(self.stories)
            parts.append(
                ngettext("%(num)d story without an answer", "%(num)d stories without an answer", waiting)
            )
        others = len(self.threads) + len(self.titles)
        if others and self.for_you:
            parts.append(ngettext("%(num)d more thread", "%(num)d more threads", others))
        elif others:
            parts.append(ngettext("%(num)d thread", "%(num)d threads", others))
        return join_words(parts)
