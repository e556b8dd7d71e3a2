"""A thread with a lesson in it: said with one press by members, closed with a reason by moderators."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.audit import undoable
from forum.domain.threads import nominations
from forum.infra.i18n import _
from forum.models.threads import Thread
from forum.web.desk_returns import back_to_desk, place_on_desk, told_on_desk, told_when_decided
from forum.web.forms import errors_on
from forum.web.forms.nominations import ClosingForm
from forum.web.http import links, transactions
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_method

bp = Blueprint("nominations", __name__)
PLACE = "nomination"  # on the page of the thread


@bp.get("/threads/<int:thread_id>/nomination")
@open_to(members)
def show(thread_id: int) -> ResponseReturnValue:
    thread, closed = nominations.last_closed(actor(), thread_id)
    if closed is None:
        return redirect(_to_thread(thread), 303)
    return render_template("nominations/show.html", thread=thread, closed=closed)


@bp.post("/threads/<int:thread_id>/nomination")
@form_method
@open_to(members)
def nominate(thread_id: int) -> ResponseReturnValue:
    return redirect(_to_thread(nominations.nominate(actor(), thread_id)), 303)


@nominate.delete
@open_to(members)
def take_back(thread_id: int) -> ResponseReturnValue:
    return redirect(_to_thread(nominations.take_back(actor(), thread_id)), 303)


@bp.get("/threads/<int:thread_id>/nomination/closing")
@open_to(members)
@told_when_decided("nominated", "thread_id")
def ask_closing(thread_id: int) -> ResponseReturnValue:
    return _question(thread_id, ClosingForm(formdata=None))


@bp.post("/threads/<int:thread_id>/nomination/closing")
@open_to(members)
@told_on_desk
def close(thread_id: int) -> ResponseReturnValue:
    form = ClosingForm()
    if form.validate():
        with errors_on(form):
            nominations.close(actor(), thread_id, reason=form.reason.data or "")
            sentence = _("Closed. Whoever nominated it reads your reason.")
            if back := back_to_desk(sentence, undoable.of_item(actor(), nominations.item_of(thread_id))):
                return back
            flash(sentence, "ok")
            return redirect(url_for("workbench.index", _anchor="nominated"), 303)
    transactions.only_look()
    return _question(thread_id, form), 422


def _question(thread_id: int, form: ClosingForm) -> str:
    thread, nominated = nominations.to_close(actor(), thread_id)
    return render_template(
        "nominations/closing.html",
        thread=thread,
        nominated=nominated,
        form=form,
        back=place_on_desk() or url_for("workbench.index"),
    )


def _to_thread(thread: Thread) -> str:
    return links.to_thread(thread) + f"#{PLACE}"
