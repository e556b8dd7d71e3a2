"""What stands in a digest: lessons first, then stories that wait for an answer, then threads with new posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.domain.people.bylines import Byline
from forum.domain.themes.labels import city_name
from forum.infra.i18n import _, join_words, ngettext
from forum.models.subscriptions import Frequency


@dataclass(frozen=True, slots=True)
class LessonNews:
    """A lesson that was published or changed in the window; a page shows it as any lesson card."""

    id: int
    public_id: str
    title: str
    one_sentence: str
    outcome: str
    axis: str
    cities_back: tuple[str, ...]  # codes, as far as consent lets them be named
    changed: bool  # readers knew an earlier version
    change_note: str
    confirmed: bool
    overdue: bool
    adoptions: tuple[tuple[str, str], ...] = ()

    @property
    def city_names(self) -> list[str]:
        """The names of the cities."""
        return [city_name(code) for code in self.cities_back]


@dataclass(frozen=True, slots=True)
class ThreadNews:
    """A thread in which others posted something that the member has not read; a page shows it as any thread card."""

    id: int
    slug: str
    title: str
    summary: str
    space_id: int
    space_name: str
    need: str
    axis: str
    author: Byline
    reply_count: int
    answered: bool  # by somebody else than its author
    cities: tuple[str, ...]  # codes
    own: bool
    waiting: bool  # a story of one of the member's spaces that nobody answered
    new_count: int
    first_unread: int | None  # for whoever opened it before
    newest_by: str
    audience: str
    last_post_at: datetime
    locked: bool

    @property
    def city_names(self) -> list[str]:
        """The names of the cities."""
        return [city_name(code) for code in self.cities]


@dataclass(frozen=True, slots=True)
class DigestLetter:
    """One letter to one member, as it is true at the moment of composing."""

    member_id: int
    name: str
    frequency: Frequency
    chosen_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    told_from: datetime | None = None  # news from before, since `starts_at`, is counted and linked only
    older_threads: int = 0  # with such news
    lessons: Sequence[LessonNews] = ()
    more_lessons: int = 0
    stories: Sequence[ThreadNews] = ()
    threads: Sequence[ThreadNews] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return not (self.lessons or self.stories or self.threads)

    @property
    def items(self) -> list[tuple[str, int]]:
        """What it names, as kind and id: all that is stored of it."""
        threads = [("thread", thread.id) for thread in (*self.stories, *self.threads)]
        return [("lesson", lesson.id) for lesson in self.lessons] + threads

    @property
    def subject(self) -> str:
        """What is in it, so that the member can decide not to open it."""
        parts = []
        if self.lessons:
            parts.append(ngettext("%(num)d lesson", "%(num)d lessons", len(self.lessons)))
        if self.stories:
            waiting = len(self.stories)
            parts.append(
                ngettext("%(num)d story without an answer", "%(num)d stories without an answer", waiting)
            )
        if self.threads:
            parts.append(ngettext("%(num)d thread", "%(num)d threads", len(self.threads)))
        return self._subject_of(join_words(parts))

    def _subject_of(self, news: str) -> str:
        if self.frequency == Frequency.DAILY:
            return _("Today in the network: %(news)s", news=news)
        if self.frequency == Frequency.FORTNIGHTLY:
            return _("These two weeks in the network: %(news)s", news=news)
        if self.frequency == Frequency.MONTHLY:
            return _("This month in the network: %(news)s", news=news)
        return _("This week in the network: %(news)s", news=news)
