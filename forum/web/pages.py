"""Every blueprint of the browser edge: the table of contents of the site."""

from forum.web import (
    admin,
    classification,
    design,
    digest_settings,
    drafts,
    health,
    home,
    invitations,
    lessons,
    mailbox,
    members,
    metrics,
    moderation,
    passwords,
    posts,
    previews,
    spaces,
    statements,
    threads,
    unsubscribe,
    workbench,
)

BLUEPRINTS = (
    home.bp,
    passwords.bp,  # the blueprint of accounts, with the pages of forgotten passwords on it
    invitations.bp,
    digest_settings.bp,  # the blueprint of settings, with the digest page on it
    spaces.bp,
    members.bp,
    threads.bp,
    classification.bp,
    posts.bp,
    previews.bp,
    drafts.bp,
    moderation.bp,
    lessons.bp,
    workbench.bp,
    unsubscribe.bp,
    mailbox.bp,
    admin.bp,
    statements.bp,
    health.bp,
    metrics.bp,
    design.bp,
)
