"""How a lesson went in other cities: all reports, one with its course, and the forms of who makes them."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons import foretellings, report_list, report_words, reports
from forum.domain.lessons import page as lesson_page
from forum.domain.lessons.report_places import FOLLOW_UP, REPORT, REPORT_CHANGE
from forum.domain.lessons.reports import Reporting
from forum.infra.i18n import _
from forum.models.adoptions import AdoptionReport
from forum.models.cities import BY_CODE
from forum.policy.errors import Conflict, Forbidden
from forum.policy.reporting import may_go_on
from forum.web import careful, draft_slots
from forum.web.draft_slots import Slot
from forum.web.forms import errors_on
from forum.web.forms.reports import NewReportForm, ReportForm
from forum.web.http import links, transactions
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer
from forum.web.http.form_methods import form_method

bp = Blueprint("reports", __name__)
RUNNING = "running"


@bp.get("/lessons/<public_id>/reports")
@open_to(anyone)
def index(public_id: str) -> ResponseReturnValue:
    about = lesson_page.title_of(viewer(), public_id)
    page = report_list.page(viewer(), about.lesson, hidden=about.hidden, cursor=request.args.get("after"))
    older = url_for(".index", public_id=public_id, after=page.next_cursor) if page.next_cursor else None
    return render_template("reports/index.html", about=about, reports=page.rows, older=older)


@bp.get("/lessons/<public_id>/reports/<int:report_id>")
@open_to(anyone)
def show(public_id: str, report_id: int) -> ResponseReturnValue:
    about = lesson_page.title_of(viewer(), public_id)
    course = report_list.course(viewer(), about.lesson, report_id, hidden=about.hidden)
    return render_template("reports/show.html", about=about, course=course)


@bp.get("/lessons/<public_id>/reports/own")
@open_to(members)
def again(public_id: str) -> ResponseReturnValue:
    about = reports.to_report(actor(), public_id)
    if about.own is None:
        return redirect(url_for(".new", public_id=public_id), 303)
    return redirect(url_for(".follow_up", public_id=public_id, report_id=about.own.id), 303)


@bp.get("/lessons/<public_id>/reports/new")
@open_to(members)
def new(public_id: str) -> ResponseReturnValue:
    about = _or_words(lambda: reports.to_report(actor(), public_id))
    if not isinstance(about, Reporting):
        return about
    if about.own is not None:
        return redirect(url_for(".follow_up", public_id=public_id, report_id=about.own.id), 303)
    slot = draft_slots.slot(REPORT, about.lesson.id)
    form = draft_slots.fill(NewReportForm, slot)
    outcome = RUNNING if request.args.get("outcome") == RUNNING else None
    return _form(about, form or NewReportForm(formdata=None, outcome=outcome), slot)


@bp.post("/lessons/<public_id>/reports")
@open_to(members)
@draft_slots.kept_when_refused
def send(public_id: str) -> ResponseReturnValue:
    form = NewReportForm()
    about = reports.to_report(actor(), public_id)
    if "leave" in request.form:
        return _left(about, REPORT, about.lesson.id)
    if form.validate() and not careful.finds(form):
        try:
            with errors_on(form):
                made = reports.report(
                    actor(), public_id, form.answers(), city=form.city.data or "", expected=form.foretold()
                )
                draft_slots.accepted(REPORT, about.lesson.id)
                return _thanks(public_id, made)
        except Conflict as error:
            transactions.only_look()
            return _form(about, form, draft_slots.slot(REPORT, about.lesson.id), conflict=error.reason), 409
    transactions.only_look()
    return _form(about, form, draft_slots.slot(REPORT, about.lesson.id)), 422


@bp.get("/lessons/<public_id>/reports/<int:report_id>/follow-ups/new")
@open_to(members)
def follow_up(public_id: str, report_id: int) -> ResponseReturnValue:
    slot = draft_slots.slot(FOLLOW_UP, report_id)
    found = _or_words(lambda: reports.one(actor(), public_id, report_id))
    if not isinstance(found, tuple):
        return found
    about, report = found
    may = may_go_on(actor(), report, speaks=report.city in about.held)
    if not may:
        draft = slot.opened or slot.offer
        return render_template(
            "reports/moved.html", about=about, report=report, draft=draft, why=may.reason
        ), 403
    form = draft_slots.fill(ReportForm, slot) or ReportForm(formdata=None, data=_said(report))
    return _form(about, form, slot, follows=report)


@bp.post("/lessons/<public_id>/reports/<int:report_id>/follow-ups")
@open_to(members)
@draft_slots.kept_when_refused
def go_on(public_id: str, report_id: int) -> ResponseReturnValue:
    form, slot = ReportForm(), draft_slots.slot(FOLLOW_UP, report_id)
    if "leave" in request.form:
        return _left(reports.to_report(actor(), public_id), FOLLOW_UP, report_id)
    if form.validate() and not careful.finds(form):
        with errors_on(form):
            made = reports.go_on(actor(), public_id, report_id, form.answers())
            draft_slots.accepted(FOLLOW_UP, report_id)
            return _thanks(public_id, made)
    transactions.only_look()
    about, report = reports.to_go_on(actor(), public_id, report_id)
    return _form(about, form, slot, follows=report), 422


@bp.get("/lessons/<public_id>/reports/<int:report_id>/change")
@open_to(members)
def change(public_id: str, report_id: int) -> ResponseReturnValue:
    slot = draft_slots.slot(REPORT_CHANGE, report_id)
    found = _or_words(lambda: reports.one(actor(), public_id, report_id))
    if not isinstance(found, tuple):
        return found
    about, report = found
    form = draft_slots.fill(ReportForm, slot) or ReportForm(formdata=None, data=_said(report))
    return _form(about, form, slot, changes=report)


@bp.post("/lessons/<public_id>/reports/<int:report_id>")
@form_method
@open_to(members)
@draft_slots.kept_when_refused
def save(public_id: str, report_id: int) -> ResponseReturnValue:
    form, slot = ReportForm(), draft_slots.slot(REPORT_CHANGE, report_id)
    if "leave" in request.form:
        return _left(reports.to_report(actor(), public_id), REPORT_CHANGE, report_id)
    if form.validate() and not careful.finds(form):
        with errors_on(form):
            made = reports.change(actor(), public_id, report_id, form.answers())
            draft_slots.accepted(REPORT_CHANGE, report_id)
            flash(_("Your report is changed."), "ok")
            return _to_lesson(public_id, made.id)
    transactions.only_look()
    about, report = reports.one(actor(), public_id, report_id)
    return _form(about, form, slot, changes=report), 422


@save.delete
@open_to(members)
def take_back(public_id: str, report_id: int) -> ResponseReturnValue:
    reports.take_back(actor(), public_id, report_id)
    flash(_("Your report is taken back. Nobody can read it now."), "ok")
    return redirect(links.to_lesson(public_id), 303)


@bp.get("/lessons/<public_id>/reports/<int:report_id>/withdrawal")
@open_to(members)
def ask_withdrawal(public_id: str, report_id: int) -> ResponseReturnValue:
    about, report = reports.to_take_back(actor(), public_id, report_id)
    return render_template("reports/withdrawal.html", about=about, report=report)


def _or_words(found: Callable[[], Any]) -> Any:
    """What the form is about, or where its draft is read by whoever may not send it any more."""
    try:
        return found()
    except Forbidden:
        if words := draft_slots.unsendable():
            return redirect(words, 303)
        raise


def _said(report: AdoptionReport) -> dict[str, Any]:
    """The answers of a report, as the form shows them again."""
    said = {name: getattr(report, name) for name in report_words.TEXTS}
    coded = {name: getattr(report, name) for name in ("outcome", "spoke", "advice")}
    said |= {name: code.value if code else None for name, code in coded.items()}
    return said | {"post": reports.post_address(actor(), report, links.to_post)}


def _form(about: Reporting, form: ReportForm, slot: Slot, **more: Any) -> str:
    form.city.choices = [(code, BY_CODE[code].name) for code in about.held]
    if len(about.held) > 1:
        form.city.choices.insert(0, ("", _("Choose")))
    if (follows := more.get("follows")) is not None:
        more["foretold"] = foretellings.due_of(follows)
    return render_template(
        "reports/write.html", about=about, form=form, slot=slot, city=_only_city(about, more), **more
    )


def _only_city(about: Reporting, more: dict[str, Any]) -> str:
    """The city for which somebody reports, where there is nothing to choose."""
    report = more.get("follows") or more.get("changes")
    if report is not None:
        return str(report.city)
    return next(iter(about.held)) if len(about.held) == 1 else ""


def _left(about: Reporting, form: str, subject_id: int) -> ResponseReturnValue:
    said = draft_slots.leave(form, subject_id, is_changed=True)
    return redirect(url_for("lessons.show", public_id=about.lesson.public_id, **said), 303)


def _thanks(public_id: str, made: AdoptionReport) -> ResponseReturnValue:
    flash(_("Thank you. The next city reads it with the lesson."), "ok")
    return _to_lesson(public_id, made.id)


def _to_lesson(public_id: str, report_id: int) -> ResponseReturnValue:
    return redirect(url_for("lessons.show", public_id=public_id, _anchor=f"report-{report_id}"), 303)
