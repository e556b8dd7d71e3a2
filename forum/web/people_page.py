"""The page of a space's people, which several forms lead back to: who belongs, who knocks, who is invited."""

from typing import Any

from flask import render_template, request

from forum.domain.spaces import invitations, join_requests, memberships
from forum.infra import clock, i18n
from forum.policy.actions import may_moderate
from forum.web.forms.invitations import InvitationForm
from forum.web.forms.members import AnswerForm, ReasonForm, RoleForm
from forum.web.http.current_user import viewer


def show(space: Any, *, invitation_form: InvitationForm | None = None) -> str:
    """The page as its reader may see it; a form that was not right stands on it with what was filled in."""
    page = memberships.members(viewer(), space.id, cursor=request.args.get("after"))
    words: dict[str, Any] = {"space": space, "page": page, "keeps": bool(may_moderate(viewer(), space.id))}
    if words["keeps"]:
        words |= {
            "requests": join_requests.waiting(viewer(), space.id),
            "invitations": invitations.waiting(viewer(), space.id),
            "invitation_form": invitation_form or InvitationForm(formdata=None, locale=i18n.locale()),
            "answer_form": AnswerForm(formdata=None),
            "role_form": RoleForm(formdata=None),
            "reason_form": ReasonForm(formdata=None),
            "now": clock.now(),
        }
    return render_template("members/index.html", **words)
