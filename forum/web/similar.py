"""What is near something: related threads and lessons, and what there is already about a title that is being typed."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from forum.domain.cahiers import page as cahiers
from forum.domain.search import similar
from forum.domain.search.similar import Related, Similar
from forum.infra import rates, text
from forum.infra.i18n import ngettext
from forum.infra.rates import TooOften
from forum.models.threads import Thread
from forum.web.http import links, transactions
from forum.web.http.access import anyone, members, open_to
from forum.web.http.current_user import actor, viewer

bp = Blueprint("similar", __name__)
MOST = "600 per minute"  # of a member, or a place: a town hall has one address
BUTTON = "similar"  # of the form of a story: what there is already, without a script


@bp.get("/threads/<int:thread_id>/related")
@open_to(anyone)
def thread(thread_id: int) -> ResponseReturnValue:
    _count()
    related = similar.to_thread(viewer(), thread_id)
    return _page(related, links.to_thread(related))


@bp.get("/lessons/<public_id>/related")
@open_to(anyone)
def lesson(public_id: str) -> ResponseReturnValue:
    _count()
    related = similar.to_lesson(viewer(), public_id)
    return _page(related, links.to_lesson(public_id), cahiers.of_lesson(viewer(), public_id))


# For members: nobody else begins a thread. What is not sent yet is no part of an address.
@bp.post("/search/similar")
@open_to(members)
def typed() -> ResponseReturnValue:
    transactions.only_look()
    try:
        rows = _near(request.form.get("title", ""))
    except TooOften:
        return jsonify(html="", said=""), 429  # the list is a help, and nobody is told that there is none
    said = ngettext(
        "%(num)d thread or lesson is about this already.",
        "%(num)d threads and lessons are about this already.",
        len(rows),
    )
    return jsonify(
        html=render_template("search/typed.html", similar_rows=rows) if rows else "",
        said=said if rows else "",
    )


def is_asked() -> bool:
    """Return whether the form of a story was sent by the button that asks what there is already."""
    return BUTTON in request.form


def to_title(typed: str | None) -> list[Similar]:
    """Return the threads and lessons that resemble the title of a story, for its page; none for who asked too often."""
    try:
        return _near(typed) if typed else []
    except TooOften:
        return []


def _near(typed: str) -> list[Similar]:
    _count()
    title = text.one_line(typed)[: Thread.TITLE_MAX]
    return similar.to_words(actor(), title) if title else []


def _page(related: Related, back: Any, stands_in: Sequence[cahiers.Card] = ()) -> str:
    return render_template("search/related.html", related=related, back=back, cahiers=stands_in)


def _count() -> None:
    who = viewer()
    subject = f"member:{who.id}" if who else rates.place(request.remote_addr or "")
    rates.spend("similar", subject, limit=MOST)
