"""Every blueprint of the browser edge: the table of contents of the site."""

from forum.web import (
    accounts,
    design,
    digest_settings,
    health,
    home,
    invitations,
    lessons,
    mailbox,
    moderation,
    notifications,
    posts,
    spaces,
    statements,
    threads,
    unsubscribe,
    workbench,
)

BLUEPRINTS = (
    home.bp,
    accounts.bp,
    invitations.bp,
    digest_settings.bp,  # the blueprint of settings, with the digest page on it
    spaces.bp,
    threads.bp,
    posts.bp,
    moderation.bp,
    lessons.bp,
    workbench.bp,
    unsubscribe.bp,
    notifications.bp,
    mailbox.bp,
    statements.bp,
    health.bp,
    design.bp,
)
