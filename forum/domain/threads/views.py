"""A thread and its posts as one reader gets them: what a page draws, nothing more."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from forum.domain.people.bylines import Byline
from forum.domain.themes.tags import TagName
from forum.domain.threads.changes import Reclassification
from forum.domain.threads.moved import MovedNumber
from forum.models.following import FollowLevel
from forum.models.spaces import Audience
from forum.policy.actions import Answer

# What a post lets its reader do, and whether they did: fields of a PostView.
ALLOWANCES = (
    "may_edit",
    "may_delete",
    "may_put_back",
    "may_hide",
    "may_delete_it",
    "may_restore",
    "may_keep",
    "is_kept",
)


class Answered(NamedTuple):
    """The post that another one answers, and who wrote it: its place stays, whatever becomes of its words.

    `slug` is of another thread, where it stands now.
    """

    thread_id: int
    number: int
    name: str
    slug: str = ""


@dataclass(slots=True)
class PostView:
    """A post as this reader gets it; `html` is empty where they may not read it.

    It is HTML, or, where it quotes other posts, a tuple of HTML and of a `quotes.Quote` for each.
    """

    id: int
    number: int
    author: Byline
    kind: str | None
    created_at: datetime
    html: Any = ""
    edited: bool = False
    edited_at: datetime | None = None
    state: str = "shown"
    reason: str = ""
    is_own_hidden: bool = False
    has_objected: bool = False  # its author, since it was hidden
    revision: int = 1
    heading: str = ""  # the title that it had when it opened a thread of its own
    answers: Answered | None = None
    may_edit: bool = False
    may_delete: bool = False
    may_put_back: bool = False
    may_hide: bool = False
    may_delete_it: bool = False  # as a moderator, for everybody
    may_restore: bool = False
    may_keep: bool = False
    is_kept: bool = False  # by this reader
    is_new: bool = False

    @property
    def place(self) -> tuple[int, str, str | None, bool]:
        """What the list of posts says of this one: number, author, kind, and whether it is new."""
        return self.number, self.author.name, self.kind, self.is_new

    @property
    def allowances(self) -> tuple[bool, ...]:
        """What the row of acts under this post depends on, beside the post itself."""
        return tuple(getattr(self, name) for name in ALLOWANCES)

    @property
    def has_forms(self) -> bool:
        """Whether a form stands among those acts: it holds the token of this reader."""
        return self.may_put_back or self.may_restore


@dataclass(slots=True)
class ThreadPage:
    """A thread with the posts of one page. Reads like a ThreadCard where a card is wanted."""

    id: int
    slug: str
    title: str
    need: str
    axis: str | None
    audience: str
    space_id: int
    space_name: str
    space_slug: str
    widest_audience: Audience
    cities: tuple[str, ...]
    reply_count: int
    locked: bool
    hidden: bool
    withdrawn: bool
    new_count: int
    first_unread: int | None
    read_number: int  # up to where the reader has read, as far as this page tells
    last_number: int
    tags: list[TagName]
    has_lessons: bool
    has_responses: bool
    has_summary: bool
    has_acts: bool  # that the reader can still undo
    has_held: bool  # of the reader, that waited for a moderator
    number: int
    pages: int
    author_id: int
    alone: bool  # nobody but its starter has ever taken part in it
    moderates: bool
    may_reply: Answer
    may_respond: Answer
    may_summarise: Answer
    speaks_as: Byline | None  # the reader, as an answer of theirs would be signed
    may_classify: bool
    may_move: bool
    follow_level: FollowLevel | None  # of the reader, chosen or because they wrote in it
    space_level: FollowLevel | None  # that they chose for its space
    comes_at_once: bool  # by what they subscribed to: without a level they are told of every post
    has_notices: bool  # unread, of the reader
    has_draft: bool  # of the reader, perhaps: of something with the number of this thread
    must_accept: bool = False  # the house rules, with the first thing that the reader writes there
    # That there is a lesson in it: whether the reader may say so, and said so, and for moderators whether anybody did.
    may_nominate: bool = False
    is_nominated: bool = False
    may_retitle: bool = False
    is_pinned: bool = False  # to its space
    archived_at: datetime | None = None  # it is in the archive of its space since then
    has_nominations: bool = False
    changes: list[Reclassification] = field(default_factory=list)
    posts: list[PostView] = field(default_factory=list)
    moved: list[MovedNumber] = field(default_factory=list)  # of this page, whose posts stand elsewhere

    @property
    def rows(self) -> list[PostView | MovedNumber]:
        """What stands on this page, by number."""
        if not self.moved:
            return list(self.posts)
        return sorted([*self.posts, *self.moved], key=lambda row: row.number)

    @property
    def first_shown(self) -> int:
        """The number of the first post on this page."""
        return self.posts[0].number if self.posts else 0

    @property
    def last_shown(self) -> int:
        """The number of the last post on this page."""
        return self.posts[-1].number if self.posts else 0

    @property
    def unread_here(self) -> int | None:
        """The number of the first new post, when it stands on this page below another one."""
        number = self.first_unread
        here = number is not None and self.posts and self.posts[0].number <= number <= self.last_shown
        return number if here and number != 1 else None
