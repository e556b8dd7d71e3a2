"""The home page: what waits and what is new for a member, what the forum is for a visitor."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.inbox import notices
from forum.domain.inbox import waiting as inbox
from forum.domain.lessons import library
from forum.domain.lessons.quotations import quotation
from forum.domain.mailing import unread_notices
from forum.domain.spaces import join_requests
from forum.domain.themes import labels
from forum.domain.threads import highlights, read_marks, taking_part
from forum.domain.threads import lists as thread_lists
from forum.domain.threads.lists import ThreadCard
from forum.domain.threads.taking_part import OwnThread
from forum.infra import clock
from forum.infra.i18n import _
from forum.policy.actors import Actor
from forum.web import notice_links, waiting_rows
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, has_unread, viewer

bp = Blueprint("home", __name__)
FEW = 3
MINE = 5  # threads in which the viewer takes part and that have news
QUIET = 2  # such threads without news
OPEN = 2  # rows of a list that stand open: the rest of the page must be in view on a phone
# Of what somebody was told, what this page shows already: things that wait, and news in threads that they follow.
ELSEWHERE_ON_PAGE = inbox.TOLD_OF | {"followed"}


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
    yours = inbox.of(who)
    told = notices.unread(who, FEW, without=ELSEWHERE_ON_PAGE) if has_unread() else []
    taking = taking_part.latest(who, MINE + QUIET + highlights.MOST)
    news = [thread for thread in taking if thread.new_count][:MINE]
    chosen = highlights.of(who, without=[thread.id for thread in news])
    elsewhere = {card.id for card in chosen.others}
    quiet = [thread for thread in taking if not thread.new_count and thread.id not in elsewhere][:QUIET]
    own = _without(chosen.own, quiet)
    last = [] if chosen.cities else thread_lists.last_active(who)
    return render_template(
        "home/member.html",
        today=clock.now(),
        waiting=waiting_rows.of(told, yours),
        open_rows=OPEN,
        to=notice_links.to,
        asked=[] if who.approved_at is not None else join_requests.names_of_asked(who),
        news=news,
        quiet=quiet,
        takes_part=bool(taking),
        own=own,
        others=chosen.others,
        latest=chosen.words,
        city_name=labels.city_name,
        may_read_threads=bool(chosen.cities or last),
        lessons=library.newest(who, FEW),
        cities=chosen.cities or sorted({city for card in last for city in card.cities}),
        quiet_since=last[0].last_post_at if last else None,
    )


def _without(cards: list[ThreadCard], shown: list[OwnThread]) -> list[ThreadCard]:
    """The cards of threads that stand nowhere else on the page: those with news, or where none has any the others."""
    rest = [card for card in cards if card.id not in {thread.id for thread in shown}]
    return [card for card in rest if card.new_count] or rest[:QUIET]


def _for_visitors() -> str:
    lessons = library.newest(None, FEW)
    return render_template(
        "home/visitor.html",
        lessons=lessons,
        quote=quotation(None, lessons[0].id) if lessons else None,
        threads=thread_lists.latest(None, limit=FEW).rows,
        cities=[] if lessons else thread_lists.cities_of_the_week(None),
    )
