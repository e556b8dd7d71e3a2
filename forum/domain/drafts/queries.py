"""The rows of drafts. Every query asks for the owner; those of every page are built once."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Exists, Integer, Select, String, bindparam, exists, func, select
from sqlalchemy.orm import defer

from forum.infra import clock
from forum.infra.db import db
from forum.infra.in_lists import in_list
from forum.infra.statements import cached
from forum.models.drafts import Draft
from forum.policy.actors import Actor
from forum.policy.errors import NotFound

RESTORABLE = timedelta(days=1)
OPEN = (Draft.sent_at.is_(None), Draft.discarded_at.is_(None))
_WORDS, _OTHER = defer(Draft.fields), defer(Draft.other_fields)
_MINE = Draft.member_id == bindparam("member_id", type_=Integer)


def open_of(actor: Actor) -> Select[Any]:
    """Select the open drafts of the actor, the newest first; other copies are read where one is shown."""
    return _newest_first(select(Draft).where(Draft.member_id == actor.id, *OPEN)).options(_OTHER)


@cached
def about() -> Select[Any]:
    """Select the open drafts of `member_id` in `forms` about `subject_ids`, the newest first.

    Words are read of those alone that a page shows: each can be long, and a page shows two at most.
    """
    forms = in_list(Draft.form, "forms", String)
    subjects = in_list(Draft.subject_id, "subject_ids")
    return _newest_first(select(Draft).where(_MINE, forms, subjects, *OPEN)).options(_WORDS, _OTHER)


def any_of(member_id: Any, subject_id: Any) -> Exists:
    """Return whether a member may have an open draft about something with this number, in whatever form.

    For queries that are made anyway, so that pages ask for drafts only where there may be one.
    """
    return exists().where(Draft.member_id == member_id, Draft.subject_id == subject_id, *OPEN)


@cached
def count() -> Select[Any]:
    """Select how many open drafts `member_id` has."""
    return select(func.count(Draft.id)).where(_MINE, *OPEN)


def restorable(actor: Actor, draft_id: int) -> Select[Any]:
    """Select a draft that the actor threw away less than a day ago."""
    return select(Draft).where(
        Draft.id == draft_id,
        Draft.member_id == actor.id,
        Draft.sent_at.is_(None),
        Draft.discarded_at > clock.now() - RESTORABLE,
    )


def thrown_before(draft: Draft, most: int) -> Select[Any]:
    """Select what the owner of a draft threw away before the last `most`; rows that are being written are left."""
    thrown = (Draft.member_id == draft.member_id, Draft.sent_at.is_(None), Draft.discarded_at.is_not(None))
    latest = (Draft.discarded_at.desc(), Draft.id.desc())
    older = select(Draft).where(*thrown).order_by(*latest).offset(most).with_for_update(skip_locked=True)
    return older.options(_WORDS, _OTHER)


def of_sending(actor: Actor, key: str) -> Draft | None:
    """Return what the actor has of a sending, also its mark; locked."""
    return _locked(Draft.idempotency_key == key, actor)


def own(actor: Actor, draft_id: int) -> Draft:
    """Return a draft of the actor that was not sent, locked; NotFound."""
    draft = _locked(Draft.id == draft_id, actor)
    if draft is None or draft.sent_at is not None:
        raise NotFound
    return draft


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(Draft.changed_at.desc(), Draft.id.desc())


def _locked(which: Any, actor: Actor) -> Draft | None:
    query = select(Draft).where(which, Draft.member_id == actor.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
