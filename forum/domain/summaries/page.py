"""Where a thread stands, as its readers get it, and how it came to stand there.

Citations are drawn from the posts as they are now: of one that is hidden or was taken back nothing is left but that
something is missing. For threads that the reader was found to see.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from forum.domain.summaries.sentences import write
from forum.infra.db import db
from forum.infra.statements import cached, select_rows
from forum.infra.word_diff import Piece, pieces
from forum.models.accounts import Member
from forum.models.summaries import SummaryCitation, SummarySentence, SummaryVersion
from forum.models.threads import Post, Thread
from forum.policy.actors import Actor
from forum.policy.errors import NotFound
from forum.policy.visibility import get_visible

MOST_SHOWN = 20  # versions on one page of the history
_LATER = aliased(Post)
_OTHER = aliased(SummaryVersion)


@dataclass(frozen=True, slots=True)
class Citation:
    """A post that a sentence rests on and that can be read; `is_changed` since."""

    number: int
    is_changed: bool


@dataclass(slots=True)
class Sentence:
    """A sentence, what it rests on, and whether a post on which it rested can no longer be read."""

    words: str
    citations: list[Citation] = field(default_factory=list)
    has_lost: bool = False

    @property
    def typed(self) -> str:
        """As it is typed, with the posts that can be read."""
        return write(self.words, [citation.number for citation in self.citations])


@dataclass(slots=True)
class Summary:
    """One version; `replies_since` counts those that stand."""

    number: int
    editor: str
    written_at: datetime
    replies_since: int = 0
    sentences: list[Sentence] = field(default_factory=list)

    @property
    def typed(self) -> str:
        """As it is typed."""
        return "\n".join(sentence.typed for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Change:
    """A version in the history, and what it changed of the one before."""

    summary: Summary
    pieces: list[Piece]


def latest_number(thread_id: Any) -> Any:
    """Return the number of the latest version of a thread (an id, or the column of a query); null without any."""
    number = select(func.max(SummaryVersion.number)).where(SummaryVersion.thread_id == thread_id)
    return number.correlate(Thread).scalar_subquery()


def of_thread(thread_id: int) -> Summary | None:
    """Return where a thread stands by its latest version; None where nobody wrote it (one query)."""
    found = _summaries(select_rows(_latest(), {"thread_id": thread_id}))
    return found[0] if found else None


def story(reader: Actor | None, thread_id: int) -> Thread:
    """Return a thread that the reader may see and whose summary shows; NotFound while its story is hidden."""
    thread: Thread = get_visible(Thread, reader, thread_id)
    if thread.hidden_at is not None:
        raise NotFound
    return thread


def history(thread: Thread, *, before: int | None = None) -> tuple[list[Change], int | None]:
    """Return the versions below the number `before`, the latest first, and where the next page begins.

    NotFound where there is none (one query).
    """
    query = _all().where(SummaryVersion.thread_id == thread.id)
    if before is not None:
        query = query.where(SummaryVersion.number < before)
    # One more, to say what the last one on the page changed.
    first = (
        select(SummaryVersion.number)
        .where(SummaryVersion.thread_id == thread.id)
        .order_by(SummaryVersion.number.desc())
        .limit(MOST_SHOWN + 1)
    )
    if before is not None:
        first = first.where(SummaryVersion.number < before)
    found = _summaries(db.session.execute(query.where(SummaryVersion.number.in_(first))))
    if not found:
        raise NotFound
    earlier = [*found[1:], None]
    changes = [
        Change(one, pieces(previous.typed if previous else "", one.typed))
        for one, previous in zip(found, earlier, strict=True)
    ][:MOST_SHOWN]
    return changes, changes[-1].summary.number if len(found) > MOST_SHOWN else None


def _summaries(rows: Iterable[Any]) -> list[Summary]:
    found = []
    for number, of_version in groupby(rows, key=lambda row: row.number):
        together = list(of_version)
        first = together[0]
        summary = Summary(number, first.editor, first.created_at, getattr(first, "replies_since", 0))
        for position, cited in groupby(together, key=lambda row: row.position):
            if position is not None:
                summary.sentences.append(_sentence(list(cited)))
        found.append(summary)
    return found


def _sentence(rows: list[Any]) -> Sentence:
    sentence = Sentence(rows[0].words)
    for row in rows:
        if row.post_number is not None and row.hidden_at is None and row.deleted_at is None:
            sentence.citations.append(Citation(row.post_number, row.revision > row.cited_revision))
        else:
            sentence.has_lost = True
    return sentence


def _all() -> Select[Any]:
    query: Any = (
        select(
            SummaryVersion.number,
            SummaryVersion.created_at,
            Member.name.label("editor"),
            SummarySentence.position,
            SummarySentence.words,
            SummaryCitation.revision.label("cited_revision"),
            Post.number.label("post_number"),
            Post.revision,
            Post.hidden_at,
            Post.deleted_at,
        )
        .join(Member, Member.id == SummaryVersion.editor_id)
        .outerjoin(SummarySentence, SummarySentence.version_id == SummaryVersion.id)
        .outerjoin(
            SummaryCitation,
            and_(
                SummaryCitation.version_id == SummarySentence.version_id,
                SummaryCitation.position == SummarySentence.position,
            ),
        )
        # One that moved to another thread is read there.
        .outerjoin(Post, and_(Post.id == SummaryCitation.post_id, Post.thread_id == SummaryVersion.thread_id))
        .order_by(SummaryVersion.number.desc(), SummarySentence.position, Post.number)
    )
    return cast(Select[Any], query)


@cached
def _latest() -> Select[Any]:
    since = (
        select(func.count())
        .where(
            _LATER.thread_id == SummaryVersion.thread_id,
            _LATER.number > SummaryVersion.last_number,
            _LATER.hidden_at.is_(None),
            _LATER.deleted_at.is_(None),
        )
        .correlate(SummaryVersion)
        .scalar_subquery()
    )
    newest = select(func.max(_OTHER.number)).where(_OTHER.thread_id == SummaryVersion.thread_id)
    return (
        _all()
        .add_columns(since.label("replies_since"))
        .where(
            SummaryVersion.thread_id == bindparam("thread_id", type_=Integer),
            SummaryVersion.number == newest.correlate(SummaryVersion).scalar_subquery(),
        )
    )
