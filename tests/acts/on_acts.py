"""Undoing: within ten minutes, by nobody but who did it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from forum.domain.held_posts import deciding
from forum.domain.moderation import (
    deleting,
    hiding,
    leaving_out,
    locking,
    pinning,
    retitling,
    revisions,
    settling,
    undo,
)
from forum.domain.moderation.settling import Verdict
from forum.domain.threads import nominations
from forum.infra.db import db
from forum.models.measures import MeasureKind
from forum.models.moderation import Action
from forum.models.post_reports import ReportOutcome
from forum.models.spaces import Audience
from forum.models.undo import UndoableAct
from forum.policy.actors import Actor
from tests import other_readers
from tests.acts import on_measures, on_places, on_posts, on_threads
from tests.acts.act import Act, lines
from tests.acts.on_people import PEOPLE
from tests.acts.places import REPLIES, THREADS
from tests.factories import actor
from tests.policy.people import Town


def done(do: Callable[[Actor, Any], Any], make: Callable[[Town], Any]) -> Callable[[Town], int]:
    """The act that one moderator did to this."""

    def make_and_do(town: Town) -> int:
        subject = make(town)
        db.session.flush()
        do(actor(town.member("mod")), subject)
        return db.session.scalars(select(UndoableAct.id).order_by(UndoableAct.id.desc())).first() or 0

    return make_and_do


# What one moderator does, and to what.
STEPS: dict[str, tuple[Callable[[Actor, Any], Any], Callable[[Town], Any]]] = {
    "a hidden reply": (lambda who, place: hiding.hide(who, place.post.id, reason="A name."), REPLIES["open"]),
    "a hidden version": (
        lambda who, place: revisions.hide(who, place.post.id, 1, reason="A name."),
        lambda town: on_posts.edited(town, REPLIES["open"](town)),
    ),
    "fewer readers": (
        lambda who, place: other_readers.set_audience(who, place.thread.id, audience=Audience.SPACE),
        THREADS["open"],
    ),
    "settled reports": (
        lambda who, place: settling.settle(who, place.post.id, Verdict(ReportOutcome.LEFT)),
        lambda town: on_posts.reported(town, REPLIES["open"](town)),
    ),
    "a deleted reply": (
        lambda who, place: deleting.delete(who, place.post.id, reason="A name."),
        REPLIES["open"],
    ),
    "words left out": (
        lambda who, place: leaving_out.leave_out(who, place.post.id, words="otherwise", reason="A name."),
        REPLIES["open"],
    ),
    "another title": (
        lambda who, place: retitling.retitle(
            who, place.thread.id, title="Who calls back?", reason="Clearer."
        ),
        THREADS["open"],
    ),
    "a pinned thread": (lambda who, place: pinning.pin(who, place.thread.id), THREADS["open"]),
    "a closed thread": (lambda who, place: locking.lock(who, place.thread.id), THREADS["open"]),
    "a muted member": (on_measures.decided(MeasureKind.MUTE), PEOPLE["somebody new"]),
    "a moved thread": (on_places.move, lambda town: on_places.movable(town, THREADS["open"](town))),
    "a split thread": (on_places.split, REPLIES["open"]),
    "a merged thread": (on_places.merge, lambda town: on_places.mergeable(town, THREADS["open"](town))),
    "a closed nomination": (
        lambda who, place: nominations.close(who, place.thread.id, reason="Not now."),
        lambda town: on_threads.nominated(town, THREADS["open"](town)),
    ),
    "a refused post": (
        lambda who, row: deciding.refuse(who, row.id, seen=1, reason="A name."),
        lambda town: on_threads.held(town, THREADS["open"](town)),
    ),
}
DONE: dict[str, Callable[[Town], int]] = {name: done(*step) for name, step in STEPS.items()}
ACTS = (
    Act(
        "undo",
        lines(
            *(Action.RESTORE, Action.SHOW_REVISION, Action.WIDEN, Action.REOPEN_REPORT, Action.HOLD_AGAIN),
            *(Action.UNDELETE_POST, Action.PUT_BACK_WORDS, Action.RETITLE, Action.UNPIN, Action.REOPEN),
            *(Action.NEEDS_ANSWER, Action.ANSWER_UNDONE, Action.REOPEN_NOMINATION),
            *(Action.END_MEASURE, Action.MOVE, Action.MOVE_IN, Action.UNSPLIT, Action.UNMERGE),
        ),
        DONE,
        lambda who, act_id: undo.undo(who, act_id, again=undo.rendered(who, act_id)),
        """
                        vis unc new gue mem aut mod cur xme xmo sme smo ogu ome omo oxm som edi adm xed sed
a hidden reply           s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a hidden version         s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
fewer readers            s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
settled reports          s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a deleted reply          s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
words left out           s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
another title            s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a pinned thread          s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a closed thread          s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a muted member           s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a moved thread           s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a split thread           s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a merged thread          s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a closed nomination      s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
a refused post           s   s   0   0   0   0   x   0   0   0   s   s   0   0   0   0   s   0   0   0   s
        """,
    ),
)
