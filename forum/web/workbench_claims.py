"""The claims of a draft and the excerpts under them: pages of the blueprint of the workbench."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import CLAIM, CLAIM_CHANGE
from forum.domain.lessons import claims
from forum.domain.lessons.workbench import draft as workbench_draft
from forum.infra.i18n import _, ngettext
from forum.policy.errors import Invalid
from forum.web import draft_slots, excerpt_places
from forum.web import workbench_pages as pages
from forum.web.forms import errors_on
from forum.web.forms.workbench import BarForm, ClaimForm, ExcerptForm, Reworded
from forum.web.http import transactions
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete, form_method
from forum.web.reviewing import bp

__all__ = ["bp"]


@bp.post("/workbench/<int:lesson_id>/claims")
@open_to(moderators)
@draft_slots.kept_when_refused
def add_claim(lesson_id: int) -> ResponseReturnValue:
    form = ClaimForm()
    if form.validate():
        with errors_on(form):
            claim = claims.add(actor(), lesson_id, text=form.text.data)
            draft_slots.accepted(CLAIM, lesson_id)
            return pages.back(lesson_id, "claims", claim=claim.id, _anchor=f"claim-{claim.id}")
    return pages.workbench(lesson_id, claim_form=form), 422


@bp.post("/workbench/claims/<int:claim_id>")
@form_method
@open_to(moderators)
@draft_slots.kept_when_refused
def change_claim(claim_id: int) -> ResponseReturnValue:
    lesson_id = claims.lesson_of(actor(), claim_id)
    text = request.form.get("text", "")
    agreed = claims.agreed(actor(), claim_id)
    try:
        claims.reword(actor(), claim_id, text=text)
    except Invalid as error:
        return pages.workbench(lesson_id, reworded=Reworded(claim_id, text, error.message)), 422
    draft_slots.accepted(CLAIM_CHANGE, claim_id)
    pages.warn_of_lost(agreed - claims.agreed(actor(), claim_id))
    return pages.back(lesson_id, "claims", claim=claim_id, _anchor=f"claim-{claim_id}")


@change_claim.delete
@open_to(moderators)
def remove_claim(claim_id: int) -> ResponseReturnValue:
    lesson_id = claims.lesson_of(actor(), claim_id)
    flash(_("Deleted: “%(text)s”.", text=claims.remove(actor(), claim_id)), "ok")
    draft_slots.accepted(CLAIM_CHANGE, claim_id)
    return pages.back(lesson_id, "claims")


@bp.post("/workbench/claims/<int:claim_id>/position")
@open_to(moderators)
def move_claim(claim_id: int) -> ResponseReturnValue:
    lesson_id = claims.lesson_of(actor(), claim_id)
    claims.move(actor(), claim_id, up=request.form.get("to") == "up")
    return pages.back(lesson_id, "claims", claim=claim_id, _anchor=f"claim-{claim_id}")


@bp.post("/workbench/<int:lesson_id>/excerpts")
@open_to(moderators)
def quote(lesson_id: int) -> ResponseReturnValue:
    if "press" in request.form:
        return _record(lesson_id, BarForm())
    form = ExcerptForm()
    if form.validate():
        with errors_on(form):
            claim_id = form.claim_id.data
            if claim_id is None:
                raise Invalid("claim_id", _("Choose one of these."))
            words, stance = form.words.data, form.stance.data
            with transactions.looking_up():
                post_id, place = excerpt_places.place_of(form, lesson_id, *pages.position())
            claims.quote(actor(), claim_id, post_id=post_id, place=place, words=words, stance=stance)
            return pages.back(lesson_id, "claims", claim=claim_id, _anchor=f"claim-{claim_id}")
    return pages.workbench(lesson_id, excerpt_form=form), 422


def _record(lesson_id: int, pressed: BarForm) -> ResponseReturnValue:
    """A stance of the bar was pressed for picked sentences or selected words; the way back is to where they stand."""
    form = pressed.as_excerpt()
    with errors_on(form):
        with transactions.looking_up():
            passages = excerpt_places.pressed(pressed)
        claim_id = pressed.claim_id
        for one in passages:
            if claim_id is None:
                claim_id = claims.begin_with(actor(), lesson_id, **one._asdict(), stance=pressed.chosen).id
            else:
                claims.quote(actor(), claim_id, **one._asdict(), stance=pressed.chosen)
        flash(_recorded(lesson_id, claim_id), "ok")
        number = request.form.get("cite", type=int)
        at = f"source-{number}" if number else None
        return pages.back(lesson_id, "thread", claim=claim_id, cite=number, _anchor=at)
    return pages.workbench(lesson_id, part="thread", excerpt_form=form), 422


def _recorded(lesson_id: int, claim_id: int | None) -> str:
    draft = workbench_draft.in_brief(actor(), lesson_id)
    number = next((claim.position for claim in draft.claims if claim.id == claim_id), 0)
    left = len(draft.missing)
    said = _("Recorded in claim %(number)s.", number=number)
    more = ngettext("%(num)d thing left.", "%(num)d things left.", left) if left else _("Nothing is missing.")
    return f"{said} {more}"


@bp.post("/workbench/excerpts/<int:excerpt_id>")
@form_delete(otherwise=404)
@open_to(moderators)
def unquote(excerpt_id: int) -> ResponseReturnValue:
    claim_id, lesson_id = claims.unquote(actor(), excerpt_id)
    # Without its words: whoever takes it away may not be able to read them any more.
    flash(_("The excerpt was taken away. Quote it again under this claim to put it back."), "ok")
    return pages.back(lesson_id, "claims", claim=claim_id, _anchor=f"claim-{claim_id}")
