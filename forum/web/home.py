"""The home page: what waits and what is new for a member, what the forum is for a visitor."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.inbox import notices
from forum.domain.inbox import waiting as inbox
from forum.domain.lessons import library
from forum.domain.lessons.quotations import quotation
from forum.domain.mailing import unread_notices
from forum.domain.spaces import join_requests
from forum.domain.threads import lists as thread_lists
from forum.domain.threads import read_marks
from forum.infra import clock
from forum.infra.i18n import _
from forum.policy.actors import Actor
from forum.web import notice_links
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, has_unread, viewer

bp = Blueprint("home", __name__)
FEW = 3


@bp.get("/")
@open_to(anyone)
def index() -> ResponseReturnValue:
    who = viewer()
    return _for_visitors() if who is None else _for_members(who)


@bp.post("/reading")
@open_to(members)
def read_all() -> ResponseReturnValue:
    read_marks.mark_all_read(actor())
    unread_notices.read_posts(actor())
    flash(_("Everything up to now is marked as read."), "ok")
    return redirect(url_for(".index"), 303)


def _for_members(who: Actor) -> str:
    waiting = thread_lists.unanswered(who, FEW)
    shown = {card.id for card in waiting}
    others = [card for card in thread_lists.latest_in_my_spaces(who) if card.id not in shown]
    cities = thread_lists.cities_of_the_week(who)
    last = [] if cities else thread_lists.last_active(who)
    return render_template(
        "home/member.html",
        today=clock.now(),
        yours=inbox.of(who),
        told=notices.unread(who, FEW, without=inbox.TOLD_OF) if has_unread() else [],
        to=notice_links.to,
        few=inbox.FEW,
        asked=[] if who.approved_at is not None else join_requests.names_of_asked(who),
        waiting=waiting,
        latest=others,
        may_read_threads=bool(cities or last),
        lessons=library.newest(who, FEW),
        cities=cities or sorted({city for card in last for city in card.cities}),
        quiet_since=last[0].last_post_at if last else None,
    )


def _for_visitors() -> str:
    lessons = library.newest(None, FEW)
    return render_template(
        "home/visitor.html",
        lessons=lessons,
        quote=quotation(None, lessons[0].id) if lessons else None,
        threads=thread_lists.latest(None, limit=FEW).rows,
        cities=[] if lessons else thread_lists.cities_of_the_week(None),
    )
