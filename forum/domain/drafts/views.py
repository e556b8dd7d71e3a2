"""What a draft is about, where that stands, and how long a draft stays."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from forum.infra import clock
from forum.models.drafts import Draft
from forum.policy.actions import Answer
from forum.policy.actors import Actor

Fields = dict[str, Any]  # by name: a text, or a list of texts
LIFE = timedelta(days=365)  # from the last change
LIFE_WORD = timedelta(days=30)  # before that is over, its owner is told
WITHOUT_ACCESS = timedelta(days=30)
WITHOUT_ACCESS_WORD = timedelta(days=7)


class Subject(NamedTuple):
    """A form, and the row that it is about."""

    form: str
    id: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject stands, as somebody who may enter there sees it."""

    title: str  # "" where it has none
    space: str
    may_write: Answer
    base_revision: int | None = None  # of the text that the form changes, at this moment
    base_at: datetime | None = None  # when that text was last changed
    address: Mapping[str, Any] = field(default_factory=dict)  # what the address of the form is made of


# Which of these subjects a member may enter at this moment; those they may not are left out.
Enter = Callable[[Actor, Collection[Subject]], Mapping[Subject, Place]]


@dataclass(frozen=True, slots=True)
class DraftView:
    """One draft in its owner's list; without `place` its owner may not enter there, and nothing of it is told."""

    id: int
    lapses_at: datetime
    lapses_soon: bool
    subject: Subject | None = None
    revision: int = 0
    place: Place | None = None
    fields: Fields = field(default_factory=dict)
    changed_at: datetime | None = None
    other_at: datetime | None = None
    other: Fields = field(default_factory=dict)  # the words of its other copy, where one draft is shown
    base_changed: bool = False
    beside: bool = False  # the words that were to be kept are its other copy, because they were older


def subject_of(draft: Draft) -> Subject:
    """Return what a draft is about."""
    return Subject(draft.form, draft.subject_id)


def lapse(draft: Draft, *, entered: bool) -> tuple[datetime, datetime]:
    """Return when its owner is to be told that a draft will go, and when it goes: never sooner than they were told."""
    end, word, told_at = draft.changed_at + LIFE, LIFE_WORD, draft.warned_at
    since = draft.no_access_since
    if not entered and since is None:  # the worker has not seen it yet
        since, told_at = clock.now(), None
    if entered and since is not None:
        told_at = None  # that was about the time without access, which is over
    elif since is not None and since + WITHOUT_ACCESS < end:
        end, word = since + WITHOUT_ACCESS, WITHOUT_ACCESS_WORD
    return end - word, end if told_at is None else max(end, told_at + word)


def view(draft: Draft, place: Place | None) -> DraftView:
    """Return a draft as its owner may see it at this moment."""
    word_at, lapses_at = lapse(draft, entered=place is not None)
    if place is None:
        return DraftView(draft.id, lapses_at, lapses_soon=draft.no_access_since is not None)
    revisions = (draft.base_revision, place.base_revision)
    return DraftView(
        id=draft.id,
        lapses_at=lapses_at,
        lapses_soon=clock.now() >= word_at,
        revision=draft.revision,
        subject=subject_of(draft),
        place=place,
        fields=dict(draft.fields),
        changed_at=draft.changed_at,
        other_at=draft.other_at,
        base_changed=None not in revisions and len(set(revisions)) > 1,
    )
