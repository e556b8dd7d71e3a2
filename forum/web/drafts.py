"""A member's drafts: kept for now or by a script, listed, thrown away, put back."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain import draft_places
from forum.domain.drafts import drafts
from forum.domain.drafts.views import DraftView, Fields
from forum.infra import clock, i18n
from forum.infra.i18n import _
from forum.policy.errors import NotFound
from forum.web import draft_slots
from forum.web.http import unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.error_pages import is_for_script
from forum.web.http.form_methods import form_delete
from forum.web.http.submitted_fields import Field, field_of

bp = Blueprint("drafts", __name__)


@bp.get("/drafts")
@open_to(members)
def index() -> ResponseReturnValue:
    thrown_id = draft_slots.draft_in_address("thrown")
    thrown = None
    if thrown_id is not None:
        thrown = drafts.thrown_away(actor(), thrown_id, enter=draft_places.places)
    unread.opened("drafts_lapse")
    return render_template(
        "drafts/index.html",
        drafts=drafts.every(actor(), enter=draft_places.places),
        thrown=thrown,
        thrown_name=_name(thrown) if thrown else "",
        most=drafts.MOST,
        longest=drafts.LENGTH_MAX,
        first_words=first_words,
        address=draft_slots.address,
    )


@bp.post("/drafts")
@open_to(members)
def keep() -> ResponseReturnValue:
    wants_json = is_for_script()
    try:
        kept = draft_slots.keep()
    except drafts.AlreadySent:
        if not wants_json:
            raise
        return jsonify(sent=True), 409
    except NotFound:
        if not wants_json:
            raise
        return jsonify(message=_("You may not enter this place at the moment.")), 404
    if wants_json:
        return jsonify(_told(kept))
    if kept is None:
        flash(_("Nothing was typed, so there is no draft."), "care")
    else:
        flash(_("Your draft is kept."), "ok")
    return redirect(url_for(".index"), 303)


@bp.get("/drafts/<int:draft_id>")
@open_to(members)
def show(draft_id: int) -> ResponseReturnValue:
    draft = drafts.one(actor(), draft_id, enter=draft_places.places)
    if draft.subject is None or draft.place is None:
        raise NotFound
    if draft.place.may_write:
        return redirect(draft_slots.address(draft), 303)
    other_words = draft_places.first_words(draft.subject.form, draft.other)
    return render_template(
        "drafts/show.html", draft=draft, fields=_typed(draft.fields), other_words=other_words
    )


@bp.post("/drafts/<int:draft_id>")
@form_delete(otherwise=404)
@open_to(members)
def throw_away(draft_id: int) -> ResponseReturnValue:
    drafts.discard(actor(), draft_id)
    thrown = drafts.thrown_away(actor(), draft_id, enter=draft_places.places)
    if "stay" in request.form and thrown is not None and thrown.subject and thrown.place:
        opened = draft_slots.opened_beside(draft_id)
        query = {"draft": opened, "thrown": draft_id, "_anchor": "thrown"}
        return redirect(draft_slots.form_address(thrown.subject, thrown.place, **query), 303)
    return redirect(url_for(".index", thrown=draft_id), 303)


@bp.post("/drafts/<int:draft_id>/restoration")
@open_to(members)
def restore(draft_id: int) -> ResponseReturnValue:
    drafts.restore(actor(), draft_id)
    flash(_("Your draft is back."), "ok")
    there = _form_beside(draft_id) if "stay" in request.form else ""
    return redirect(there or url_for(".index", _anchor=f"draft-{draft_id}"), 303)


@bp.post("/drafts/<int:draft_id>/exchange")
@open_to(members)
def exchange(draft_id: int) -> ResponseReturnValue:
    draft = drafts.exchange(actor(), draft_id, enter=draft_places.places)
    flash(_("This is the other copy. What stood here is kept beside it."), "ok")
    return redirect(url_for(".show", draft_id=draft.id), 303)


def _form_beside(draft_id: int) -> str:
    """The address of the form beside which a draft was put back; "" where its owner may not enter any more."""
    try:
        draft = drafts.one(actor(), draft_id, enter=draft_places.places)
    except NotFound:
        return ""
    return draft_slots.address(draft, draft_slots.opened_beside(draft_id))


def _name(draft: DraftView) -> str:
    return draft_places.name_of(draft.subject.form, draft.fields, draft.place) if draft.subject else ""


def first_words(draft: DraftView) -> str:
    """Return how a draft begins, for its row in the list."""
    return draft_places.first_words(draft.subject.form, draft.fields) if draft.subject else ""


def _typed(fields: Fields) -> list[Field]:
    """The words of a draft as a page shows what cannot be sent, and what was chosen beside them."""
    values = ((name, [value] if isinstance(value, str) else value) for name, value in fields.items())
    return [field_of(name, one) for name, several in values for one in several]


def _is_second(kept: DraftView) -> bool:
    """Whether a form of which there is one at a time has another draft: from a tab that was open before either."""
    resumes = kept.subject is not None and draft_places.FORMS[kept.subject.form].resumes
    return resumes and drafts.has_another(actor(), kept)


def _told(kept: DraftView | None) -> dict[str, Any]:
    """What the script of a form gets to know."""
    if kept is None:
        return {"id": None, "revision": 0, "message": ""}
    message = _("Draft kept at %(hour)s", hour=i18n.hour(clock.now()))
    if kept.place and not kept.place.may_write:
        message = _("%(reason)s What you type is kept as a draft.", reason=kept.place.may_write.reason)
    elif kept.base_changed:
        message = _("The text was changed meanwhile. What you type is kept as a draft.")
    if kept.beside:
        message = _("Your draft has newer text from elsewhere. This text is kept beside it.")
    return {
        "id": kept.id,
        "revision": kept.revision,
        "message": message,
        "other": kept.other_at is not None or _is_second(kept),
        "address": draft_slots.address(kept),
    }
