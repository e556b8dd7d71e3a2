"""The items of a digest: what each is called and why it is there, in the reader's language."""

from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

from forum.domain.digests.picks import Section
from forum.domain.digests.precedence import Rule
from forum.domain.people.bylines import Byline
from forum.domain.themes.labels import AXES, city_name
from forum.infra.i18n import _, join_words, ngettext

NAMED = 2  # people or cities that are named; of more there is a number


@dataclass(frozen=True, slots=True)
class LessonNews:
    """A lesson that was published or changed in the window.

    Empty where no mail may say it: its words, and where not even its title may stand, all that is told of it.
    """

    id: int
    public_id: str
    title: str
    one_sentence: str
    outcome: str
    axis: str  # of both the code
    cities_back: tuple[str, ...]  # codes, as far as consent lets them be named
    changed: bool  # readers knew an earlier version
    change_note: str
    by_axis: bool  # the member asked for lessons of its axis, or follows that

    @property
    def heading(self) -> str:
        """The title, or words that say nothing of it."""
        nameless = _("A changed lesson in the library") if self.changed else _("A new lesson in the library")
        return self.title or nameless

    @property
    def city_names(self) -> list[str]:
        """The names of the cities."""
        return [city_name(code) for code in self.cities_back]

    @property
    def why(self) -> str:
        """By what it is here."""
        if self.by_axis:
            return _theme(self.axis)
        return _("Changed in the network") if self.changed else _("New in the network")


@dataclass(frozen=True, slots=True)
class Because:
    """A rule by which a thread is here, and the name of what it is about; "" where no mail may say that."""

    rule: Rule
    about: str

    def __str__(self) -> str:
        if self.rule == Rule.THREAD:
            return _("You chose to get this thread")
        if self.rule == Rule.FOLLOWED:
            return _("You follow this thread")
        if self.rule == Rule.WROTE:
            return _("You wrote in this thread")
        if self.rule == Rule.ANSWERS:
            return _("It is your thread")
        if self.rule == Rule.MENTION:
            return _("It mentions you")
        if self.rule == Rule.TAG:
            return (
                _("You follow the tag %(tag)s", tag=self.about) if self.about else _("You follow a tag of it")
            )
        if self.rule == Rule.AXIS:
            return _theme(self.about)
        if self.rule == Rule.SPACE:
            return _("You follow %(space)s", space=self.about)
        if self.rule == Rule.SPACE_FOLLOWED:
            return _("You follow every post in %(space)s", space=self.about)
        if self.rule == Rule.OWN_SPACE:
            return _("In %(space)s, where you belong", space=self.about)
        return _("From the network, in %(space)s", space=self.about)


@dataclass(frozen=True)
class ThreadNews:
    """A thread in which others posted what the member was not told of yet.

    `title`, `words` and names are empty where the space lets no mail say them. Its sentences are kept for both parts of
    the letter, in the language in which they were first asked for.
    """

    id: int
    slug: str
    title: str
    words: str  # how the newest begins
    section: Section
    because: tuple[Because, ...]
    space_id: int
    space_name: str
    newest_by: Byline | None
    people: tuple[str, ...]  # the names of all who wrote what is new, when they are few
    people_count: int
    cities: tuple[str, ...]  # codes, of what is new
    new_count: int
    first_new: int  # to which post the link leads
    own: bool
    mentioned: bool
    mentioned_by: str  # "" where they are not known by name here
    created_at: datetime

    def __hash__(self) -> int:
        """By all its values, which are put together once: letters ask for it again and again."""
        return self._sum

    @cached_property
    def _sum(self) -> int:
        return hash(tuple(getattr(self, field.name) for field in fields(self)))

    @property
    def is_named(self) -> bool:
        """Whether a mail may say what it is called."""
        return bool(self.title)

    @cached_property
    def heading(self) -> str:
        """The title, or words that say nothing of it."""
        return self.title or _("Something new in %(space)s", space=self.space_name)

    @cached_property
    def why(self) -> str:
        """By what it is here, in one line: without that it would not be."""
        return " · ".join(str(one) for one in self.because)

    @cached_property
    def what(self) -> str:
        """What happened to the member, or to the thread: "" when it is only new."""
        if self.section == Section.REVIVED:
            return _("Taken up again after a long silence")
        if self.section != Section.FOR_YOU:
            return ""
        if not self.people:
            return _("New in your thread") if self.own else _("You are mentioned")
        if self.mentioned and not self.own:
            by = self.mentioned_by
            return _("%(name)s mentioned you", name=by) if by else _("You are mentioned")
        who = join_words(self.people)
        if self.people_count > len(self.people):
            return ngettext(
                "%(num)d person answered your story", "%(num)d people answered your story", self.people_count
            )
        return ngettext(
            "%(names)s answered your story", "%(names)s answered your story", len(self.people), names=who
        )

    @cached_property
    def news(self) -> str:
        """How much is new, and by whom."""
        if self.people and self.people_count <= len(self.people):
            return ngettext(
                "%(num)d new post by %(names)s",
                "%(num)d new posts by %(names)s",
                self.new_count,
                names=join_words(self.people),
            )
        return self._by_many() if self.people_count else self.count_words

    @cached_property
    def count_words(self) -> str:
        """How much is new."""
        return ngettext("%(num)d new post", "%(num)d new posts", self.new_count)

    def _by_many(self) -> str:
        number = self.new_count
        if not self.cities:
            return ngettext(
                "%(num)d new post by %(people)d people",
                "%(num)d new posts by %(people)d people",
                number,
                people=self.people_count,
            )
        if len(self.cities) <= NAMED:
            return ngettext(
                "%(num)d new post by %(people)d people from %(cities)s",
                "%(num)d new posts by %(people)d people from %(cities)s",
                number,
                people=self.people_count,
                cities=join_words(city_name(code) for code in self.cities),
            )
        return ngettext(
            "%(num)d new post by %(people)d people from %(cities)d cities",
            "%(num)d new posts by %(people)d people from %(cities)d cities",
            number,
            people=self.people_count,
            cities=len(self.cities),
        )


def _theme(axis: str) -> str:
    return _("You follow the theme %(axis)s", axis=AXES[axis]) if axis else _("You follow its theme")
