"""What editors of the network do with a cahier: make it, change its introduction and who reads it, and delete it."""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update

from forum.domain.audit import log as audit_log
from forum.domain.lines import clean_line, within
from forum.domain.people import accounts
from forum.infra import clock, rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import insert_new
from forum.models.cahiers import Cahier, CahierLesson
from forum.models.lessons import Lesson
from forum.models.moderation import Action
from forum.models.spaces import Audience
from forum.policy.actions import may_edit_network, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound

MOST_CHANGES = "120 per hour"
NAMES = ("new",)  # of pages beside them
SENT_TWICE = timedelta(minutes=15)  # so long the same text is the same cahier, sent again


class Words(NamedTuple):
    """What an editor typed: a title, an introduction and who reads it."""

    title: str
    body: str
    audience: Audience


class Made(NamedTuple):
    """The same, made clean, with its HTML."""

    title: str
    body: str
    html: str


def made(words: Words) -> Made:
    """Return title and introduction as they are stored, rendered before anybody waits for it at a lock.

    Invalid at `title`, `body` or `audience`.
    """
    title = clean_line(words.title, field="title", limit=Cahier.TITLE_MAX, missing=_("Choose a title."))
    body = within(text.typed(words.body), field="body", limit=Cahier.BODY_MAX)
    html = text.render(body)
    if text.is_blank(text.plain(html)):
        raise Invalid("body", _("Write something first."))
    if words.audience == Audience.SPACE:
        raise Invalid("audience", _("Choose one of these."))
    return Made(title, body, html)


def create(actor: Actor, words: Words) -> Cahier:
    """Make a cahier, without lessons yet; sent twice it is one. Forbidden, Invalid as `made`, TooOften."""
    require(may_edit_network(actor))
    typed = made(words)
    accounts.one_at_a_time(actor)  # who presses twice at once finds what the first press made
    before = _sent_before(actor, typed)
    if before is not None:
        return before
    rates.spend("cahier", f"member:{actor.id}", limit=MOST_CHANGES)
    now = clock.now()
    cahier = _insert(
        typed,
        audience=Audience(words.audience),
        render_version=text.RENDER_VERSION,
        editor_id=actor.id,
        created_at=now,
        changed_at=now,
    )
    log(actor, cahier, "written")
    return cahier


def change(actor: Actor, slug: str, words: Words, *, seen: int) -> Cahier:
    """Give a cahier another text or other readers, on top of the version that its editor saw; the same changes nothing.

    NotFound, Forbidden, Invalid as `made`, and at `audience` while a lesson in it is not for everybody; Conflict when
    somebody changed it meanwhile, TooOften.
    """
    typed, cahier = made(words), locked(actor, slug)
    stands = (cahier.title, cahier.body, cahier.html, cahier.audience)
    if stands == (*typed, words.audience):
        return cahier
    if cahier.revision != seen:
        raise Conflict(meanwhile())
    if words.audience == Audience.PUBLIC and _has_closed(cahier):
        raise Invalid("audience", _("A lesson in it is not for everybody. Take it out first."))
    rates.spend("cahier", f"member:{actor.id}", limit=MOST_CHANGES)
    cahier.title, cahier.body, cahier.html = typed
    cahier.audience, cahier.render_version = Audience(words.audience), text.RENDER_VERSION
    cahier.revision += 1
    changed(actor, cahier, "changed")
    return cahier


def meanwhile() -> str:
    """Return what is said to who changes a text that is not the present one any more."""
    return _("Somebody changed this cahier while you were writing. Look at both, and save what should stand.")


def remove(actor: Actor, slug: str) -> None:
    """Delete a cahier for good; its lessons stay. Without it nothing happens. Forbidden."""
    require(may_edit_network(actor))
    cahier = db.session.scalars(select(Cahier).where(Cahier.slug == slug).with_for_update()).one_or_none()
    if cahier is None:
        return
    log(actor, cahier, "removed")
    db.session.execute(delete(Cahier).where(Cahier.id == cahier.id))


def one(actor: Actor, slug: str) -> Cahier:
    """Return a cahier for its editors; NotFound, Forbidden."""
    require(may_edit_network(actor))
    return _found(slug, lock=False)


def locked(actor: Actor, slug: str) -> Cahier:
    """Return a cahier that the actor may change, read anew and locked; NotFound, Forbidden."""
    require(may_edit_network(actor))
    return _found(slug, lock=True)


def changed(actor: Actor, cahier: Cahier, what: str) -> None:
    """Write down that an editor changed a cahier, and when."""
    cahier.changed_at = clock.now()
    db.session.flush()
    log(actor, cahier, what)


def log(actor: Actor, cahier: Cahier, what: str) -> None:
    """Add a line to the log of the network, which has none of its words: it stays when a cahier goes."""
    audit_log.record(actor, Action.CAHIER, reason=f"{what} {cahier.id}")


def render_again() -> int:
    """Write the HTML anew that an older renderer made; return of how many cahiers."""
    query = select(Cahier.id, Cahier.revision, Cahier.body)
    rows = db.session.execute(query.where(Cahier.render_version < text.RENDER_VERSION)).all()
    for row in rows:
        same = (Cahier.id == row.id, Cahier.revision == row.revision)
        values = {"html": text.render(row.body), "render_version": text.RENDER_VERSION}
        db.session.execute(update(Cahier).where(*same).values(**values))
    return len(rows)


def _found(slug: str, *, lock: bool) -> Cahier:
    query = select(Cahier).where(Cahier.slug == slug)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    cahier = db.session.scalars(query).one_or_none()
    if cahier is None:
        raise NotFound
    return cahier


def _sent_before(actor: Actor, typed: Made) -> Cahier | None:
    query = select(Cahier).filter_by(editor_id=actor.id, title=typed.title, body=typed.body)
    recent = Cahier.created_at > clock.now() - SENT_TWICE
    return db.session.scalars(query.where(recent).order_by(Cahier.id).limit(1)).one_or_none()


def _insert(typed: Made, **more: Any) -> Cahier:
    """A new cahier at the first address of its title that is free, also when somebody else takes one at this moment."""
    base = slug = text.slug(typed.title)
    number = 1
    while True:
        row = {**typed._asdict(), **more, "slug": slug}
        if slug not in NAMES and (new := insert_new(Cahier, [row], Cahier.id)):
            return db.session.get_one(Cahier, new[0].id)
        number += 1
        slug = f"{base}-{number}"


def _has_closed(cahier: Cahier) -> bool:
    query = select(Lesson.id).join(CahierLesson, CahierLesson.lesson_id == Lesson.id)
    closed = query.where(CahierLesson.cahier_id == cahier.id, Lesson.audience != Audience.PUBLIC)
    return db.session.scalar(select(closed.exists())) or False
