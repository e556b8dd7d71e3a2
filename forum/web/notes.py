"""Notes on the page of a space: its moderators write, change, order and remove them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.spaces import notes, spaces
from forum.infra.i18n import _
from forum.infra.word_diff import pieces
from forum.models.notes import SpaceNote
from forum.models.spaces import Space
from forum.policy.actions import may_moderate, require
from forum.policy.errors import Conflict
from forum.web import careful
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
    )


@bp.get("/spaces/<slug>/notes/new")
@open_to(members)
def new(slug: str) -> ResponseReturnValue:
    return _blank(slug, NoteForm(formdata=None))


@bp.get("/spaces/<slug>/notes/welcome")
@open_to(members)
def new_welcome(slug: str) -> ResponseReturnValue:
    return _blank(slug, NoteForm(formdata=None, is_welcome="1"))


@bp.post("/spaces/<slug>/notes")
@open_to(members)
def write(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), NoteForm()
    require(may_moderate(actor(), space.id))
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                notes.write(actor(), space.id, **form.texts(), is_welcome=bool(form.is_welcome.data))
                flash(_("It is now on the page of this space."), "ok")
                return redirect(url_for(".index", slug=slug), 303)
        except Conflict as error:
            transactions.only_look()
            return _form(space, form, conflict=error.reason), 409
    transactions.only_look()
    return _form(space, form), 422


@bp.get("/notes/<int:note_id>/versions/new")
@open_to(members)
def change(note_id: int) -> ResponseReturnValue:
    space, note = notes.one(actor(), note_id)
    return _form(space, NoteForm(formdata=None, title=note.title, body=note.body, seen=note.revision), note)


@bp.post("/notes/<int:note_id>/versions")
@open_to(members)
def save(note_id: int) -> ResponseReturnValue:
    form = NoteForm()
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                space = notes.change(actor(), note_id, **form.texts(), seen=form.seen.data or 0)
                flash(_("The note is changed."), "ok")
                return redirect(url_for(".index", slug=space.slug), 303)
        except Conflict as error:
            transactions.only_look()
            space, note = notes.one(actor(), note_id)
            form.seen.raw_data = [str(note.revision)]
            return _form(space, form, note, conflict=error.reason), 409
    transactions.only_look()
    space, note = notes.one(actor(), note_id)
    return _form(space, form, note), 422


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


def _blank(slug: str, form: NoteForm) -> str:
    space = spaces.by_slug(actor(), slug)
    require(may_moderate(actor(), space.id))
    return _form(space, form)


def _form(
    space: Space | spaces.SpaceFacts, form: NoteForm, note: SpaceNote | None = None, conflict: str = ""
) -> str:
    differences = pieces(note.body, form.texts()["body"]) if note is not None and conflict else []
    return render_template(
        "notes/write.html", space=space, form=form, note=note, conflict=conflict, differences=differences
    )
