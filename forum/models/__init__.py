"""Floor 1: tables. Columns, relationships that raise when not loaded, one-line properties, nothing else."""

from forum.models import (  # every table must be known before the first mapper is used
    accounts,
    adoptions,
    claims,
    classification,
    consents,
    drafts,
    events,
    lessons,
    library,
    mail,
    moderation,
    notifications,
    spaces,
    subscriptions,
    themes,
    threads,
)

__all__ = [
    "accounts",
    "adoptions",
    "claims",
    "classification",
    "consents",
    "drafts",
    "events",
    "lessons",
    "library",
    "mail",
    "moderation",
    "notifications",
    "spaces",
    "subscriptions",
    "themes",
    "threads",
]
