"""The log of a space for who moderates or belongs to it, what was done to one's own posts, and figures for editors."""

from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.audit import exports, figures, own
from forum.domain.audit import log as audit_log
from forum.domain.audit.kinds import KINDS, ROLES
from forum.domain.audit.reading import LogLine
from forum.domain.handovers.kinds import KINDS as HAND_OVERS
from forum.domain.moderation import measure_objections, said_against
from forum.domain.spaces import spaces
from forum.domain.themes.measure_labels import TO_MEMBER
from forum.infra import i18n
from forum.infra.i18n import _
from forum.infra.paging import Page
from forum.policy.actions import may_edit_network, may_moderate, require
from forum.web import log_files, notice_links
from forum.web.forms.log import DaysForm, LogForm, month_of
from forum.web.http import unread
from forum.web.http.access import members, open_to
from forum.web.http.current_user import actor

bp = Blueprint("moderation_log", __name__)
FILTERS = ("kind", "person", "since", "until")


@bp.get("/spaces/<slug>/moderation/log")
@open_to(members)
def show(slug: str) -> ResponseReturnValue:
    who, space = actor(), spaces.by_slug(actor(), slug)
    cursor = request.args.get("after")
    if not may_moderate(who, space.id):
        page = audit_log.page_without_names(who, space.id, cursor=cursor)
        return render_template("moderation/members_log.html", space=space, **_by_day(page, slug=slug))
    form = _form(space.id)
    return (_log(space, form, cursor), 200) if form.validate() else (_log(space, form), 422)


@bp.get("/spaces/<slug>/moderation/log.csv")
@open_to(members)
def file(slug: str) -> ResponseReturnValue:
    who, space = actor(), spaces.by_slug(actor(), slug)
    require(may_moderate(who, space.id))
    form = _form(space.id)
    if not form.validate():
        return _log(space, form), 422
    if not exports.fits(who, space.id, form.asked()):
        form.until.errors = [
            _("A file holds at most %(most)s lines. Choose fewer days.", most=i18n.number(exports.MOST))
        ]
        return _log(space, form), 422
    return log_files.of_log(exports.lines(who, space.id, form.asked()), f"log-{space.slug}")


@bp.get("/moderation/mine")
@open_to(members)
def mine() -> ResponseReturnValue:
    cursor = request.args.get("after")
    page = own.page(actor(), cursor=cursor)
    unread.opened("role_taken", *notice_links.AT_MEASURES)
    return render_template(
        "moderation/mine.html",
        decided=measure_objections.own(actor()) if cursor is None else [],
        measure_kinds=TO_MEMBER,
        said=said_against.of_lines(actor(), [line.id for line in page.rows]),
        **_by_day(page),
    )


@bp.get("/moderation/figures")
@open_to(members)
def network() -> ResponseReturnValue:
    return _network(DaysForm(formdata=None)), 200


@bp.get("/moderation/figures.csv")
@open_to(members)
def network_file() -> ResponseReturnValue:
    require(may_edit_network(actor()))
    form = DaysForm(request.args, meta={"csrf": False})
    if not form.validate():
        return _network(form), 422
    until = form.until.data or figures.last_month()
    months = figures.months(actor(), form.since.data or until.replace(month=1), until)
    return log_files.of_figures(months, "moderation")


def _form(space_id: int) -> LogForm:
    form = LogForm(request.args, meta={"csrf": False})
    return form.choose_among(audit_log.people(actor(), space_id))


def _log(space: Any, form: LogForm, cursor: str | None = None) -> str:
    """The page of the log, without lines where it is not known which are asked for."""
    page: Page[LogLine] = (
        Page() if form.errors else audit_log.page(actor(), space.id, asked=form.asked(), cursor=cursor)
    )
    chosen = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return render_template(
        "moderation/log.html",
        space=space,
        form=form,
        chosen=chosen,
        roles=ROLES,
        **_by_day(page, slug=space.slug, **chosen),
    )


def _network(form: DaysForm) -> str:
    month = figures.of_month(actor(), month_of(request.args.get("month", ""), figures.last_month()))
    return render_template(
        "moderation/figures.html",
        month=month,
        form=form,
        kinds=KINDS,
        fewer=log_files.fewer(),
        fewest=figures.FEWEST,
    )


def _by_day(page: Page[LogLine], **address: Any) -> dict[str, Any]:
    """What a page shows of lines: by day, and where the older ones are."""
    days = [list(lines) for _day, lines in groupby(page.rows, lambda line: i18n.local_day(line.created_at))]
    endpoint = request.endpoint if request.endpoint != "moderation_log.file" else ".show"
    older = url_for(endpoint or ".show", **address, after=page.next_cursor) if page.next_cursor else None
    return {"days": days, "older": older, "hand_over_kinds": HAND_OVERS}
