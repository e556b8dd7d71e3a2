"""The members of a space: who belongs to it, what its moderators change, and asking to join."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.audit import undoable
from forum.domain.mailing import hold
from forum.domain.spaces import confirmations, join_requests, leaving, memberships, spaces, undone_answers
from forum.infra.i18n import _
from forum.models.spaces import Role
from forum.policy.errors import Invalid
from forum.web import members_page
from forum.web.desk_returns import back_to_desk, is_from_desk, told_on_desk
from forum.web.forms import errors_on
from forum.web.forms.members import CONFIRMED, AnswerForm, EndForm, JoinRequestForm, RemovalForm, RoleForm
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor
from forum.web.http.form_methods import form_delete
from forum.web.http.links import to_space

bp = Blueprint("members", __name__)


@bp.get("/spaces/<slug>/members")
@open_to(members)
def index(slug: str) -> ResponseReturnValue:
    find = members_page.find_form()
    shown = members_page.show(spaces.by_slug(actor(), slug), find=find)
    return shown, 422 if find.errors else 200


@bp.post("/spaces/<slug>/members/<int:member_id>/role")
@open_to(members)
def role(slug: str, member_id: int) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), RoleForm()
    if form.validate():
        with errors_on(form):
            role, successor = Role(form.role.data), form.handle.data or ""
            leaving.change_role(actor(), space.id, member_id, role=role, successor=successor)
            flash(_("The role is changed."), "ok")
            return redirect(members_page.address(slug), 303)
    return members_page.show(space, wrong=members_page.Wrong(member_id, "role", form)), 422


@bp.post("/spaces/<slug>/members/<int:member_id>/membership")
@form_delete()
@open_to(members)
def remove(slug: str, member_id: int) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), RemovalForm()
    if form.validate():
        with errors_on(form):
            if form.ends.data:  # first: afterwards this space may no longer answer for them
                confirmations.end_in(actor(), space.id, member_id)
            memberships.remove(actor(), space.id, member_id, reason=form.reason.data or "")
            if member_id == actor().id:  # they left, as from the page for that
                flash(_("You no longer belong to %(space)s.", space=space.name), "ok")
                return redirect(url_for("home.index"), 303)
            flash(_("This person no longer belongs to %(space)s.", space=space.name), "ok")
            return redirect(url_for("measures.show", slug=slug, member_id=member_id), 303)
    return members_page.show(space, wrong=members_page.Wrong(member_id, "reason", form)), 422


@bp.post("/spaces/<slug>/members/<int:member_id>/end")
@open_to(members)
def end(slug: str, member_id: int) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), EndForm()
    if form.validate():
        with errors_on(form):
            memberships.set_end(actor(), space.id, member_id, until=form.until.data)
            flash(_("The last day of this guest is changed."), "ok")
            return redirect(members_page.address(slug), 303)
    return members_page.show(space, wrong=members_page.Wrong(member_id, "end", form)), 422


@bp.post("/requests/<int:request_id>/answer")
@open_to(members)
@told_on_desk
def answer(request_id: int) -> ResponseReturnValue:
    form = AnswerForm()
    if not form.validate() and not form.until.errors:
        raise Invalid("answer", _("Choose an answer."))
    space = spaces.by_id(actor(), join_requests.one(actor(), request_id).space_id)
    if not form.errors:
        with errors_on(form):
            if is_from_desk():
                return _answer_on_desk(request_id, form)
            _answer(request_id, form)
            return redirect(url_for("members.index", slug=space.slug), 303)
    return members_page.show(space, wrong=members_page.Wrong(request_id, "answer", form)), 422


def _answer_on_desk(request_id: int, form: AnswerForm) -> ResponseReturnValue:
    """Answer with ten minutes to take it back, where that is possible wholly; say what the other person gets."""
    confirms = form.answer.data == CONFIRMED
    answered = join_requests.answer(
        actor(), request_id, role=_role(form), until=form.until.data, with_undo=not confirms
    )
    name, space = undone_answers.asker_and_space(answered)
    if confirms:
        capacity_id = form.capacity.data or 0
        confirmations.confirm_let_in(actor(), answered.member_id, answered.space_id, capacity_id=capacity_id)
    sentence = (
        _("%(name)s belongs to %(space)s now, and hears that by e-mail.", name=name, space=space)
        if answered.accepted
        else _("%(name)s does not belong to %(space)s, and hears that by e-mail.", name=name, space=space)
    )
    act_id = undoable.of_item(actor(), f"join_request-{request_id}")
    return back_to_desk(sentence, act_id) or redirect(url_for("desk.index"), 303)


def _role(form: AnswerForm) -> Role | None:
    if form.answer.data == "no":
        return None
    return Role.MEMBER if form.answer.data == CONFIRMED else Role(form.answer.data)


def _answer(request_id: int, form: AnswerForm) -> None:
    confirms = form.answer.data == CONFIRMED
    answered = join_requests.answer(actor(), request_id, role=_role(form), until=form.until.data)
    if confirms and not confirmations.confirm_let_in(
        actor(), answered.member_id, answered.space_id, capacity_id=form.capacity.data or 0
    ):
        flash(_("What they speak as changed meanwhile: it is not confirmed. Look at it below."), "care")
    flash(
        _("E-mails are held now: your answer leaves later.")
        if hold.is_held()
        else _("Your answer is sent by e-mail."),
        "ok",
    )


@bp.get("/spaces/<slug>/requests/new")
@open_to(members)
def ask(slug: str) -> ResponseReturnValue:
    space = spaces.by_slug(actor(), slug)
    if space.id in actor().roles:
        return redirect(to_space(space), 303)
    has_requested = join_requests.has_requested(actor(), space.id)
    return render_template(
        "members/ask.html", space=space, form=JoinRequestForm(formdata=None), waits=has_requested
    )


@bp.post("/spaces/<slug>/requests")
@open_to(members)
def request_to_join(slug: str) -> ResponseReturnValue:
    space, form = spaces.by_slug(actor(), slug), JoinRequestForm()
    if form.validate():
        with errors_on(form):
            join_requests.request_to_join(actor(), space.id, message=form.message.data or "")
            return redirect(url_for("members.ask", slug=slug), 303)
    return render_template("members/ask.html", space=space, form=form, waits=False), 422
