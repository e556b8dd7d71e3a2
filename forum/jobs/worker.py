"""The worker: processes events and sends mail until nothing is due. What to do stands only in their tables."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import Flask, current_app, has_app_context

from forum.domain import draft_places
from forum.domain.digests import digests
from forum.domain.drafts import expiry
from forum.domain.mailing import mail_queue
from forum.domain.spaces import access_requests
from forum.infra import clock
from forum.infra.db import db
from forum.jobs import heartbeat
from forum.jobs.event_processing import process_next
from forum.jobs.sending import send_due


def run_until_idle(app: Flask | None = None) -> int:
    """Process everything that is due, in this process; return how many events and mails were finished."""
    with _inside(app):
        total = 0
        while done := _process_events() + send_due():
            total += done
        return total


def recover(app: Flask | None = None) -> None:
    """Every minute: note the heartbeat, requeue what a dead worker claimed, process what no wake-up announced, tidy.

    Then look at the drafts that are due, which may make letters.
    """
    with _inside(app):
        heartbeat.touch()
        mail_queue.requeue_abandoned()
        access_requests.forget_old()
        db.session.commit()
        run_until_idle()
        if _sweep_drafts():
            run_until_idle()


def open_digests(app: Flask | None = None) -> int:
    """Every five minutes: open the digest windows that have ended, and send their letters; return how many."""
    with _inside(app):
        opened = digests.open_windows(clock.now())
        db.session.commit()
        if opened:
            run_until_idle()
        return opened


def _sweep_drafts() -> int:
    total = 0
    while due := expiry.sweep(enter=draft_places.places):
        db.session.commit()
        db.session.expire_all()
        heartbeat.touch()
        total += due
    db.session.commit()
    return total


def _process_events() -> int:
    handled = 0
    while process_next():
        db.session.expire_all()
        heartbeat.touch()
        handled += 1
    return handled


def _inside(app: Flask | None) -> AbstractContextManager[Any]:
    """The context of `app`, or the one that is active already."""
    if app is None or (has_app_context() and current_app == app):
        return nullcontext()
    return app.app_context()
