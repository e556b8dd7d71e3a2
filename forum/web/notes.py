"""Notes on the page of a space: its moderators write, change, order and remove them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import NOTE, NOTE_CHANGE, WELCOME
from forum.domain.drafts.views import Subject
from forum.domain.spaces import notes, spaces
from forum.infra import text
from forum.infra.i18n import _
from forum.infra.word_diff import pieces
from forum.models.notes import SpaceNote
from forum.models.spaces import Space
from forum.policy.actions import may_pin_notes, require
from forum.policy.errors import Conflict
from forum.web import careful, draft_slots, previews
from forum.web.forms import errors_on
from forum.web.forms.notes import NoteForm
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("notes", __name__)


@bp.get("/spaces/<slug>/notes")
@open_to(members)
def index(slug: str) -> ResponseReturnValue:
    space = spaces.by_slug(actor(), slug)
    found = notes.of_space(actor(), space.id)
    return render_template(
        "notes/index.html",
        space=space,
        notes=found,
        has_welcome=any(note.is_welcome for note in found),
        has_room=sum(not note.is_welcome for note in found) < notes.MOST,
        most=notes.MOST,
        acts=notes.last_removed(actor(), space.id),
        left=draft_slots.left(NOTE, WELCOME, NOTE_CHANGE),
    )


@bp.get("/spaces/<slug>/notes/new")
@open_to(members)
def new(slug: str) -> ResponseReturnValue:
    return _blank(slug, NOTE)


@bp.get("/spaces/<slug>/notes/welcome")
@open_to(members)
def new_welcome(slug: str) -> ResponseReturnValue:
    return _blank(slug, WELCOME)


@bp.post("/spaces/<slug>/notes")
@open_to(members)
@draft_slots.kept_when_refused
def write(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), NoteForm()
    require(may_pin_notes(actor(), space.id))
    kind = WELCOME if form.is_welcome.data else NOTE
    if "leave" in request.form:
        return _left(space, form, Subject(kind, space.id))
    if previews.is_asked():
        transactions.only_look()
        html, status = previews.of(form)
        return _form(space, form, draft_slots.slot(kind, space.id), preview=html), status
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                notes.write(actor(), space.id, **form.texts(), is_welcome=kind == WELCOME)
                draft_slots.accepted(kind, space.id)
                flash(_("It is now on the page of this space."), "ok")
                return redirect(url_for(".index", slug=slug), 303)
        except Conflict as error:
            transactions.only_look()
            return _form(space, form, draft_slots.slot(kind, space.id), conflict=error.reason), 409
    transactions.only_look()
    return _form(space, form, draft_slots.slot(kind, space.id)), 422


@bp.get("/notes/<int:note_id>/versions/new")
@open_to(members)
def change(note_id: int) -> ResponseReturnValue:
    slot = draft_slots.slot(NOTE_CHANGE, note_id)
    space, note = notes.one(actor(), note_id)
    data = {"title": note.title, "body": note.body, "seen": note.revision}
    form = draft_slots.fill(NoteForm, slot, seen=note.revision) or NoteForm(formdata=None, data=data)
    changed = slot.opened is not None and slot.opened.base_revision != note.revision
    return _form(space, form, slot, note, conflict=notes.meanwhile() if changed else "")


@bp.post("/notes/<int:note_id>/versions")
@open_to(members)
@draft_slots.kept_when_refused
def save(note_id: int) -> ResponseReturnValue:
    form, slot = NoteForm(), draft_slots.slot(NOTE_CHANGE, note_id)
    if "leave" in request.form:
        space, note = notes.one(actor(), note_id)
        return _left(space, form, Subject(NOTE_CHANGE, note_id), note)
    if previews.is_asked():
        transactions.only_look()
        space, note = notes.one(actor(), note_id)
        html, status = previews.of(form)
        return _form(space, form, slot, note, preview=html), status
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                space = notes.change(actor(), note_id, **form.texts(), seen=form.seen.data or 0)
                draft_slots.accepted(NOTE_CHANGE, note_id)
                flash(_("The note is changed."), "ok")
                return redirect(url_for(".index", slug=space.slug), 303)
        except Conflict as error:
            transactions.only_look()
            space, note = notes.one(actor(), note_id)
            form.seen.raw_data = [str(note.revision)]
            return _form(space, form, slot, note, conflict=error.reason), 409
    transactions.only_look()
    space, note = notes.one(actor(), note_id)
    return _form(space, form, slot, note), 422


@bp.post("/notes/<int:note_id>")
@form_method
@open_to(members)
def move_up(note_id: int) -> ResponseReturnValue:
    return redirect(url_for(".index", slug=notes.move_up(actor(), note_id).slug), 303)


@move_up.delete
@open_to(members)
def remove(note_id: int) -> ResponseReturnValue:
    space = notes.remove(actor(), note_id)
    flash(_("The note is gone from the page of this space."), "ok")
    return redirect(url_for(".index", slug=space.slug), 303)


def _blank(slug: str, kind: str) -> ResponseReturnValue:
    space = spaces.by_slug(actor(), slug)
    slot = draft_slots.slot(kind, space.id)
    if not may_pin_notes(actor(), space.id) and (words := draft_slots.unsendable()):
        return redirect(words, 303)
    require(may_pin_notes(actor(), space.id))
    is_welcome = "1" if kind == WELCOME else ""
    form = draft_slots.fill(NoteForm, slot, is_welcome=is_welcome)
    return _form(space, form or NoteForm(formdata=None, is_welcome=is_welcome), slot)


def _left(
    space: Space | spaces.SpaceFacts, form: NoteForm, subject: Subject, note: SpaceNote | None = None
) -> ResponseReturnValue:
    """Leave the page of the space as it is: what was typed is thrown away, and for a day it can be put back."""
    stands = (note.title, note.body) if note is not None else ("", "")
    is_changed = tuple(text.typed(each) for each in form.texts().values()) != stands
    return redirect(
        url_for(".index", slug=space.slug, **draft_slots.leave(*subject, is_changed=is_changed)), 303
    )


def _form(
    space: Space | spaces.SpaceFacts,
    form: NoteForm,
    slot: draft_slots.Slot,
    note: SpaceNote | None = None,
    **more: Any,
) -> str:
    differs = note is not None and more.get("conflict")
    differences = pieces(note.body, form.texts()["body"]) if note is not None and differs else []
    return render_template(
        "notes/write.html", space=space, form=form, slot=slot, note=note, differences=differences, **more
    )
