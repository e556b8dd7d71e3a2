"""The command line: an edge that may import every floor. Each command commits once, at its end."""

from flask import Flask

from forum.cli import (
    backups,
    bench,
    demo,
    digests,
    doctor,
    drills,
    labels,
    lessons,
    listening,
    mail,
    members,
    policy,
    render,
    restores,
    schema_check,
    search,
    sentences,
    spaces,
    start,
    threads,
    worker,
)

COMMANDS = (
    start,
    demo,
    members,
    spaces,
    threads,
    lessons,
    labels,
    policy,
    search,
    digests,
    mail,
    listening,
    worker,
    render,
    backups,
    restores,
    drills,
    doctor,
    bench,
)


def init_app(app: Flask) -> None:
    """Register the commands; most refuse a database that does not fit this release, and each ends with a
    sentence where the database or the disk cannot be used.
    """
    for command in COMMANDS:
        command.register(app)
    schema_check.init_app(app)
    sentences.init_app(app)
