"""The page of a space's members, to which several forms lead back: who belongs, who asks to join, who is invited."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_wtf import FlaskForm

from forum.domain.handovers import holdings
from forum.domain.spaces import confirmations, invitations, join_requests, memberships, waiting_capacities
from forum.infra import clock, i18n
from forum.policy.actions import may_administer, may_moderate
from forum.web.forms.invitations import InvitationForm
from forum.web.forms.members import AnswerForm, EndForm, RemovalForm, RoleForm
from forum.web.http import unread
from forum.web.http.current_user import actor


@dataclass
class Wrong:
    """A form that was refused: about a member ("role", "reason", "end") or a request ("answer"); its card says why."""

    about: int
    name: str
    form: FlaskForm

    def __post_init__(self) -> None:
        for field in self.form:
            field.id = f"{field.name}-{self.about}"  # one of many such forms on the page


def show(space: Any, *, invitation_form: InvitationForm | None = None, wrong: Wrong | None = None) -> str:
    """Return the page as its reader may see it; an invalid form is shown on it with what was filled in."""
    page = memberships.members(actor(), space.id, cursor=request.args.get("after"))
    context: dict[str, Any] = {
        "space": space,
        "page": page,
        "moderates": bool(may_moderate(actor(), space.id)),
    }
    if context["moderates"] or may_administer(actor()):
        ids = {row.member_id for row in page.rows}
        context |= {
            "capacities": waiting_capacities.of_space(actor(), space.id, cursor=request.args.get("waiting")),
            "waiting_count": waiting_capacities.count_of_space(actor(), space.id),
            "held": confirmations.held_in(actor(), space.id, ids),
        }
    if context["moderates"]:
        context |= {
            "requests": join_requests.of_space(actor(), space.id),
            "held_names": holdings.counts(space.id),
            "invitations": invitations.waiting(actor(), space.id),
            "invitation_form": invitation_form or InvitationForm(formdata=None, locale=i18n.locale()),
            "answer_form": AnswerForm(formdata=None),
            "forms": {
                "role": RoleForm(formdata=None),
                "reason": RemovalForm(formdata=None),
                "end": EndForm(formdata=None),
            },
            "wrong": wrong,
            "now": clock.now(),
        }
    unread.opened("join_requested", "guest_ends", "guest_over", space_id=space.id)
    return render_template("members/index.html", **context)
