"""`flask start`: migrates, then serves web and worker, starting again what dies, until Ctrl-C."""

import sys
from http.client import HTTPConnection, HTTPException
from socket import SO_REUSEADDR, SOL_SOCKET, socket

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from forum import demo
from forum.cli.render import render_outdated
from forum.cli.supervisor import Supervisor
from forum.domain.house_rules import first_policy
from forum.infra import private_files
from forum.infra.connections import sqlite_file
from forum.infra.db import db

HOST = "127.0.0.1"
# Half of the threads at most read bodies (forum/infra/bodies.py), some wait to write (forum/infra/turns.py).
THREADS, REQUESTS = "256", "512"
SIGN_INS = (
    ("yasmina", "field worker, Antwerpen"),
    ("sofie", "moderator, Antwerpen"),
    ("wouter", "moderator, Gent"),
    ("els", "field worker, Leuven"),
    ("hanne", "guest"),
    ("eva", "editor of the network"),
    ("beheer", "administrator"),
)


def register(app: Flask) -> None:
    """Add the command."""
    app.cli.add_command(start)


@click.command("start")
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True)
@with_appcontext
def start(port: int) -> None:
    """Migrate, then serve web and worker together until Ctrl-C."""
    _refuse_taken(port)
    _refuse_unwritable()
    upgrade()
    if rendered := render_outdated():
        click.echo(f"{rendered} posts were rendered anew.")
    if current_app.config["DEMO"]:
        _load_demo()
    first_policy.begin(current_app.config["DEFAULT_LOCALE"])
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    supervisor = Supervisor(current_app.config["ROOT"])
    supervisor.start("web", [sys.executable, "-m", "granian", *serving(port), "app:app"])
    supervisor.start("worker", [sys.executable, "-m", "flask", "--app", "app", "worker"])
    sys.exit(supervisor.watch(lambda: _answers(port), lambda: _announce(port)))


def serving(port: int) -> list[str]:
    """Return the options of granian with which the forum is served on one machine."""
    options = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "1", "--no-ws"]
    options += ["--respawn-failed-workers"]  # one that is killed does not take the server along
    options += ["--log-level", "warning", "--no-access-log"]  # our own lines name no address
    return [*options, "--blocking-threads", THREADS, "--backpressure", REQUESTS]


def _refuse_taken(port: int) -> None:
    with socket() as probe:
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} is taken. Choose another one: PORT={port + 1} make run"
            ) from error


def _refuse_unwritable() -> None:
    path = sqlite_file(db.engine.url)
    if path is not None:
        try:
            private_files.make_folder(path.parent)
        except private_files.Unwritable as error:
            raise click.ClickException(str(error)) from error
        if sentence := private_files.unwritable(path):
            raise click.ClickException(sentence)


def _load_demo() -> None:
    if demo.is_empty():
        click.echo("Bringing in the demo network …")
        demo.load(with_password=True)
        db.session.commit()


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _announce(port: int) -> None:
    base = f"http://{HOST}:{port}"
    click.echo(f"\n{current_app.config['FORUM_NAME']} is open at {base}")
    if current_app.config["DEMO"]:
        click.echo("\nSign in as one of these; the password is leerkring-demo:")
        for name, who in SIGN_INS:
            click.echo(f"  {name}@demo.leerkring.example".ljust(42) + who)
        if current_app.config["SMTP_URL"].startswith("mailbox:"):
            click.echo(f"\nMail that goes out can be read at {base}/mailbox")
    click.echo("\nCtrl-C ends everything.")
