"""The page on which a story is begun: its text first, where it goes and who reads it in one sentence, then the rest."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template, request, url_for

from forum.domain.draft_places import STORY
from forum.domain.house_rules import acceptance
from forum.domain.spaces import spaces
from forum.domain.threads import audiences, following
from forum.infra import text
from forum.infra.i18n import _
from forum.models.spaces import Role, Space, SpaceKind
from forum.models.threads import Thread
from forum.policy.actions import may_start, require
from forum.policy.actors import Actor
from forum.web import draft_slots, similar
from forum.web.forms.threads import ThreadForm
from forum.web.http.current_user import actor, viewer

ASK = "ask"  # in the address: the page speaks of a question, and not of a story


def is_question() -> bool:
    """Return whether the page was opened, or its form sent, to ask something."""
    return ASK in request.args


def open_spaces(who: Actor) -> list[Space]:
    """Return the spaces in which a member may begin a thread, the most likely one first: that of their city."""
    own = [space for space in spaces.of_member(who) if may_start(who, space)]
    return sorted(own, key=lambda space: (who.roles[space.id] == Role.GUEST, space.kind != SpaceKind.CITY))


def _muted_in(who: Actor) -> list[tuple[Space, date]]:
    """The spaces in which a member may not write now, each with the last day of that (a query where there are any)."""
    if not who.muted:
        return []
    return [(space, who.muted[space.id]) for space in spaces.of_member(who) if space.id in who.muted]


def offer(form: ThreadForm, space: Any, own: Sequence[Any]) -> Any:
    """Offer the member's own spaces, and the readers that the chosen one allows; return the chosen one.

    `space` is that of the address: it is chosen until the form says otherwise.
    """
    there = {each.slug: each for each in own} | {space.slug: space}
    chosen = there.get(form.space.data or "", space)
    allowed = list(audiences.options(chosen))
    form.offer(list(there.values()), chosen, [option.audience for option in allowed])
    form.readers = allowed
    return chosen


def posted(thread: Thread) -> str:
    """Return what is said of a thread that its author just began."""
    if following.mutes(actor(), thread.space_id):
        return _(
            "Your story is posted. You muted this space: follow the thread if you want to hear of replies."
        )
    if is_question():
        return _("Your question is posted. You are told when somebody replies.")
    return _("Your story is posted. You are told when somebody replies.")


def page(space: Any, form: ThreadForm | None = None, preview: str | None = None) -> str:
    """Return the page of the composer of a space; Forbidden.

    An empty form has the title, need and axis of the address, and is for the readers that it asks for, where the space
    allows them.
    """
    who = viewer()
    require(may_start(who, space))
    slot = draft_slots.slot(STORY, space.id)
    is_begun = form is not None or slot.opened is not None
    form = form or draft_slots.fill(ThreadForm, slot) or ThreadForm()
    chosen = offer(form, space, open_spaces(who) if who else ())
    asked = request.args.get("audience")
    if not is_begun and any(option.audience == asked for option in form.readers):
        form.audience.data = asked
    if not is_begun:
        form.title.data = text.one_line(request.args.get("title", ""))[: Thread.TITLE_MAX]
        for field in (form.need, form.axis):
            wanted = request.args.get(field.name)
            field.data = wanted if wanted in {code for code, *_text in field.choices} else field.data
    if is_question():
        form.body.label.text = _("Your question")
    selected = next(
        (option for option in form.readers if option.audience == form.audience.data), form.readers[0]
    )
    return render_template(
        "threads/new.html",
        space=space,
        chosen=chosen,
        form=form,
        slot=slot,
        preview=preview,
        audience=selected,
        is_question=is_question(),
        start_at=url_for("threads.start", slug=space.slug, ask=1 if is_question() else None),
        rules=acceptance.due(who, chosen.id),
        muted=_muted_in(who) if who else [],
        similar_rows=similar.to_title(form.title.data),
    )
