"""The page of a space's members, to which several forms lead back: who belongs, who asks to join, who is invited."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_wtf import FlaskForm

from forum.domain.handovers import holdings
from forum.domain.spaces import confirmations, invitations, join_requests, roster, waiting_capacities
from forum.domain.spaces.roster import MemberRow, Sought
from forum.infra import clock, i18n
from forum.infra.paging import Page
from forum.policy.actions import may_administer, may_moderate
from forum.web.forms import errors_on
from forum.web.forms.invitations import InvitationForm
from forum.web.forms.members import AnswerForm, EndForm, FindForm, RemovalForm, RoleForm
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


def sought() -> Sought:
    """Return whom the address of this request looks for."""
    return Sought.of(*(request.args.get(name, "") for name in ("name", "role", "city")))


def address(slug: str, **more: Any) -> str:
    """Return the address of the page, for whom this request looks for."""
    parameters: dict[str, Any] = {**sought().values, **more}
    return url_for("members.index", slug=slug, **parameters)


def find_form() -> FindForm:
    """Return the form of whom this request looks for."""
    return FindForm(request.args, meta={"csrf": False})


def show(
    space: Any,
    *,
    find: FindForm | None = None,
    invitation_form: InvitationForm | None = None,
    wrong: Wrong | None = None,
) -> str:
    """Return the page as its reader may see it; an invalid form is shown on it with what was filled in."""
    find, wanted, cursor = find or find_form(), sought(), request.args.get("after")
    page = _people(space, find, wanted, cursor)
    context: dict[str, Any] = {
        "space": space,
        "page": page,
        "find": find,
        "chosen": wanted.values,
        "older": address(space.slug, after=page.next_cursor) if page.next_cursor else None,
        "newer": address(space.slug) if cursor else None,
        "moderates": bool(may_moderate(actor(), space.id)),
    }
    if context["moderates"] or may_administer(actor()):
        context |= {
            "capacities": waiting_capacities.of_space(actor(), space.id, cursor=request.args.get("waiting")),
            "held": {row.member_id: confirmations.endable(actor(), space, row) for row in page.rows},
        }
    if context["moderates"]:
        context |= {
            "requests": join_requests.of_space(actor(), space.id),
            "holders": holdings.counts(space.id),
            "invitations": invitations.waiting(actor(), space.id),
            "invitation_form": invitation_form or InvitationForm(formdata=None, locale=i18n.locale()),
            "answer_form": AnswerForm(formdata=None),
            "forms": {
                "role": RoleForm(formdata=None),
                "reason": RemovalForm(formdata=None),
                "end": EndForm(formdata=None),
                "kept": wanted.values | ({"after": cursor} if cursor else {}),
            },
            "wrong": wrong,
            "now": clock.now(),
        }
        # Only who moderates the space is told of these (`Notification.OF_MODERATORS`).
        unread.opened("join_requested", "guest_ends", "guest_over", space_id=space.id)
    return render_template("members/index.html", **context)


def _people(space: Any, find: FindForm, wanted: Sought, cursor: str | None) -> Page[MemberRow]:
    """Whom the form finds; nobody where it is refused, which then stands at its field."""
    with errors_on(find):
        return roster.members(actor(), space.id, wanted, cursor=cursor)
    return Page()
