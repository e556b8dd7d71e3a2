"""In whose hands a draft is: read by the others of its space, taken over once it lay still, shared with a deputy."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import holding
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.holding import Hands
from forum.infra.i18n import _
from forum.web.forms import errors_on
from forum.web.forms.holding import DeputyForm
from forum.web.http import links, transactions
from forum.web.http.access import moderators, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("holding", __name__)


@bp.post("/workbench/<int:lesson_id>/hands")
@open_to(moderators)
def take_up(lesson_id: int) -> ResponseReturnValue:
    lesson = holding.take_up(actor(), lesson_id)
    flash(_("This draft is in your hands now."), "ok")
    return redirect(links.to_draft(lesson), 303)


@bp.get("/workbench/<int:lesson_id>/deputy")
@open_to(moderators)
def ask_deputy(lesson_id: int) -> ResponseReturnValue:
    return _question(lesson_id, DeputyForm(formdata=None))


@bp.post("/workbench/<int:lesson_id>/deputy")
@form_method
@open_to(moderators)
def name_deputy(lesson_id: int) -> ResponseReturnValue:
    form = DeputyForm()
    if form.validate():
        with errors_on(form):
            holding.name_deputy(actor(), lesson_id, member_id=form.deputy.data)
            flash(_("Your deputy can work on this draft too."), "ok")
            return redirect(url_for("workbench.show", lesson_id=lesson_id), 303)
    transactions.only_look()
    return _question(lesson_id, form), 422


@name_deputy.delete
@open_to(moderators)
def end_deputy(lesson_id: int) -> ResponseReturnValue:
    holding.end_deputy(actor(), lesson_id)
    flash(_("You work on this draft alone again."), "ok")
    return redirect(url_for("workbench.show", lesson_id=lesson_id), 303)


def in_other_hands(hands: Hands) -> str:
    """Return the page of a draft for those of its space who do not work on it: its text, and whose it is."""
    page = lesson_page.preview(actor(), hands.lesson.id)
    return render_template("workbench/in_other_hands.html", page=page, hands=hands)


def _question(lesson_id: int, form: DeputyForm) -> str:
    hands = holding.to_share(actor(), lesson_id)
    return render_template("workbench/deputy.html", hands=hands, form=form.offer(hands))
