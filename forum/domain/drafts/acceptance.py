"""What becomes of a draft once its form was accepted: it is forgotten, but for words that were not sent."""

from collections.abc import Mapping

from forum.domain.drafts import copies, queries
from forum.domain.drafts.drafts import KEY
from forum.domain.drafts.views import LIFE, Subject, subject_of
from forum.infra import clock
from forum.infra.rows import drawn_id, upsert
from forum.models.drafts import Draft
from forum.policy.actors import Actor


def accept(actor: Actor, subject: Subject, key: str, sent: Mapping[str, str], *, revision: int) -> bool:
    """Forget what was `sent`, the texts of a form that was accepted, in the transaction that accepted it.

    Says whether other words remain, as a draft of their own: those of another device that are not in what was sent, and
    that the form, based on `revision` of the draft, did not know of. A mark stays, also where nothing was kept, so that
    words which arrive later bring nothing back. A form without a key has no draft.
    """
    if not KEY.fullmatch(key):
        return False
    now = clock.now()
    draft = queries.of_sending(actor, key)
    remains = draft is not None and _keep_aside(draft, subject, sent, revision)
    mark = {
        "id": drawn_id(Draft.id),
        "member_id": actor.id,
        "idempotency_key": key,
        "form": subject.form,
        "subject_id": subject.id,
        "fields": {},
        "other_fields": None,
        "other_at": None,
        "base_revision": None,
        "revision": 0,
        "changed_at": now,
        "sent_at": now,
        "discarded_at": None,
        "no_access_since": None,
        "warned_at": None,
        "check_at": now + LIFE,  # as long as a device may still bring its copy
    }
    upsert(Draft, [mark], keys=("member_id", "idempotency_key"), once=("id",))
    return remains


def _keep_aside(draft: Draft, subject: Subject, sent: Mapping[str, str], revision: int) -> bool:
    """Give the words of a draft that were not sent a key of their own; also above the number that may be kept."""
    is_another = subject_of(draft) != subject  # under a key that is not of this form: nothing of it was sent
    own = draft.fields if is_another or draft.revision != revision else {}
    other = draft.other_fields or {}
    # A field that was not sent, as when what it belongs to goes, takes its words along.
    kept = [
        (fields, at)
        for fields, at in ((own, draft.changed_at), (other, draft.other_at))
        if draft.sent_at is None
        and ((is_another and fields) or copies.loses({name: fields.get(name, "") for name in sent}, sent))
    ]
    if not kept:
        return False
    (fields, at), (other_fields, other_at) = kept[0], kept[1] if kept[1:] else (None, None)
    copies.set_apart(draft, fields, at or clock.now(), other_fields, other_at)
    return draft.discarded_at is None
