"""Every blueprint of the browser edge: the table of contents of the site."""

from forum.web import (
    accounts,
    design,
    health,
    home,
    invitations,
    lessons,
    mailbox,
    moderation,
    posts,
    settings,
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
    settings.bp,
    spaces.bp,
    threads.bp,
    posts.bp,
    moderation.bp,
    lessons.bp,
    workbench.bp,
    unsubscribe.bp,
    mailbox.bp,
    statements.bp,
    health.bp,
    design.bp,
)
