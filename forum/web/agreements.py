"""What authors are asked about who may read their words: asked by a moderator, answered by each for themselves."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.moderation import narrowing
from forum.domain.regrouping import agreements, answering, moving
from forum.domain.regrouping.moving import Chosen
from forum.domain.spaces import spaces
from forum.infra.i18n import _
from forum.models.spaces import Audience
from forum.policy.errors import Conflict, Invalid
from forum.web.http import links, transactions, unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("agreements", __name__)
ANSWERS = {"yes": True, "no": False}


@bp.get("/agreements")
@open_to(members)
def index() -> ResponseReturnValue:
    unread.opened("agreement_asked")
    return render_template("agreements/index.html", lines=answering.mine(actor()))


@bp.get("/agreements/<int:agreement_id>")
@open_to(members)
def show(agreement_id: int) -> ResponseReturnValue:
    unread.opened("agreement_asked")
    return _question(agreement_id)


@bp.post("/agreements/<int:agreement_id>")
@open_to(members)
def answer(agreement_id: int) -> ResponseReturnValue:
    agreed = ANSWERS.get(request.form.get("answer", ""))
    if agreed is None:
        answering.get(actor(), agreement_id)
        return _question(agreement_id, _("Choose one of these.")), 422
    try:
        answering.answer(actor(), agreement_id, agreed=agreed, seen=request.form.get("seen"))
    except Conflict as error:
        transactions.only_look()
        return _question(agreement_id, error.reason), 409
    flash(_("Your answer is kept. You can change it until the term is over."), "ok")
    return redirect(url_for(".index"), 303)


@bp.post("/threads/<int:thread_id>/agreements")
@form_method
@open_to(members)
def ask(thread_id: int) -> ResponseReturnValue:
    who, slug = actor(), request.form.get("space", "")
    code = request.form.get("audience", "")
    if code not in set(Audience):
        raise Invalid("audience", _("Choose who may read this."))
    audience = Audience(code)
    if slug:
        space = spaces.by_slug(who, slug)
        moving.ask_authors(who, thread_id, Chosen(space.id, audience))
        back = url_for("regrouping.ask_move", thread_id=thread_id, to=slug, audience=code)
    else:
        narrowing.ask_authors(who, thread_id, audience=audience)
        back = url_for("regrouping.ask_audience", thread_id=thread_id, audience=code)
    flash(_("The authors are asked. You find on the desk how it stands."), "ok")
    return redirect(back, 303)


@ask.delete
@open_to(members)
def take_back(thread_id: int) -> ResponseReturnValue:
    thread = agreements.take_back(actor(), thread_id)
    flash(_("The question is taken back. Nothing changes for anybody."), "ok")
    return redirect(links.to_thread(thread), 303)


def _question(agreement_id: int, wrong: str = "") -> str:
    question = answering.get(actor(), agreement_id)
    seen = answering.digest_of(actor(), agreement_id)
    return render_template("agreements/show.html", question=question, seen=seen, wrong=wrong)
