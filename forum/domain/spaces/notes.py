"""Notes that moderators pin to the page of their space: written, changed, put in order, removed and brought back.

Only who belongs to the space reads them, also where its threads are for the network.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, literal, select, update
from sqlalchemy.orm import aliased

from forum.domain.audit import log as audit_log
from forum.domain.audit import undoable
from forum.domain.audit.undoable import OpenAct
from forum.domain.lines import clean_line, within
from forum.infra import clock, rates, text
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.paging import LARGEST
from forum.models.accounts import Member
from forum.models.moderation import Action
from forum.models.notes import SpaceNote
from forum.models.spaces import Audience, Space
from forum.models.undo import UndoableAct, UndoKind
from forum.policy.actions import may_pin_notes, require
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound
from forum.policy.visibility import get_visible, reached

MOST = 5  # beside the welcome
MOST_CHANGES = "60 per hour"
SENT_TWICE = timedelta(minutes=15)  # so long the same text is the same note, sent again
EDITOR = aliased(Member)
_FIELDS = ("id", "is_welcome", "title", "body", "html", "revision", "written_at")


@dataclass(frozen=True, slots=True)
class Note:
    """A note as the people of its space read it."""

    id: int
    is_welcome: bool
    title: str
    body: str
    html: str
    revision: int
    written_at: datetime
    editor: str

    @property
    def pieces(self) -> list[Any]:
        """Its HTML. What looks like a passage of a post is none here, and left out."""
        return [piece for piece in text.parts(self.html) if piece is not None]


def columns() -> list[Any]:
    """Return the columns that `read` reads, for queries that join a note by `shown` and its EDITOR."""
    return [
        *(getattr(SpaceNote, name).label(f"note_{name}") for name in _FIELDS),
        EDITOR.name.label("note_editor"),
    ]


def shown(reader: Any, space_id: Any = Space.id) -> ColumnElement[bool]:
    """Return whether a note stands on the page of a space for a reader: one of those who belong to it."""
    inside = reached(literal(Audience.SPACE.value), SpaceNote.space_id, reader)
    return and_(SpaceNote.space_id == space_id, SpaceNote.removed_at.is_(None), inside)


def read(row: Any) -> Note:
    """Return the note of a row with `columns`."""
    return Note(**{name: getattr(row, f"note_{name}") for name in (*_FIELDS, "editor")})


def of_space(actor: Actor, space_id: int) -> list[Note]:
    """Return the notes of a space in their order, for its moderators; NotFound, Forbidden."""
    space: Space = get_visible(Space, actor, space_id)
    require(may_pin_notes(actor, space.id))
    query = (
        select(*columns())
        .select_from(Space)
        .join(SpaceNote, shown(actor))
        .join(EDITOR, EDITOR.id == SpaceNote.editor_id)
        .where(Space.id == space.id)
        .order_by(SpaceNote.is_welcome.desc(), SpaceNote.position, SpaceNote.id)
    )
    return [read(row) for row in db.session.execute(query)]


def one(actor: Actor, note_id: int) -> tuple[Space, SpaceNote]:
    """Return a note that the actor may change, and its space; NotFound, Forbidden."""
    found = _found(actor, note_id)
    require(may_pin_notes(actor, found[0].id))
    return found


def rendered(body: str) -> str:
    """Return the HTML of the text of a note: made first, so that nobody waits for it at a lock. Invalid at `body`."""
    body = within(text.typed(body), field="body", limit=SpaceNote.BODY_MAX)
    html = text.render(body)
    if text.is_blank(text.plain(html)):
        raise Invalid("body", _("Write something first."))
    return html


def write(actor: Actor, space_id: int, *, title: str, body: str, is_welcome: bool = False) -> SpaceNote:
    """Pin a note to the page of a space, below the others, or write its welcome; sent twice it is one note.

    NotFound, Forbidden, Invalid at `title`, `body` or `is_welcome`, Conflict where there are enough, TooOften.
    """
    html, title = rendered(body), _clean_title(title)
    space: Space = get_visible(Space, actor, space_id, lock=True)
    require(may_pin_notes(actor, space.id))
    before = _sent_before(actor, space.id, title=title, body=text.typed(body), is_welcome=is_welcome)
    if before is not None:
        return before
    _require_room(space.id, is_welcome=is_welcome)
    rates.spend("note", f"member:{actor.id}", limit=MOST_CHANGES)
    last = select(func.coalesce(func.max(SpaceNote.position), 0)).where(SpaceNote.space_id == space.id)
    note = SpaceNote(
        space_id=space.id,
        position=(db.session.scalar(last) or 0) + 1,
        is_welcome=is_welcome,
        title=title,
        body=text.typed(body),
        html=html,
        render_version=text.RENDER_VERSION,
        editor_id=actor.id,
        written_at=clock.now(),
    )
    db.session.add(note)
    db.session.flush()
    _log(actor, space.id, "written")
    return note


def _sent_before(actor: Actor, space_id: int, **same: object) -> SpaceNote | None:
    """The note that the actor wrote moments ago with this text, and that stands: a form that was sent twice."""
    query = select(SpaceNote).filter_by(space_id=space_id, editor_id=actor.id, removed_at=None, **same)
    recent = SpaceNote.written_at > clock.now() - SENT_TWICE
    return db.session.scalars(query.where(recent).order_by(SpaceNote.id).limit(1)).one_or_none()


def change(actor: Actor, note_id: int, *, title: str, body: str, seen: int) -> Space:
    """Give a note another text, on top of the version that its writer saw; the same again changes nothing.

    NotFound, Forbidden, Invalid at `title` or `body`, Conflict when somebody changed it meanwhile, TooOften.
    """
    html, title, body = rendered(body), _clean_title(title), text.typed(body)
    space, note = _locked(actor, note_id)
    rates.spend("note", f"member:{actor.id}", limit=MOST_CHANGES)
    if (note.title, note.body) == (title, body):
        return space
    if note.revision != seen:
        raise Conflict(meanwhile())
    note.title, note.body, note.html, note.render_version = title, body, html, text.RENDER_VERSION
    note.editor_id, note.written_at, note.revision = actor.id, clock.now(), note.revision + 1
    _log(actor, space.id, "changed")
    return space


def meanwhile() -> str:
    """Return what is said to who changes a text that is not the present one any more."""
    return _("Somebody changed this note while you were writing. Look at both, and save what should stand.")


def move_up(actor: Actor, note_id: int) -> Space:
    """Put a note before the one above it; the first one stays where it is. NotFound, Forbidden, TooOften."""
    space, note = _locked(actor, note_id)
    rates.spend("note", f"member:{actor.id}", limit=MOST_CHANGES)
    above = db.session.scalars(
        select(SpaceNote)
        .where(
            SpaceNote.space_id == space.id,
            SpaceNote.removed_at.is_(None),
            SpaceNote.is_welcome.is_(note.is_welcome),
            SpaceNote.position < note.position,
        )
        .order_by(SpaceNote.position.desc())
        .limit(1)
    ).one_or_none()
    if above is not None:
        above.position, note.position = note.position, above.position
    return space


def remove(actor: Actor, note_id: int) -> Space:
    """Take a note away; for ten minutes it can be undone. NotFound, Forbidden, TooOften."""
    space, note = _locked(actor, note_id)
    rates.spend("note", f"member:{actor.id}", limit=MOST_CHANGES)
    note.removed_at = clock.now()
    undoable.note(actor, UndoKind.NOTE, before={"note_id": note.id, "slug": space.slug})
    _log(actor, space.id, "removed")
    return space


def undo(actor: Actor, act: UndoableAct) -> None:
    """Bring back a note that was removed; NotFound, Forbidden, Conflict where others took its place."""
    space, note = _locked(actor, act.before["note_id"], removed=True)
    if undoable.undone_meanwhile(act):
        return
    _require_room(space.id, is_welcome=note.is_welcome)
    note.removed_at = None
    undoable.note_undone(act)
    _log(actor, space.id, "restored")


def last_removed(actor: Actor, space_id: int) -> list[OpenAct]:
    """Return the newest removal of the actor in a space that can still be undone, with the title of its note.

    At most one: who undoes it finds the one before. For moderators; NotFound, Forbidden.
    """
    space: Space = get_visible(Space, actor, space_id)
    require(may_pin_notes(actor, space.id))
    acts = {act.before["note_id"]: act for act in undoable.open_acts(actor, kind=UndoKind.NOTE)}
    removed = select(SpaceNote.id, SpaceNote.title).where(
        SpaceNote.space_id == space.id, SpaceNote.id.in_(acts)
    )
    found = db.session.execute(removed.where(SpaceNote.removed_at.is_not(None))) if acts else ()
    here = [replace(acts[row.id], title=row.title) for row in found]
    return sorted(here, key=lambda act: act.id)[-1:]


def forget_removed() -> None:
    """Delete what was removed and can no longer be brought back."""
    db.session.execute(delete(SpaceNote).where(SpaceNote.removed_at < clock.now() - undoable.WINDOW))


def render_again() -> int:
    """Write the HTML anew that an older renderer made; return of how many notes."""
    query = select(SpaceNote.id, SpaceNote.revision, SpaceNote.body)
    rows = db.session.execute(query.where(SpaceNote.render_version < text.RENDER_VERSION)).all()
    for row in rows:
        same = (SpaceNote.id == row.id, SpaceNote.revision == row.revision)
        values = {"html": text.render(row.body), "render_version": text.RENDER_VERSION}
        db.session.execute(update(SpaceNote).where(*same).values(**values))
    return len(rows)


def _found(actor: Actor, note_id: int, *, removed: bool = False) -> tuple[Space, SpaceNote]:
    if not 0 < note_id <= LARGEST:
        raise NotFound
    stands = SpaceNote.removed_at.is_not(None) if removed else SpaceNote.removed_at.is_(None)
    inside = reached(literal(Audience.SPACE.value), SpaceNote.space_id, actor)
    query = select(SpaceNote).where(SpaceNote.id == note_id, stands, inside)
    note = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if note is None:
        raise NotFound
    return get_visible(Space, actor, note.space_id), note


def _locked(actor: Actor, note_id: int, *, removed: bool = False) -> tuple[Space, SpaceNote]:
    """A note that the actor may change, read anew once nobody else changes those of its space."""
    space, _note = _found(actor, note_id, removed=removed)
    require(may_pin_notes(actor, space.id))
    get_visible(Space, actor, space.id, lock=True)
    return _found(actor, note_id, removed=removed)


def _clean_title(title: str) -> str:
    return clean_line(title, field="title", limit=SpaceNote.TITLE_MAX, missing=_("Choose a title."))


def _require_room(space_id: int, *, is_welcome: bool) -> None:
    standing = (SpaceNote.space_id == space_id, SpaceNote.removed_at.is_(None))
    query = select(func.count()).where(*standing, SpaceNote.is_welcome.is_(is_welcome))
    count = db.session.scalar(query) or 0
    if is_welcome and count:
        raise Conflict(_("This space has a welcome already. Change that one."))
    if not is_welcome and count >= MOST:
        raise Conflict(_("There are %(most)d notes already. Remove one first.", most=MOST))


def _log(actor: Actor, space_id: int, what: str) -> None:
    # The log stays when a note goes, so it has none of its words.
    audit_log.record(actor, Action.NOTE, space_id=space_id, reason=what)
