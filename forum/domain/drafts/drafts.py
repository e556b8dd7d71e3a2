"""A member's own drafts: kept, listed, thrown away and put back, and emptied once their sending was accepted.

Nobody else ever reads them, so each query asks for the owner. Whether they may enter the place of a draft is asked of a
function that is handed in: the places lie higher in the domain.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from forum.domain.drafts import queries
from forum.domain.drafts.copies import loses, set_apart
from forum.domain.drafts.views import LIFE, DraftView, Enter, Fields, Subject, subject_of, view
from forum.domain.lines import too_long
from forum.domain.people import accounts
from forum.infra import clock, rates
from forum.infra.db import db
from forum.infra.i18n import _
from forum.infra.rows import drawn_id, insert_new
from forum.models.drafts import Draft
from forum.policy.actors import Actor
from forum.policy.errors import Conflict, Invalid, NotFound

MOST = 50  # of one member
# Characters of one draft in all. The longest form takes half of it, so what is too long is kept too.
LENGTH_MAX = 100_000
MOST_TEXTS = 500  # of one draft: fields, and choices in them
MOST_THROWN = 50  # of one member, that can still be put back
MOST_SAVES = "240 per minute"  # several tabs of somebody who types fast
MOST_BEGUN = "300 per hour"
CHECK = timedelta(days=1)  # how often the worker asks whether its owner may still enter
SLACK = timedelta(seconds=20)  # on the way to the server; within it, words count as they arrive
KEY = re.compile(r"[0-9A-Za-z-]{1,36}")


class AlreadySent(Conflict):
    """The sending that these words belong to was accepted before."""


def keep(
    actor: Actor,
    subject: Subject,
    key: str,
    fields: Fields,
    *,
    revision: int,
    base_revision: int | None = None,
    age: timedelta = timedelta(0),
    enter: Enter,
) -> DraftView | None:
    """Keep the words of one sending; no `fields` mean that nothing is typed any more, and the draft goes (None).

    `revision` is the state of the draft that they are based on, 0 for none, and `age` how long ago they were typed.
    When the state is another by now, the newer words count, and the older ones become its other copy: where those are
    the ones that arrive, the answer is `beside` the draft, and has the revision that came.
    NotFound where the actor may not enter, AlreadySent, Invalid at `draft` (too long, too many), TooOften.
    """
    _refuse_malformed(key, fields)
    typed_at = clock.now() - max(timedelta(0), min(age, LIFE))
    rates.spend("draft", f"member:{actor.id}", limit=MOST_SAVES)
    place = enter(actor, [subject]).get(subject)
    if place is None:
        raise NotFound
    accounts.one_at_a_time(actor)  # before the draft, in the order of who sends a story
    draft = queries.of_sending(actor, key)
    if draft is None:
        if not fields:
            return None
        draft = _begin(actor, subject, key, fields, base_revision, typed_at)
    if draft.sent_at is not None:
        raise AlreadySent(_("This is posted already."))
    if subject_of(draft) != subject:
        raise Invalid("draft", _("Something in this request is not right. Go back and try again."))
    if not fields:
        if revision == draft.revision:  # words that were never seen where the form was emptied stay
            _throw_away(draft)
        return None
    if _is_older(draft, fields, revision, typed_at):
        _put_beside(actor, draft, fields, typed_at)
        return replace(view(draft, place), revision=revision, beside=True)
    _write(actor, draft, fields, revision, typed_at)
    draft.base_revision = draft.base_revision if base_revision is None else base_revision
    db.session.flush()
    return view(draft, place)


def about(actor: Actor, subjects: Collection[Subject]) -> list[Draft]:
    """Return the actor's open drafts about these subjects, the newest first (one query); for pages of those places."""
    values = {
        "member_id": actor.id,
        "forms": sorted({each.form for each in subjects}),
        "subject_ids": sorted({each.id for each in subjects}),
    }
    return [draft for draft in db.session.scalars(queries.about(), values) if subject_of(draft) in subjects]


def has_another(actor: Actor, kept: DraftView) -> bool:
    """Return whether the actor has another open draft about the same (one query)."""
    return kept.subject is not None and any(draft.id != kept.id for draft in about(actor, [kept.subject]))


def every(actor: Actor, *, enter: Enter) -> list[DraftView]:
    """Return all open drafts of the actor, the newest first, as they may see them now."""
    drafts = db.session.scalars(queries.open_of(actor)).all()
    places = enter(actor, {subject_of(draft) for draft in drafts})
    return [view(draft, places.get(subject_of(draft))) for draft in drafts]


def one(actor: Actor, draft_id: int, *, enter: Enter) -> DraftView:
    """Return an open draft of the actor; NotFound for any other, and where they may not enter its place."""
    draft = db.session.scalars(queries.open_of(actor).where(Draft.id == draft_id)).one_or_none()
    shown = _entered(actor, draft, enter)
    return replace(shown, other=dict(draft.other_fields)) if draft and draft.other_fields else shown


def thrown_away(actor: Actor, draft_id: int, *, enter: Enter) -> DraftView | None:
    """Return a draft that the actor threw away less than a day ago, None when there is no such one."""
    draft = db.session.scalars(queries.restorable(actor, draft_id)).one_or_none()
    if draft is None:
        return None
    return view(draft, enter(actor, [subject_of(draft)]).get(subject_of(draft)))


def waiting(actor: Actor) -> int:
    """Return how many open drafts the actor has."""
    return db.session.execute(queries.count(), {"member_id": actor.id}).scalar_one()


def discard(actor: Actor, draft_id: int) -> Draft:
    """Throw a draft of the actor away; for a day it can be put back. NotFound for another's, and one that was sent."""
    draft = queries.own(actor, draft_id)
    if draft.discarded_at is None:
        _throw_away(draft)
    return draft


def restore(actor: Actor, draft_id: int) -> Draft:
    """Put back what the actor threw away less than a day ago; NotFound, Invalid at `draft` when there are too many."""
    accounts.one_at_a_time(actor)  # as in `keep`
    draft = db.session.scalars(queries.restorable(actor, draft_id).with_for_update()).one_or_none()
    if draft is None:
        draft = queries.own(actor, draft_id)
        if draft.discarded_at is not None:
            raise NotFound
        return draft
    _revive(actor, draft)
    db.session.flush()
    return draft


def exchange(actor: Actor, draft_id: int, *, enter: Enter) -> DraftView:
    """Bring the other copy of a draft back; what stood in it becomes the other copy. NotFound, also without one."""
    draft = queries.own(actor, draft_id)
    if draft.discarded_at is not None or not draft.other_fields:
        raise NotFound
    place = _entered(actor, draft, enter).place
    draft.fields, draft.other_fields = draft.other_fields, draft.fields
    draft.other_at = draft.changed_at
    _note_change(draft, clock.now())
    db.session.flush()
    return view(draft, place)


def _begin(
    actor: Actor, subject: Subject, key: str, fields: Fields, base_revision: int | None, typed_at: datetime
) -> Draft:
    """A new draft; or the one of the same sending that was begun at the same moment."""
    rates.spend("draft-begun", f"member:{actor.id}", limit=MOST_BEGUN)
    _refuse_too_many(actor)
    now = clock.now()
    row = {
        "id": drawn_id(Draft.id),
        "member_id": actor.id,
        "idempotency_key": key,
        "form": subject.form,
        "subject_id": subject.id,
        "fields": fields,
        "base_revision": base_revision,
        "revision": 1,
        "changed_at": typed_at,
        "check_at": now + CHECK,
    }
    insert_new(Draft, [row])
    draft = queries.of_sending(actor, key)
    if draft is None:  # its member is gone
        raise NotFound
    return draft


def _is_older(draft: Draft, fields: Fields, revision: int, typed_at: datetime) -> bool:
    return revision != draft.revision and draft.fields != fields and typed_at < draft.changed_at - SLACK


def _put_beside(actor: Actor, draft: Draft, fields: Fields, typed_at: datetime) -> None:
    """The draft keeps its newer words; these stay too, unless they stand in them."""
    if not loses(fields, draft.fields) or not loses(fields, draft.other_fields or {}):
        return
    if draft.discarded_at is not None:
        _revive(actor, draft)
    _make_other(actor, draft, fields, typed_at, beside=draft.fields)
    db.session.flush()


def _write(actor: Actor, draft: Draft, fields: Fields, revision: int, typed_at: datetime) -> None:
    if draft.discarded_at is not None:  # typed on in a page that was still open
        _revive(actor, draft)
    elif draft.fields == fields:
        return
    if revision != draft.revision and loses(draft.fields, fields):
        # Who comes from the state before has seen the other copy of today: it was their own.
        seen = revision == draft.revision - 1
        _make_other(
            actor, draft, draft.fields, draft.changed_at, beside=draft.other_fields if seen else fields
        )
    draft.fields = fields
    _note_change(draft, typed_at)


def _make_other(actor: Actor, draft: Draft, fields: Fields, at: datetime, *, beside: Fields | None) -> None:
    """Words become the other copy; a third text, not in them and not in `beside`, becomes a draft of its own."""
    third, third_at = draft.other_fields, draft.other_at
    if third and loses(third, fields) and loses(third, beside or {}) and waiting(actor) < MOST:
        set_apart(draft, third, third_at or at)
    draft.other_fields, draft.other_at = fields, at


def _note_change(draft: Draft, at: datetime) -> None:
    draft.revision += 1
    draft.changed_at = at
    draft.no_access_since = draft.warned_at = None
    draft.check_at = clock.now() + CHECK


def _throw_away(draft: Draft) -> None:
    """Note that a draft was thrown away; of too many the ones thrown away first cannot be put back any more."""
    draft.discarded_at = clock.now()
    draft.check_at = draft.discarded_at + queries.RESTORABLE
    db.session.flush()
    for row in db.session.scalars(queries.thrown_before(draft, MOST_THROWN)):
        db.session.delete(row)
    db.session.flush()


def _refuse_malformed(key: str, fields: Fields) -> None:
    if not KEY.fullmatch(key):
        raise Invalid("draft", _("Something in this request is not right. Go back and try again."))
    texts = _texts(fields)
    if len(texts) > MOST_TEXTS:
        raise Invalid("draft", _("Something in this request is not right. Go back and try again."))
    length = sum(len(text) for text in texts)
    if length > LENGTH_MAX:
        raise Invalid("draft", too_long(length, LENGTH_MAX))


def _revive(actor: Actor, draft: Draft) -> None:
    _refuse_too_many(actor)
    draft.discarded_at = None
    draft.check_at = clock.now() + CHECK


def _refuse_too_many(actor: Actor) -> None:
    if waiting(actor) >= MOST:
        message = _(
            "You have %(limit)d drafts, and more cannot be kept. Send one or throw one away.", limit=MOST
        )
        raise Invalid("draft", message)


def _texts(fields: Fields) -> list[str]:
    return [text for value in fields.values() for text in ([value] if isinstance(value, str) else value)]


def _entered(actor: Actor, draft: Draft | None, enter: Enter) -> DraftView:
    place = enter(actor, [subject_of(draft)]).get(subject_of(draft)) if draft is not None else None
    if draft is None or place is None:
        raise NotFound
    return view(draft, place)
