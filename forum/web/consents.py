"""Permission to quote: what authors are asked and answer, and the page on which it is asked."""

import flask
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.consents import answers, desk, other_words, rounds, withdrawing
from forum.domain.consents import requests as consent_requests
from forum.domain.consents import wording as consent_wording
from forum.domain.consents.passages import Wording
from forum.domain.lessons import giveaways
from forum.domain.lines import paragraphs
from forum.infra import i18n
from forum.infra.i18n import _
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Invalid
from forum.web.forms import errors_on
from forum.web.forms.consents import ANSWERS, OWN_ANSWERS, AnswerForm, PermissionForm, wordings
from forum.web.http import transactions, unread
from forum.web.http.access import members, moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method
from forum.web.http.submitted_fields import field_of

bp = Blueprint("consents", __name__)
AUDIENCES = {audience.value: audience for audience in Audience}


@bp.get("/consents")
@open_to(members)
def index() -> ResponseReturnValue:
    unread.opened("permission_asked", "permission_withdrawn")
    return render_template("consents/index.html", lines=consent_requests.mine(actor()), names=ANSWERS)


@bp.get("/consents/<int:request_id>")
@open_to(members)
def show(request_id: int) -> ResponseReturnValue:
    question = consent_requests.get(actor(), request_id)
    unread.opened("permission_asked")
    asked = question.request
    data = {"answer": asked.answer and asked.answer.value, "own_words": asked.own_words or asked.words}
    return _question(question, AnswerForm(formdata=None, data=data))


@bp.post("/consents/<int:request_id>")
@form_method
@open_to(members)
def answer(request_id: int) -> ResponseReturnValue:
    form = AnswerForm()
    try:
        if form.validate():
            with errors_on(form):
                answers.answer(
                    actor(),
                    request_id,
                    answer=form.answer.data or "",
                    own_words=form.own_words.data or "",
                    same_for=form.same_for.data or (),
                )
                _say_kept(request_id)
                return redirect(url_for(".show", request_id=_next(request_id)), 303)
    except Conflict as error:
        transactions.undo()
        form.form_errors.append(error.reason)
        return _question(consent_requests.get(actor(), request_id), form), 409
    return _question(consent_requests.get(actor(), request_id), form), 422


@answer.delete
@open_to(members)
def take_back(request_id: int) -> ResponseReturnValue:
    withdrawing.withdraw(actor(), request_id)
    flask.flash(
        _("Your permission is taken back: under this claim the text stands in the lesson no more."), "ok"
    )
    return redirect(url_for(".show", request_id=request_id), 303)


@bp.get("/workbench/<int:lesson_id>/permission")
@open_to(moderators)
def permission(lesson_id: int) -> ResponseReturnValue:
    unread.opened_lesson(lesson_id)
    return _permission(lesson_id, AUDIENCES.get(request.args.get("audience", "")))


@bp.post("/workbench/<int:lesson_id>/permission")
@form_method
@open_to(moderators)
def ask(lesson_id: int) -> ResponseReturnValue:
    audience = AUDIENCES.get(request.form.get("audience", ""))
    form = PermissionForm()
    asked = wordings(desk.passages_of(actor(), lesson_id, audience), request.form) if audience else {}
    try:
        if form.validate():
            if audience is None:
                raise Invalid("audience", _("Choose one of these."))
            seen = request.form.getlist("passage", type=int) or None
            rounds.open_round(actor(), lesson_id, audience, asked, seen=seen)
            flask.flash(_("The authors are asked. Until the question closes the draft stays as it is."), "ok")
            return redirect(url_for(".permission", lesson_id=lesson_id), 303)
    except Invalid as error:
        transactions.undo()
        return _permission(lesson_id, audience, asked=asked, wrong={error.field: error.message}), 422
    except Conflict as error:
        transactions.undo()
        return _permission(lesson_id, audience, asked=asked, wrong={"not-asked": error.reason}), 409
    return _permission(lesson_id, audience, asked=asked), 422


@ask.delete
@open_to(moderators)
def withdraw(lesson_id: int) -> ResponseReturnValue:
    rounds.withdraw_round(actor(), lesson_id)
    flask.flash(_("The question is taken back. Whoever was asked hears of it by e-mail."), "ok")
    return redirect(url_for(".permission", lesson_id=lesson_id), 303)


@bp.post("/workbench/<int:lesson_id>/permission/<int:request_id>")
@form_method
@open_to(moderators)
def take(lesson_id: int, request_id: int) -> ResponseReturnValue:
    other_words.take(actor(), lesson_id, request_id)
    flask.flash(_("The text of its author stands in the draft now."), "ok")
    return redirect(url_for(".permission", lesson_id=lesson_id), 303)


@take.delete
@open_to(moderators)
def leave(lesson_id: int, request_id: int) -> ResponseReturnValue:
    other_words.leave(actor(), lesson_id, request_id)
    flask.flash(_("The excerpt is out of the draft."), "ok")
    return redirect(url_for(".permission", lesson_id=lesson_id), 303)


@bp.post("/workbench/<int:lesson_id>/permission/look")
@open_to(moderators)
def look(lesson_id: int) -> ResponseReturnValue:
    page = desk.page(actor(), lesson_id)
    ticked = set(request.form.getlist("checked"))
    if not {str(claim.id) for claim in page.leaning} <= ticked:
        wrong = {"checked": _("Look at each claim, and tick it once it no longer leans on what is gone.")}
        return _permission(lesson_id, None, wrong=wrong, ticked=ticked), 422
    rounds.look(actor(), lesson_id)
    flask.flash(_("Kept. The draft can be sent for review."), "ok")
    return redirect(url_for("workbench.show", lesson_id=lesson_id, part="review"), 303)


def _question(question: consent_requests.Question, form: AnswerForm) -> str:
    form.same_for.choices = [(other.id, other.words) for other in question.others]
    typed, words = form.own_words.data or "", question.request.words
    is_lost = form.is_submitted() and question.line.state not in {"open", "answered"}
    unsent = [field_of("own_words", typed)] if is_lost and paragraphs(typed) != words else []
    return render_template("consents/show.html", question=question, form=form, names=ANSWERS, unsent=unsent)


def _say_kept(request_id: int) -> None:
    line = consent_requests.get(actor(), request_id).line
    if line.state == "answered":
        until = i18n.day(line.last_day)
        flask.flash(_("Your answer is kept. You can change it until %(day)s.", day=until), "ok")
    else:
        flask.flash(_("Your answer is kept. It was the last one: the question is closed."), "ok")


def _next(request_id: int) -> int:
    """The next question of the same round that has no answer yet; the same one without."""
    others = consent_requests.get(actor(), request_id).others
    return next((other.id for other in others if other.state == "open"), request_id)


def _permission(
    lesson_id: int,
    audience: Audience | None,
    *,
    asked: dict[int, Wording] | None = None,
    wrong: dict[str, str] | None = None,
    ticked: set[str] | None = None,
) -> str:
    page = desk.page(actor(), lesson_id, audience)
    form = PermissionForm(formdata=None, data={"audience": page.audience.value})
    form.offer(page.audiences)
    asked = {one.excerpt_id: one.start() for one in page.passages} | (asked or {})
    proposed = [(one.words, one.as_masked) for one in asked.values()]
    proposed += [(one.words, one.as_masked) for one in page.asked]
    return render_template(
        "consents/permission.html",
        page=page,
        form=form,
        asked=asked,
        giveaways=giveaways.groups(actor(), lesson_id, page.audience, proposed),
        changes=consent_wording.changes,
        wrong=wrong or {},
        ticked=ticked or set(),
        own_answers={one.value: ANSWERS[one] for one in OWN_ANSWERS},
    )
