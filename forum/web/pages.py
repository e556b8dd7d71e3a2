"""Every blueprint of the browser edge: the table of contents of the site."""

from forum.web import (
    accounts,
    admin,
    design,
    digest_settings,
    health,
    home,
    invitations,
    lessons,
    mailbox,
    members,
    moderation,
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
    accounts.bp,
    invitations.bp,
    digest_settings.bp,  # the blueprint of settings, with the digest page on it
    spaces.bp,
    members.bp,
    threads.bp,
    posts.bp,
    previews.bp,
    moderation.bp,
    lessons.bp,
    workbench.bp,
    unsubscribe.bp,
    mailbox.bp,
    admin.bp,
    statements.bp,
    health.bp,
    design.bp,
)
