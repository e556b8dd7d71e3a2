"""One person in a space, for its moderators; what they decided, for that person; and objections to it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.desk import unattended
from forum.domain.moderation import measure_objections
from forum.domain.moderation.draft_places import AGAINST_MEASURE
from forum.domain.spaces import measures, person_page, spaces
from forum.domain.spaces.measures import Decision
from forum.domain.themes.measure_labels import KINDS, TO_MEMBER
from forum.infra.i18n import _
from forum.models.measures import MeasureKind
from forum.policy.errors import NotFound
from forum.web import decisions, draft_slots
from forum.web.desk_returns import told_on_desk, told_when_decided
from forum.web.draft_slots import Slot
from forum.web.forms import errors_on
from forum.web.forms.measures import (
    KeepForm,
    MeasureForm,
    MeasureObjectionForm,
    PersonNoteForm,
    between,
    form_of,
)
from forum.web.forms.members import RemovalForm
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete, form_method

bp = Blueprint("measures", __name__)
TAKEN = (MeasureKind.WARN, MeasureKind.HOLD, MeasureKind.MUTE)
BY_NAME = {kind.value: kind for kind in TAKEN}


@bp.get("/spaces/<slug>/moderation/people/<int:member_id>")
@open_to(members)
def show(slug: str, member_id: int) -> ResponseReturnValue:
    return _page(slug, member_id)


@bp.get("/posts/<int:post_id>/author")
@open_to(members)
def of_author(post_id: int) -> ResponseReturnValue:
    slug, member_id = person_page.of_author(actor(), post_id)
    return redirect(url_for(".show", slug=slug, member_id=member_id), 303)


@bp.post("/spaces/<slug>/moderation/people/<int:member_id>/<kind>")
@open_to(members)
def take(slug: str, member_id: int, kind: str) -> ResponseReturnValue:
    space, chosen = spaces.by_slug(actor(), slug), BY_NAME.get(kind)
    if chosen is None:
        raise NotFound
    form = form_of(chosen)
    if form.validate():
        with errors_on(form):
            decision = (
                form.decision(chosen)
                if isinstance(form, MeasureForm)
                else Decision(chosen, form.reason.data or "")
            )
            measures.take(actor(), space.id, member_id, decision)
            flash(_done(chosen), "ok")
            return redirect(url_for(".show", slug=slug, member_id=member_id), 303)
    transactions.only_look()
    return _page(slug, member_id, forms={kind: form}), 422


@bp.post("/spaces/<slug>/moderation/people/<int:member_id>/measures/<int:measure_id>")
@form_delete()
@open_to(members)
def end(slug: str, member_id: int, measure_id: int) -> ResponseReturnValue:
    measures.end(actor(), measure_id)
    flash(_("This ended."), "ok")
    return redirect(url_for(".show", slug=slug, member_id=member_id), 303)


@bp.post("/spaces/<slug>/moderation/people/<int:member_id>/notes")
@open_to(members)
def note(slug: str, member_id: int) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), PersonNoteForm()
    if form.validate():
        with errors_on(form):
            person_page.write(actor(), space.id, member_id, words=form.words.data or "")
            return redirect(url_for(".show", slug=slug, member_id=member_id, _anchor="notes"), 303)
    transactions.only_look()
    return _page(slug, member_id, note=form), 422


@bp.get("/moderation/mine/<int:measure_id>")
@open_to(members)
def own(measure_id: int) -> ResponseReturnValue:
    one = measure_objections.one(actor(), measure_id)
    slot = draft_slots.slot(AGAINST_MEASURE, measure_id, begun=one.may_object)
    return _own(
        one, draft_slots.fill(MeasureObjectionForm, slot) or MeasureObjectionForm(formdata=None), slot
    )


@bp.post("/moderation/mine/<int:measure_id>")
@open_to(members)
@draft_slots.kept_when_refused
def object_to(measure_id: int) -> ResponseReturnValue:
    form = MeasureObjectionForm()
    if form.validate():
        with errors_on(form):
            measure_objections.make(actor(), measure_id, words=form.words.data or "")
            draft_slots.accepted(AGAINST_MEASURE, measure_id)
            flash(_("Your objection is sent."), "ok")
            return redirect(url_for(".own", measure_id=measure_id), 303)
    transactions.only_look()
    one = measure_objections.one(actor(), measure_id)
    return _own(one, form, draft_slots.slot(AGAINST_MEASURE, measure_id)), 422


@bp.get("/moderation/objections/<int:measure_id>")
@open_to(members)
@told_when_decided("measures", "measure_id")
def ask(measure_id: int) -> ResponseReturnValue:
    return _decision(measure_id, KeepForm(formdata=None))


@bp.post("/moderation/objections/<int:measure_id>")
@form_method
@open_to(members)
@told_on_desk
def decide(measure_id: int) -> ResponseReturnValue:
    form = KeepForm()
    if form.validate():
        with errors_on(form):
            measure = measure_objections.keep(actor(), measure_id, answer=form.answer.data or "")
            return decisions.done(_("It stays. This person reads why."), measure.space_id)
    transactions.only_look()
    return _decision(measure_id, form), 422


@decide.delete
@open_to(members)
@told_on_desk
def give_in(measure_id: int) -> ResponseReturnValue:
    measure = measure_objections.give_in(actor(), measure_id)
    return decisions.done(_("This ended. The person hears of it."), measure.space_id)


def _done(kind: MeasureKind) -> str:
    if kind == MeasureKind.WARN:
        return _("Your warning is sent.")
    return _("Done. This person can read why at once, and is told once the ten minutes to undo it are over.")


def _page(
    slug: str, member_id: int, *, forms: dict[str, Any] | None = None, note: PersonNoteForm | None = None
) -> str:
    space = spaces.by_slug(actor(), slug)
    about = person_page.of(actor(), space.id, member_id)
    fresh = {kind.value: form_of(kind, formdata=None) for kind in TAKEN}
    return render_template(
        "measures/show.html",
        space=space,
        about=about,
        forms=fresh | (forms or {}),
        note=note or PersonNoteForm(formdata=None),
        removal=RemovalForm(formdata=None),
        kinds=KINDS,
        days=between(),
    )


def _own(one: measure_objections.Own, form: MeasureObjectionForm, slot: Slot) -> str:
    is_looked_at = one.said is not None and measure_objections.is_looked_at(one.id)
    return render_template(
        "measures/own.html",
        one=one,
        form=form,
        slot=slot,
        kinds=TO_MEMBER,
        is_looked_at=is_looked_at,
        are_told=one.said is not None and not is_looked_at and unattended.are_told(one.space_id),
    )


def _decision(measure_id: int, form: KeepForm) -> str:
    found = measure_objections.to_decide(actor(), measure_id)
    return decisions.page("measures/decide.html", found, form, space_id=found.space_id, kinds=KINDS)
