"""The form that answers in a thread, as a link opens it: about one post, and with passages of posts to quote."""

import re
from collections.abc import Callable
from typing import Any

from flask import request, url_for

from forum.domain.threads import answers, quotes
from forum.infra.i18n import locale
from forum.infra.text import Mark
from forum.web import draft_slots
from forum.web.forms.threads import ReplyForm
from forum.web.http.current_user import viewer

PASSAGE = re.compile(r"(\d{1,6})\.(\d{1,4}):(\d{1,5})-(\d{1,5})")


def form_of(slot: draft_slots.Slot) -> ReplyForm | None:
    """Return the form with the draft that was opened and what the address asks for; None where it is left empty.

    A passage that stands in the draft already, as when the page is loaded again, is not added once more.
    """
    draft = slot.opened.fields if slot.opened else {}
    typed = str(draft.get("body") or "")
    asked, marks = request.args.get("answer", ""), [one for one in marks_in_address() if one not in typed]
    body = "\n\n".join([*filter(None, [typed.rstrip()]), *marks, ""]) if marks else typed
    about = asked or draft.get("answers") or ""
    if slot.opened:
        form: ReplyForm | None = draft_slots.fill(ReplyForm, slot, body=body, answers=about)
        return form
    return ReplyForm(formdata=None, body=body, answers=about) if asked or marks else None


def marks_in_address() -> list[str]:
    """Return the passages that the address asks to quote, each as it stands in a text field."""
    found = [PASSAGE.fullmatch(one) for one in request.args.getlist("quote")[: quotes.MOST]]
    return [Mark(*map(int, match.groups())).typed(quote_word()) for match in found if match]


def quote_word() -> str:
    """Return what a quotation is called in the text of a post, in the language of the interface."""
    return "citaat" if locale() == "nl" else "quote"


def in_text(thread_id: int, form: Any) -> list[tuple[Mark, quotes.Quote]]:
    """Return what the text in a form quotes, for its writer to see (a query, none where it quotes nothing)."""
    return quotes.in_text(thread_id, form.body.data or "") if form is not None else []


def target_of(thread_id: int, form: ReplyForm | None) -> answers.Target | None:
    """Return the post that a form answers, for whoever may read it (a query, none where it answers none)."""
    number = form.answers.data if form is not None else None
    return answers.target(viewer(), thread_id, number) if number else None


def addresses(thread: Any) -> Callable[[int], str | None]:
    """Return what makes, of the number of a post, the address of the form that answers it; None where nobody may."""
    if not thread.may_reply:
        return lambda number: None
    before, after = address(thread, answer=0).split("answer=0", 1)
    return lambda number: f"{before}answer={number}{after}"


def address(thread: Any, **query: Any) -> str:
    """Return the address of this page of a thread with its form, and the draft that is open in it."""
    page = thread.number if thread.number > 1 else None
    query = {"page": page, "draft": draft_slots.draft_in_address("draft"), "_anchor": "answer", **query}
    return url_for("threads.show", thread_id=thread.id, slug=thread.slug, **query)


def drawn(thread: Any, form: ReplyForm | None) -> dict[str, Any]:
    """Return what the form is drawn with beside its fields: the post that it answers, and what its text quotes."""
    return {
        "target": target_of(thread.id, form),
        "clear": address(thread, answer=0),
        "quote_word": quote_word(),
        "quoted": in_text(thread.id, form),
    }
