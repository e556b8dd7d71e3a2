"""Short responses to a story: given, taken back, all their sentences, and what moderators do with one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.house_rules import acceptance
from forum.domain.responses import hiding as sentence_hiding
from forum.domain.responses import page as responses_page
from forum.domain.responses import responses
from forum.infra.i18n import _
from forum.policy.actions import may_moderate, may_respond
from forum.web import careful
from forum.web.forms import errors_on
from forum.web.forms.responses import ResponseForm, SentenceHidingForm
from forum.web.http import transactions
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_method

bp = Blueprint("responses", __name__)
PLACE = "responses"  # on the page of the thread


@bp.get("/threads/<int:thread_id>/responses")
@open_to(anyone)
def index(thread_id: int) -> ResponseReturnValue:
    return _page(thread_id)


@bp.post("/threads/<int:thread_id>/responses")
@form_method
@open_to(members)
def respond(thread_id: int) -> ResponseReturnValue:
    form = ResponseForm()
    if form.validate() and not careful.finds(form):
        with errors_on(form):
            responses.respond(actor(), thread_id, **form.values())
            return _to_story(thread_id)
    transactions.only_look()
    return _page(thread_id, form), 422


@respond.delete
@open_to(members)
def take_back(thread_id: int) -> ResponseReturnValue:
    responses.take_back(actor(), thread_id)
    return _to_story(thread_id)


@bp.get("/responses/<int:response_id>/hiding")
@open_to(members)
def ask_hiding(response_id: int) -> ResponseReturnValue:
    return _question(response_id, SentenceHidingForm(formdata=None))


@bp.post("/responses/<int:response_id>/hiding")
@form_method
@open_to(members)
def hiding(response_id: int) -> ResponseReturnValue:
    form = SentenceHidingForm()
    if form.validate():
        with errors_on(form):
            thread = sentence_hiding.hide(
                actor(), response_id, reason=form.reason.data or "", rule=form.chosen_rule
            )
            flash(_("This sentence is hidden. Its author reads your reason."), "ok")
            return redirect(url_for(".index", thread_id=thread.id), 303)
    transactions.only_look()
    return _question(response_id, form), 422


@hiding.delete
@open_to(members)
def restore(response_id: int) -> ResponseReturnValue:
    thread = sentence_hiding.restore(actor(), response_id)
    flash(_("This sentence can be read again."), "ok")
    return redirect(url_for(".index", thread_id=thread.id), 303)


def _to_story(thread_id: int) -> ResponseReturnValue:
    thread = responses_page.story(viewer(), thread_id)
    return redirect(url_for("threads.show", thread_id=thread.id, slug=thread.slug, _anchor=PLACE), 303)


def _page(thread_id: int, form: ResponseForm | None = None) -> str:
    who = viewer()
    thread = responses_page.story(who, thread_id)
    page = responses_page.sentences(who, thread, cursor=request.args.get("after"))
    said = responses_page.of_thread(who, thread.id)
    if form is None and said.own is not None:
        form = ResponseForm(formdata=None, kind=said.own.kind, sentence=said.own.words)
    return render_template(
        "responses/index.html",
        thread=thread,
        responses=said,
        form=form,
        rules=acceptance.due(who, thread.space_id) if form is not None and form.accepts.errors else None,
        may_respond=may_respond(who, thread),
        sentences=page.rows,
        older=url_for(".index", thread_id=thread.id, after=page.next_cursor) if page.next_cursor else None,
        moderates=bool(may_moderate(who, thread.space_id)),
    )


def _question(response_id: int, form: SentenceHidingForm) -> str:
    thread, sentence = sentence_hiding.to_hide(actor(), response_id)
    form.offer_rules(thread.space_id)
    return render_template("responses/hiding.html", thread=thread, sentence=sentence, form=form)
