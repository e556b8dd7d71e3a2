"""The pages on which editors make cahiers, with the drafts of their forms."""

from typing import Any

from flask import render_template

from forum.domain.cahiers import cahiers, contents, page
from forum.domain.cahiers.draft_places import CAHIER_CHANGE
from forum.infra.word_diff import pieces
from forum.models.cahiers import Cahier
from forum.policy.errors import Forbidden
from forum.web import draft_slots
from forum.web.forms.cahiers import AddLessonForm, CahierForm
from forum.web.http.current_user import actor


def to_edit(slug: str) -> Cahier:
    """Return a cahier for its editors; Forbidden for others who may read it, NotFound for everybody else."""
    try:
        return cahiers.one(actor(), slug)
    except Forbidden:
        page.show(actor(), slug)
        raise


def blank(form: CahierForm, slot: draft_slots.Slot, **more: Any) -> str:
    """Return the form of a new cahier."""
    return render_template("cahiers/write.html", form=form, slot=slot, cahier=None, **more)


def edition(cahier: Cahier, form: CahierForm | None = None, **more: Any) -> str:
    """Return all that may be changed of a cahier, with the forms that were refused."""
    slot = draft_slots.slot(CAHIER_CHANGE, cahier.id)
    kept = {"title": cahier.title, "body": cahier.body, "audience": cahier.audience.value}
    data = {**kept, "seen": cahier.revision}
    form = form or draft_slots.fill(CahierForm, slot, seen=cahier.revision, audience=cahier.audience.value)
    changed = slot.opened is not None and slot.opened.base_revision != cahier.revision
    if changed and form is not None and "conflict" not in more:
        return conflict(cahier, form, cahiers.meanwhile())
    context: dict[str, Any] = {
        "conflict": "",
        "differences": [],
        "why_form": None,
        "add_form": AddLessonForm(formdata=None),
    }
    return render_template(
        "cahiers/write.html",
        cahier=cahier,
        form=form or CahierForm(formdata=None, data=data),
        slot=slot,
        lessons=contents.of(actor(), cahier),
        most=contents.MOST,
        left=draft_slots.left(CAHIER_CHANGE),
        **(context | more),
    )


def conflict(cahier: Cahier, form: CahierForm, reason: str) -> str:
    """Return both texts: what was typed here, and what was saved meanwhile; sending again stores what is typed."""
    form.seen.raw_data = [str(cahier.revision)]
    differences = pieces(cahier.body, form.words().body)
    return edition(cahier, form, conflict=reason, differences=differences)
