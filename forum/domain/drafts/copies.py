"""The words of a draft beside the newest: what would be lost, and what gets a draft of its own."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from forum.domain.drafts.views import Fields
from forum.infra.db import db
from forum.infra.rows import drawn_id
from forum.models.drafts import Draft


def loses(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Return whether some text of `before` does not stand in `after`: typing on loses nothing."""
    return any(
        text.strip() not in after.get(name, "") for name, text in before.items() if isinstance(text, str)
    )


def set_apart(
    draft: Draft,
    fields: Fields,
    at: datetime,
    other_fields: Fields | None = None,
    other_at: datetime | None = None,
) -> None:
    """Make words of a draft, typed at that moment, a draft of their own, with a key of its own."""
    row = Draft(
        id=drawn_id(Draft.id),
        member_id=draft.member_id,
        idempotency_key=str(uuid.uuid4()),
        form=draft.form,
        subject_id=draft.subject_id,
        fields=fields,
        other_fields=other_fields,
        other_at=other_at,
        base_revision=draft.base_revision,
        changed_at=at,
        discarded_at=draft.discarded_at,
        check_at=draft.check_at,
    )
    db.session.add(row)
    db.session.flush()
