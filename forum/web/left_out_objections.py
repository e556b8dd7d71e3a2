"""Objections of authors to words that were left out of their post, and what is decided on them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.moderation import leaving_out_objections
from forum.domain.moderation.draft_places import AGAINST_LEAVING_OUT
from forum.infra.i18n import _
from forum.web import decisions, draft_slots
from forum.web.desk_returns import told_on_desk, told_when_decided
from forum.web.forms import errors_on
from forum.web.forms.sealing import LeftOutObjectionForm, StaysLeftOutForm
from forum.web.http import transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("left_out_objections", __name__)


@bp.get("/left-out/<int:sealing_id>/objection")
@open_to(members)
def new(sealing_id: int) -> ResponseReturnValue:
    own = leaving_out_objections.asked(actor(), sealing_id)
    if own.is_made:
        return redirect(url_for("rewording.told", post_id=own.post.id), 303)
    slot = draft_slots.slot(AGAINST_LEAVING_OUT, sealing_id)
    form = draft_slots.fill(LeftOutObjectionForm, slot) or LeftOutObjectionForm(formdata=None)
    return render_template("sealing/object.html", own=own, form=form, slot=slot)


@bp.post("/left-out/<int:sealing_id>/objection")
@open_to(members)
@draft_slots.kept_when_refused
def make(sealing_id: int) -> ResponseReturnValue:
    form = LeftOutObjectionForm()
    if form.validate():
        with errors_on(form):
            post = leaving_out_objections.make(actor(), sealing_id, words=form.words.data or "")
            draft_slots.accepted(AGAINST_LEAVING_OUT, sealing_id)
            flash(_("Your objection is sent."), "ok")
            return redirect(url_for("rewording.told", post_id=post.id), 303)
    transactions.only_look()
    own = leaving_out_objections.asked(actor(), sealing_id)
    slot = draft_slots.slot(AGAINST_LEAVING_OUT, sealing_id)
    return render_template("sealing/object.html", own=own, form=form, slot=slot), 422


@bp.get("/left-out/<int:sealing_id>/objection/decision")
@open_to(members)
@told_when_decided("left_out", "sealing_id")
def ask(sealing_id: int) -> ResponseReturnValue:
    return _decision(sealing_id, StaysLeftOutForm(formdata=None))


@bp.post("/left-out/<int:sealing_id>/objection/decision")
@form_method
@open_to(members)
@told_on_desk
def decide(sealing_id: int) -> ResponseReturnValue:
    form = StaysLeftOutForm()
    if form.validate():
        with errors_on(form):
            answer, rule = form.answer.data or "", form.chosen_rule
            post = leaving_out_objections.keep(actor(), sealing_id, answer=answer, rule=rule)
            return decisions.done(_("The words stay out. The author reads why."), post.thread.space_id)
    transactions.only_look()
    return _decision(sealing_id, form), 422


@decide.delete
@open_to(members)
@told_on_desk
def lift(sealing_id: int) -> ResponseReturnValue:
    post = leaving_out_objections.lift(actor(), sealing_id)
    sentence = _("The author hears that leaving them out was wrong, and can write the words again.")
    return decisions.done(sentence, post.thread.space_id)


def _decision(sealing_id: int, form: StaysLeftOutForm) -> str:
    found = leaving_out_objections.to_decide(actor(), sealing_id)
    return decisions.page("sealing/decide.html", found, form, space_id=found.thread.space_id)
