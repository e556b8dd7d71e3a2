"""The lessons of a cahier: added, put in order, pinned to another version, taken out."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.cahiers import contents
from forum.infra.i18n import _
from forum.models.cahiers import Cahier
from forum.web import cahier_pages as pages
from forum.web.cahiers import bp
from forum.web.forms import errors_on
from forum.web.forms.cahiers import AddLessonForm, WhyForm
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

__all__ = ["bp"]


@bp.post("/cahiers/<cahier_slug>/lessons")
@open_to(members)
def add(cahier_slug: str) -> ResponseReturnValue:
    """Add a lesson by its number or address."""
    form = AddLessonForm()
    if form.validate():
        with errors_on(form):
            cahier = contents.add(actor(), cahier_slug, form.lesson.data or "", why=form.why.data or "")
            return _to_lessons(cahier)
    transactions.only_look()
    return pages.edition(pages.to_edit(cahier_slug), add_form=form), 422


@bp.post("/cahiers/<cahier_slug>/lessons/<public_id>")
@form_method
@open_to(members)
def say_why(cahier_slug: str, public_id: str) -> ResponseReturnValue:
    """Say why a lesson stands there."""
    form = WhyForm()
    if form.validate():
        with errors_on(form):
            return _to_lessons(
                contents.say_why(actor(), cahier_slug, public_id, form.why.data or ""), public_id
            )
    transactions.only_look()
    return pages.edition(pages.to_edit(cahier_slug), why_form=(public_id, form)), 422


@say_why.delete
@open_to(members)
def take_out(cahier_slug: str, public_id: str) -> ResponseReturnValue:
    """Take a lesson out."""
    cahier = contents.take_out(actor(), cahier_slug, public_id)
    flash(_("The lesson is no longer in this cahier."), "ok")
    return _to_lessons(cahier)


@bp.post("/cahiers/<cahier_slug>/lessons/<public_id>/place")
@open_to(members)
def move(cahier_slug: str, public_id: str) -> ResponseReturnValue:
    """Move a lesson one place up or down."""
    place = request.form.get("place", 0, type=int)
    cahier = contents.move(actor(), cahier_slug, public_id, up=request.form.get("way") == "up", place=place)
    return _to_lessons(cahier, public_id)


@bp.post("/cahiers/<cahier_slug>/lessons/<public_id>/version")
@open_to(members)
def pin(cahier_slug: str, public_id: str) -> ResponseReturnValue:
    """Let the cahier have another version of a lesson."""
    return _to_lessons(
        contents.pin(actor(), cahier_slug, public_id, request.form.get("number", "")), public_id
    )


def _to_lessons(cahier: Cahier, public_id: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("cahiers.edition", cahier_slug=cahier.slug, _anchor=public_id or "lessons"), 303)
