"""Write where a thread stands: each time as a new version, on top of the one that its writer saw."""

from sqlalchemy import select

from forum.domain.mailing import events
from forum.domain.summaries import keepers, page, sentences
from forum.domain.threads import post_store
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.models.summaries import SummaryCitation, SummarySentence, SummaryVersion
from forum.models.threads import Post, Thread
from forum.policy.actions import may_summarise, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict
from forum.policy.visibility import get_visible

MOST_CHANGES = "60 per hour"
Rows = list[tuple[str, tuple[tuple[int, int], ...]]]  # words, and id and revision of each post that they cite


def to_write(actor: Actor, thread_id: int) -> Thread:
    """Return a thread of which the actor may write the summary; NotFound, Forbidden."""
    thread: Thread = get_visible(Thread, actor, thread_id)
    _require(actor, thread)
    return thread


def save(actor: Actor, thread_id: int, *, typed: str, seen: int) -> Thread:
    """Keep these sentences as the next version of the summary; the same again keeps none, none at all shows none.

    `seen` is the number of the version that the writer had before them, 0 for none.
    NotFound, Forbidden, Invalid at `text`, Conflict when somebody wrote another one meanwhile, TooOften.
    """
    found = sentences.parse(typed)
    thread = post_store.locked_thread(actor, thread_id)
    _require(actor, thread)
    cited = _standing(thread, {number for one in found for number in one.numbers})
    sentences.check_cited(found, cited)
    rates.spend("summarise", f"member:{actor.id}", limit=MOST_CHANGES)
    rows = [(one.words, tuple(cited[number] for number in one.numbers)) for one in found]
    latest = _latest(thread.id)
    if rows == _rows(thread.id, latest):
        return thread
    if latest != seen:
        raise Conflict(meanwhile())
    _add(actor, thread, latest + 1, rows)
    return thread


def meanwhile() -> str:
    """Return what is said to who writes on top of a version that is not the latest any more."""
    return _("Somebody wrote here while you were writing. Look at both, and save what should stand.")


def _require(actor: Actor, thread: Thread) -> None:
    asked = db.session.scalar(select(keepers.is_asked(actor.id, thread.id)))
    require(may_summarise(actor, thread, asked=bool(asked)))


def _standing(thread: Thread, numbers: set[int]) -> dict[int, tuple[int, int]]:
    """Id and revision of those posts that every reader of the thread may read, by number."""
    standing = (Post.hidden_at.is_(None), Post.deleted_at.is_(None))
    rows = db.session.execute(
        select(Post.number, Post.id, Post.revision).where(
            Post.thread_id == thread.id, Post.number.in_(numbers), *standing
        )
    )
    return {row.number: (row.id, row.revision) for row in rows}


def _latest(thread_id: int) -> int:
    return db.session.scalar(select(page.latest_number(thread_id))) or 0


def _rows(thread_id: int, number: int) -> Rows:
    """The sentences of a version with what they cite, as `save` gets them."""
    query = (
        select(
            SummarySentence.position, SummarySentence.words, SummaryCitation.post_id, SummaryCitation.revision
        )
        .join(SummaryVersion, SummaryVersion.id == SummarySentence.version_id)
        .outerjoin(
            SummaryCitation,
            (SummaryCitation.version_id == SummarySentence.version_id)
            & (SummaryCitation.position == SummarySentence.position),
        )
        .outerjoin(Post, Post.id == SummaryCitation.post_id)
        .where(SummaryVersion.thread_id == thread_id, SummaryVersion.number == number)
        .order_by(SummarySentence.position, Post.number)
    )
    found: dict[int, tuple[str, list[tuple[int, int]]]] = {}
    for row in db.session.execute(query):
        _words, cited = found.setdefault(row.position, (row.words, []))
        if row.post_id is not None:
            cited.append((row.post_id, row.revision))
    return [(words, tuple(cited)) for words, cited in found.values()]


def _add(actor: Actor, thread: Thread, number: int, rows: Rows) -> None:
    version = SummaryVersion(
        thread_id=thread.id,
        number=number,
        editor_id=actor.id,
        created_at=clock.now(),
        last_number=thread.last_number,
    )
    db.session.add(version)
    db.session.flush()
    for position, (words, _cited) in enumerate(rows):
        db.session.add(SummarySentence(version_id=version.id, position=position, words=words))
    db.session.flush()
    db.session.add_all(
        SummaryCitation(version_id=version.id, position=position, post_id=post_id, revision=revision)
        for position, (_words, cited) in enumerate(rows)
        for post_id, revision in cited
    )
    db.session.flush()
    events.record("summary.written", thread_id=thread.id)
