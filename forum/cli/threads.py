"""`flask thread recount`: what lists show of threads is counted anew from their posts, and which quotes stand."""

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from forum.domain.threads import post_store, quotes
from forum.infra.db import db
from forum.models.threads import Post, Thread

BATCH = 200
group = AppGroup("thread", help="Threads.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)


@group.command("recount")
def recount() -> None:
    """Count posts, cities and first answers of every thread anew, which quotes stand and whether the field told it.

    Safe at any moment.
    """
    last_id = counted = 0
    while threads := _locked(after_id=last_id):
        for thread in threads:
            post_store.recount(thread)
        _see_who_told(threads)
        for quote in quotes.flagged_wrongly(threads[0].id, threads[-1].id):
            quote.stands = not quote.stands
        last_id, counted = threads[-1].id, counted + len(threads)
        db.session.commit()
        db.session.expunge_all()
    click.echo(f"{counted} threads were counted anew.")


def _see_who_told(threads: list[Thread]) -> None:
    """Keep beside threads whether somebody from the field told them, as their opening posts have it."""
    ids = [thread.id for thread in threads]
    opened = db.session.execute(post_store.TOLD_BY_FIELD.where(Post.thread_id.in_(ids)))
    told = {row.thread_id: row.told_by_field for row in opened}
    for thread in threads:
        thread.told_by_field = told.get(thread.id, False)


def _locked(*, after_id: int) -> list[Thread]:
    query = select(Thread).where(Thread.id > after_id).order_by(Thread.id).limit(BATCH).with_for_update()
    return list(db.session.scalars(query))
