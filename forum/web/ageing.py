"""Whether a lesson still holds: its makers say so with one press, its readers say why it does not."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.house_rules import terms
from forum.domain.lessons import ageing, signal_places
from forum.domain.lessons import page as lesson_page
from forum.infra.i18n import _, ngettext
from forum.policy.actions import require
from forum.policy.ageing import may_affirm, may_signal
from forum.policy.errors import Forbidden
from forum.web import careful, draft_slots
from forum.web.forms import errors_on
from forum.web.forms.ageing import SignalForm
from forum.web.http import links, transactions
from forum.web.http.access import members, moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("ageing", __name__)


@bp.get("/lessons/<public_id>/affirmation")
@open_to(moderators)
def ask(public_id: str) -> ResponseReturnValue:
    page = lesson_page.page(actor(), public_id)
    require(may_affirm(actor(), page.lesson))
    signals = ageing.signals(page.facts.signals)
    return render_template("lessons/affirmation.html", page=page, signals=signals)


@bp.post("/lessons/<public_id>/affirmation")
@open_to(moderators)
def affirm(public_id: str) -> ResponseReturnValue:
    ageing.affirm(actor(), public_id)
    flash(
        ngettext(
            "This lesson still holds. In %(num)d month the question comes again.",
            "This lesson still holds. In %(num)d months the question comes again.",
            terms.of_today().review_months,
        ),
        "ok",
    )
    return redirect(links.to_lesson(public_id), 303)


@bp.get("/lessons/<public_id>/signals/new")
@open_to(members)
def new(public_id: str) -> ResponseReturnValue:
    about = lesson_page.title_of(actor(), public_id)
    try:
        require(may_signal(actor(), about.lesson))
    except Forbidden:
        if words := draft_slots.unsendable():
            return redirect(words, 303)
        raise
    slot = draft_slots.slot(signal_places.SIGNAL, about.lesson.id)
    said = ageing.own_words(actor(), about.lesson)
    return _form(about, draft_slots.fill(SignalForm, slot) or SignalForm(formdata=None, reason=said))


@bp.post("/lessons/<public_id>/signals")
@form_method
@open_to(members)
@draft_slots.kept_when_refused
def signal(public_id: str) -> ResponseReturnValue:
    form, about = SignalForm(), lesson_page.title_of(actor(), public_id)
    if "leave" in request.form:
        said = draft_slots.leave(signal_places.SIGNAL, about.lesson.id, is_changed=True)
        return redirect(url_for("lessons.show", public_id=public_id, **said), 303)
    if form.validate() and not careful.finds(form):
        with errors_on(form):
            ageing.signal(actor(), public_id, reason=form.reason.data or "")
            draft_slots.accepted(signal_places.SIGNAL, about.lesson.id)
            flash(_("Thank you. The makers of the lesson read it, and you hear what they do with it."), "ok")
            return redirect(links.to_lesson(public_id), 303)
    transactions.only_look()
    return _form(about, form), 422


@signal.delete
@open_to(members)
def take_back(public_id: str) -> ResponseReturnValue:
    ageing.take_signal_back(actor(), public_id)
    flash(_("What you said is taken back. The makers of the lesson no longer read it."), "ok")
    return redirect(links.to_lesson(public_id), 303)


def _form(about: lesson_page.Titled, form: SignalForm) -> str:
    slot = draft_slots.slot(signal_places.SIGNAL, about.lesson.id)
    is_said = bool(ageing.own_words(actor(), about.lesson))
    return render_template("lessons/signal.html", about=about, form=form, slot=slot, is_said=is_said)
