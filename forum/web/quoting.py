"""Words of a post on their way elsewhere: sentences into an answer, without a script; selected words under a claim."""

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.domain.lessons.workbench import evidence as evidence_of
from forum.domain.themes import labels
from forum.domain.threads import quotable, quotes
from forum.domain.threads.numbering import page_of
from forum.infra.i18n import _
from forum.web import answering, draft_slots
from forum.web.http import links
from forum.web.http.access import members, moderators, open_to
from forum.web.http.current_user import actor

bp = Blueprint("quoting", __name__)


@bp.get("/posts/<int:post_id>/quotation")
@open_to(members)
def choose(post_id: int) -> ResponseReturnValue:
    found = quotable.quotable(actor(), post_id)
    sent, draft = "choose" in request.args, draft_slots.draft_in_address("draft")
    marks = found.marks(request.args.getlist("sentence", type=int))
    if sent and marks:
        page = page_of(found.post.number)
        passages = [f"{one.number}.{one.revision}:{one.start}-{one.end}" for one in marks]
        query: dict[str, Any] = {"page": page if page > 1 else None, "draft": draft, "quote": passages}
        thread = found.thread
        there = url_for("threads.show", thread_id=thread.id, slug=thread.slug, _anchor="answer", **query)
        return redirect(there, 303)
    error = _("Choose at least one sentence.") if sent else ""
    page_text = render_template(
        "posts/quotation.html",
        found=found,
        draft=draft,
        error=error,
        back=links.to_thread(found.thread, number=found.post.number),
    )
    return page_text, 422 if sent else 200


@bp.get("/threads/<int:thread_id>/quotes")
@open_to(members)
def in_text(thread_id: int) -> ResponseReturnValue:
    """Answer a script with what the lines of a text (`marks`) quote; not found where the reader sees no such thread."""
    found = quotes.seen_in_text(actor(), thread_id, request.args.get("marks", ""))
    html = render_template("previews/quotes.html", quotes=found, word=answering.quote_word())
    return jsonify(html=html)


@bp.get("/posts/<int:post_id>/evidence")
@open_to(moderators)
def evidence(post_id: int) -> ResponseReturnValue:
    revision, start, end = (request.args.get(name, 0, type=int) for name in ("revision", "start", "end"))
    found = evidence_of.selected(actor(), post_id, revision=revision, start=start, end=end)
    back = links.to_thread(found.thread, number=found.post.number)
    return render_template("workbench/evidence.html", found=found, stances=labels.STANCES, back=back)
