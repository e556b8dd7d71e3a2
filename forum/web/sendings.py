"""The page for a form that was sent before: what stands, what was typed now, and what its author may do with both."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.domain.draft_places import REPLY, STORY
from forum.domain.themes import labels
from forum.domain.themes.tags import split
from forum.domain.threads import sendings
from forum.domain.threads.sendings import SentBefore, Standing
from forum.infra import text
from forum.infra.i18n import _
from forum.models.themes import NO_AXIS
from forum.policy.actions import Answer, may_start
from forum.policy.errors import NotFound
from forum.web.draft_slots import Slot, slot
from forum.web.forms.threads import ReplyForm, ThreadForm
from forum.web.http import links, transactions
from forum.web.http.current_user import actor

Choices = list[tuple[str, str, str]]  # a question, what was chosen now, what stands


def ask_about_story(error: SentBefore, form: ThreadForm, space: Any, chosen: Any) -> ResponseReturnValue:
    """Ask what to do with a story whose form was sent before, or whose words stand in this space already."""
    transactions.only_look()
    stands = _standing(error)
    tags = ", ".join(split(form.tags.data or ""))
    now = (form.need.data, form.axis.data, form.audience.data, tags)
    then = (stands.need, stands.axis or NO_AXIS, stands.audience, ", ".join(stands.tags)) if stands else now
    questions = (form.need, form.axis, form.audience, form.tags)
    names: tuple[Mapping[str, Any], ...] = (labels.NEEDS, labels.AXES_OR_NONE, labels.AUDIENCES, {})
    choices = [
        (str(field.label.text), str(words.get(chosen, chosen)), str(words.get(stood, stood)))
        for field, words, chosen, stood in zip(questions, names, now, then, strict=True)
    ]
    words = (text.one_line(form.title.data or ""), text.typed(form.body.data or ""))
    may_replace = stands.may_replace if stands and words != (stands.title, stands.body) else None
    action, draft = url_for("threads.start", slug=space.slug), _draft(error, STORY, space.id)
    return _page(error, form, stands, choices, may_replace, may_start(actor(), chosen), action, draft)


def ask_about_reply(error: SentBefore, form: ReplyForm, thread_id: int) -> ResponseReturnValue:
    """Ask what to do with a reply whose form was sent before, or whose words stand in this thread already."""
    transactions.only_look()
    stands = _standing(error)
    now = form.kind.data or ""
    then = (stands.kind or "") if stands else now
    kinds = {**labels.KINDS, "": _("None of these")}
    kind = (str(form.kind.label.text), str(kinds.get(now, now)), str(kinds.get(then, then)))
    choices = [kind] if now or then else []  # left open both times, it is nothing to tell
    is_here = stands is not None and stands.thread_id == thread_id
    differs = stands is not None and stands.body != text.typed(form.body.data or "")
    may_replace = stands.may_replace if stands and is_here and differs else None
    may_post = sendings.may_reply_in(actor(), thread_id)
    action, draft = url_for("threads.reply", thread_id=thread_id), _draft(error, REPLY, thread_id)
    return _page(error, form, stands, choices, may_replace, may_post, action, draft)


def say_it_stood_there(row: Any, form: ThreadForm | ReplyForm) -> bool:
    """Return whether an earlier sending, with its own key, made this post or thread; the next page then says so."""
    if row.idempotency_key == form.idempotency_key.data:
        return False
    flash(_("This was already posted, so nothing was posted a second time."), "ok")
    return True


def _draft(error: SentBefore, form: str, subject_id: int) -> Slot:
    """A key of its own where the words that stand came with this one; else the form keeps its key and its draft."""
    return slot(form, subject_id) if error.same_words else Slot(form, subject_id, str(uuid.uuid4()))


def _standing(error: SentBefore) -> Standing | None:
    try:
        return sendings.standing(actor(), error.post_id)
    except NotFound:  # it stands where its author may not look any more
        return None


def _page(
    error: SentBefore,
    form: ThreadForm | ReplyForm,
    stands: Standing | None,
    choices: Choices,
    may_replace: Answer | None,
    may_post: Answer,
    action: str,
    draft: Slot,
) -> ResponseReturnValue:
    tags = str(form.tags.label.text) if isinstance(form, ThreadForm) else ""
    page = render_template(
        "threads/sent_before.html",
        same_words=error.same_words,
        form=form,
        stands=stands,
        place=links.to_post(stands.thread_id, stands.slug, stands.number) if stands else None,
        chosen=[(question, now) for question, now, _stood in choices if question != tags],
        staying=[(question, stood or "–") for question, now, stood in choices if now != stood],
        may_replace=may_replace,
        may_post=may_post,
        action=action,
        draft=draft,
    )
    return page, 409
