"""Rows that belong together: nothing without its parent, a text for every post, sealed versions, sent drafts."""

from collections.abc import Iterator

from sqlalchemy import Text, and_, cast, exists, func, not_, or_, select, text
from sqlalchemy.orm import aliased

from forum.domain.doctor.findings import Finding, tell, tell_names
from forum.domain.maintenance import triggers
from forum.infra.db import db
from forum.models.claims import Claim, Excerpt
from forum.models.drafts import Draft
from forum.models.lessons import Lesson, LessonSource, LessonState, LessonVersion
from forum.models.moved_posts import MovedPost
from forum.models.subscriptions import DigestItem
from forum.models.threads import Post, PostRevision, Thread


def parents() -> Iterator[Finding]:
    """Rows whose parent is gone: what foreign keys hold, when they hold."""
    for table in db.metadata.sorted_tables:
        for key in (key for each in table.columns for key in each.foreign_keys):
            column, parents = key.parent, key.column.table.alias()  # a table may point at itself
            gone = and_(column.is_not(None), not_(exists().where(parents.c[key.column.name] == column)))
            found = f"rows of {table.name} whose {column.name} is not in {key.column.table.name}"
            ids = select(*table.primary_key.columns).where(gone)
            yield from tell(f"orphans {table.name}.{column.name}", found, ids)


def texts() -> Iterator[Finding]:
    """Threads have an opening post, and posts the revision that they show."""
    opening = exists().where(Post.thread_id == Thread.id, Post.number == 1)
    yield from tell(
        "opening posts",
        "threads without an opening post",
        select(Thread.id).where(not_(opening), Thread.merged_at.is_(None)),
    )
    left = exists().where(Post.thread_id == Thread.id)
    merged = select(Thread.id).where(Thread.merged_at.is_not(None), or_(left, Thread.withdrawn_at.is_(None)))
    yield from tell("merged threads", "merged threads in which posts stand, or that still show", merged)
    again = select(MovedPost.thread_id, MovedPost.number).join(
        Post, and_(Post.thread_id == MovedPost.thread_id, Post.number == MovedPost.number)
    )
    yield from tell("moved posts", "numbers of posts that moved and of others at once", again)
    shown = exists().where(PostRevision.post_id == Post.id, PostRevision.number == Post.revision)
    yield from tell("revisions", "posts without the text that they show", select(Post.id).where(not_(shown)))
    present = and_(PostRevision.post_id == Post.id, PostRevision.number == Post.revision)
    hidden = select(Post.id).join(PostRevision, present).where(PostRevision.hidden_at.is_not(None))
    yield from tell("hidden versions", "posts that show a text that is hidden from their history", hidden)


def lessons() -> Iterator[Finding]:
    """Lessons: their versions are their own, and sealed where they must be; excerpts come from their threads."""
    for name in ("current_id", "working_id"):
        foreign = select(Lesson.id).join(LessonVersion, LessonVersion.id == getattr(Lesson, name))
        foreign = foreign.where(LessonVersion.lesson_id != Lesson.id)
        yield from tell("versions", f"lessons whose {name} is the version of another lesson", foreign)
    current, working = aliased(LessonVersion), aliased(LessonVersion)
    unsealed = (
        select(Lesson.id)
        .outerjoin(current, current.id == Lesson.current_id)
        .outerjoin(working, working.id == Lesson.working_id)
        .where(
            or_(
                and_(
                    current.id.is_not(None), or_(current.sealed_at.is_(None), current.published_at.is_(None))
                ),
                and_(current.id.is_not(None), or_(current.number.is_(None), Lesson.public_id.is_(None))),
                and_(Lesson.state == LessonState.IN_REVIEW, working.sealed_at.is_(None)),
                and_(Lesson.state == LessonState.DRAFT, working.sealed_at.is_not(None)),
            )
        )
    )
    yield from tell(
        "sealed versions", "lessons whose version is sealed or open against their state", unsealed
    )
    elsewhere = (
        select(Excerpt.id)
        .join(Claim, Claim.id == Excerpt.claim_id)
        .join(LessonVersion, LessonVersion.id == Claim.version_id)
        .join(PostRevision, PostRevision.id == Excerpt.revision_id)
        .join(Post, Post.id == PostRevision.post_id)
        .where(
            not_(
                exists().where(
                    LessonSource.lesson_id == LessonVersion.lesson_id,
                    LessonSource.thread_id == Post.thread_id,
                )
            )
        )
    )
    yield from tell("sources", "excerpts from threads that their lesson does not name as a source", elsewhere)


def guards() -> Iterator[Finding]:
    """The triggers that keep the moderation log and sealed versions as they are, and those of others."""
    dialect = db.engine.dialect.name
    is_sqlite = dialect == "sqlite"
    at_work = set(db.session.scalars(text(triggers.at_work(is_sqlite=is_sqlite))))
    missing = set(triggers.GUARDS[dialect]) - at_work
    yield from tell_names("guards", "triggers that keep rows from being changed are gone", missing)
    strange = db.session.scalars(text(triggers.strange(is_sqlite=is_sqlite)))
    found = "triggers or rules that are not of this forum: no restore brings them back"
    yield from tell_names("strange triggers", found, strange)


def drafts() -> Iterator[Finding]:
    """Drafts whose form was accepted: their words are gone, the mark against a second sending stays."""
    words = or_(func.length(cast(Draft.fields, Text)) > len("{}"), Draft.other_fields.is_not(None))
    yield from tell(
        "sent drafts",
        "drafts that were sent and still hold words",
        select(Draft.id).where(Draft.sent_at.is_not(None), words),
    )
    accepted = exists().where(
        Post.author_id == Draft.member_id, Post.idempotency_key == Draft.idempotency_key
    )
    waiting = and_(Draft.sent_at.is_(None), Draft.discarded_at.is_(None))
    yield from tell(
        "accepted drafts",
        "drafts that are offered although their form was accepted",
        select(Draft.id).where(waiting, accepted),
    )


def digests() -> Iterator[Finding]:
    """What digests told of: threads and lessons, which no foreign key holds."""
    for kind, model in (("thread", Thread), ("lesson", Lesson)):
        gone = and_(DigestItem.kind == kind, not_(exists().where(model.id == DigestItem.item_id)))
        yield from tell(
            "digest items",
            f"digests name a {kind} that is not there",
            select(DigestItem.digest_id, DigestItem.item_id).where(gone),
        )
