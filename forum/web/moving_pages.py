"""The two steps before a thread moves, by its moderator or its author: to which space, and what that would do."""

from collections.abc import Sequence
from typing import Any

from flask import render_template

from forum.domain.regrouping import agreements, refusals
from forum.domain.regrouping.dry_run import DryRun
from forum.domain.regrouping.moving import Chosen
from forum.domain.spaces import spaces
from forum.domain.spaces.spaces import SpaceFacts
from forum.domain.threads import audiences
from forum.models.spaces import Audience
from forum.models.threads import Thread
from forum.policy.actions import may_moderate
from forum.web import reader_rows, refused
from forum.web.forms.regrouping import MoveOnForm, OwnMoveForm, PlaceForm
from forum.web.http.current_user import actor


def other_spaces(thread: Thread) -> Sequence[Any]:
    """Return the spaces of the viewer to which a thread could go."""
    return [space for space in spaces.of_member(actor()) if space.id != thread.space_id]


def choose(thread: Thread, others: Sequence[Any], *, is_own: bool) -> str:
    """Return the first page: to which space, or why to none."""
    staying = refused.of(refusals.of_leaving(thread), thread)
    return render_template(
        "regrouping/spaces.html", thread=thread, spaces=others, is_own=is_own, refused=staying
    )


def place(space: SpaceFacts, form: MoveOnForm | OwnMoveForm) -> Chosen:
    """Return where the thread would go; for readers that the space does not have, or none, for those of now."""
    code = form.audience.data
    level = Audience(code) if code in set(Audience) else None
    return Chosen(space.id, level if level and level.rank <= space.widest_audience.rank else None)


def look(
    found: DryRun, space: SpaceFacts, form: MoveOnForm | OwnMoveForm, *, is_own: bool, conflict: str = ""
) -> str:
    """Return the page of what the move would do now, with the form that confirms it, or why it cannot be done."""
    who, thread, audience = actor(), found.regrouping.thread, found.regrouping.after.audience
    offered = PlaceForm(formdata=None, audience=audience.value)
    offered.offer(space.widest_audience)
    form.space.data, form.audience.data, form.seen.data = space.slug, audience.value, found.digest
    here = spaces.by_id(who, thread.space_id)
    return render_template(
        "regrouping/move.html",
        thread=thread,
        space=space,
        place=offered,
        form=form,
        run=found,
        rows=reader_rows.of_readers(found),
        smaller_means=found.takes_away and not found.refusal and may_moderate(who, thread.space_id),
        is_own=is_own,
        asked=agreements.standing(who, found.regrouping) if found.asks_others else None,
        now=audiences.option(here.id, here.name, thread.audience, fresh=True),
        then=audiences.option(space.id, space.name, audience, fresh=True),
        conflict="" if found.refusal else conflict,
        refused=refused.of(found.refusal, thread),
    )
